package org.waybill.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.waybill.broker.Broker;
import org.waybill.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill start}: a broker in the foreground, until SIGTERM. */
@Command(
        name = "start",
        description = "Start a broker in the foreground; SIGTERM or Ctrl-C stops it.",
        mixinStandardHelpOptions = true)
final class Start implements Callable<Integer> {
    /** The system property with the directory that the archive was unpacked to. */
    private static final String HOME = "waybill.home";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the broker keeps its data; default: the settings' data-directory.")
    private @Nullable Path data;

    @Option(
            names = "--amqp-port",
            paramLabel = "N",
            description = "The AMQP port, 0 for any free one; default: the settings' amqp.port.")
    private @Nullable Integer amqpPort;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A settings file; default: conf/waybill.yaml of the installation.")
    private @Nullable Path config;

    /**
     * The plain form of the command, each option followed by its value.
     *
     * @return null for anything else, which the command line's parser then runs or complains of
     */
    static @Nullable Start of(String[] arguments) {
        if (arguments.length % 2 == 0 || !arguments[0].equals("start")) {
            return null;
        }
        Start start = new Start();
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            if (value.startsWith("-")) {
                return null;
            }
            switch (arguments[i]) {
                case "--data" -> start.data = Path.of(value);
                case "--config" -> start.config = Path.of(value);
                case "--amqp-port" -> {
                    if (!value.matches("[0-9]{1,5}")) {
                        return null;
                    }
                    start.amqpPort = Integer.valueOf(value);
                }
                default -> {
                    return null;
                }
            }
        }
        return start;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = settings();
        AtomicInteger code = new AtomicInteger(ExitCode.OK.code());
        Broker broker = Broker.start(settings);
        Path directory = settings.dataDirectory().toAbsolutePath().normalize();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(broker, directory, code), "waybill-shutdown"));
        RunningBroker.tell(directory, account(broker, settings));
        System.out.println("Waybill ready: " + String.join(", ", broker.listening()) + ", data in " + directory
                + ", started in " + uptimeMs() + " ms");
        if (!broker.awaitEnd()) {
            code.set(ExitCode.JOURNAL_FAILED.code());
        }
        return code.get();
    }

    private Settings settings() {
        Settings settings = Optional.ofNullable(config)
                .or(Start::installed)
                .map(Settings::read)
                .orElseGet(Settings::defaults);
        if (data != null) {
            settings = settings.withDataDirectory(data);
        }
        if (amqpPort != null) {
            if (amqpPort < 0 || amqpPort > 65_535) {
                throw new CliFailure(ExitCode.USAGE, "--amqp-port is " + amqpPort + ", it must be from 0 to 65535.");
            }
            settings = settings.withAmqp(settings.amqp().withPort(amqpPort));
        }
        return settings;
    }

    /** Where the broker listens, and which node of which cluster it is. */
    private static List<String> account(Broker broker, Settings settings) {
        List<String> account = new ArrayList<>(broker.listening());
        settings.cluster()
                .ifPresent(
                        cluster -> account.add("node " + cluster.self().name() + " of the cluster " + cluster.name()));
        return account;
    }

    private static Optional<Path> installed() {
        return Optional.ofNullable(System.getProperty(HOME))
                .map(home -> Path.of(home, "conf", "waybill.yaml"))
                .filter(Files::exists);
    }

    /** Ends with our own code, where the JVM would end with 143 after SIGTERM. */
    private static void shutDown(Broker broker, Path directory, AtomicInteger code) {
        try {
            RunningBroker.untell(directory);
        } catch (IOException e) {
            // the lock file tells that nobody runs here any more
        }
        broker.stop();
        Runtime.getRuntime().halt(code.get());
    }

    private static long uptimeMs() {
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now)
                .toMillis();
    }
}
