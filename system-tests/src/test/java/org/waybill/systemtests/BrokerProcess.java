package org.waybill.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One broker from the unzipped distribution, in a process of its own. Not thread-safe: one test owns it. {@link #close} ends it whatever its
 * state; what it printed stays readable, and its data until the test class has passed.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /**
     * How to start it.
     *
     * @param data its data directory, kept over restarts
     * @param port its AMQP port on loopback
     * @param config a YAML file, or null for the defaults
     * @param jvmOpts the value of WAYBILL_JVM_OPTS
     * @param behind the beginning of a command that runs what follows it, or empty
     */
    public record Options(Path data, int port, @Nullable Path config, String jvmOpts, List<String> behind) {
        public Options(Path data, int port, @Nullable Path config, String jvmOpts) {
            this(data, port, config, jvmOpts, List.of());
        }

        /** A new data directory, a free port, 512 MiB of heap. */
        public static Options fresh() {
            return new Options(Distribution.newDirectory("data"), Ports.free(), null, "-Xmx512m");
        }

        /** The same with a configuration of this text. */
        public Options withConfig(String yaml) {
            try {
                Path file = Distribution.newDirectory("conf").resolve("waybill.yaml");
                Files.writeString(file, yaml);
                return new Options(data, port, file, jvmOpts, behind);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The same with other JVM options. */
        public Options withJvmOpts(String other) {
            return new Options(data, port, config, other, behind);
        }

        /** The same on another port. */
        public Options withPort(int other) {
            return new Options(data, other, config, jvmOpts, behind);
        }

        /** The same on another data directory. */
        public Options withData(Path other) {
            return new Options(other, port, config, jvmOpts, behind);
        }

        /** The same, started by a command that begins so. */
        public Options behind(List<String> command) {
            return new Options(data, port, config, jvmOpts, List.copyOf(command));
        }

        private List<String> command() {
            List<String> command = new ArrayList<>(behind);
            command.addAll(List.of(
                    Distribution.launcher().toString(),
                    "start",
                    "--data",
                    data.toString(),
                    "--amqp-port",
                    String.valueOf(port)));
            if (config != null) {
                command.add("--config");
                command.add(config.toString());
            }
            return command;
        }
    }

    private final Options options;
    private final Process process;
    private final ProcessOutput stdout;
    private final ProcessOutput stderr;

    private BrokerProcess(Options options) {
        this.options = options;
        ProcessBuilder builder = new ProcessBuilder(options.command());
        builder.environment().put("WAYBILL_JVM_OPTS", options.jvmOpts());
        try {
            process = Children.adopt(builder.start());
            DataDirectories.use(options.data(), process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stdout = new ProcessOutput(process.getInputStream(), "broker-stdout");
        stderr = new ProcessOutput(process.getErrorStream(), "broker-stderr");
    }

    /** Starts a broker and waits for its line {@code Waybill ready}. */
    public static BrokerProcess start(Options options) {
        BrokerProcess broker = launch(options);
        broker.awaitReady();
        return broker;
    }

    /** Waits for its line {@code Waybill ready}; a broker that fails to say it is ended. */
    public void awaitReady() {
        try {
            await("the line Waybill ready")
                    .atMost(READY_WITHIN)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> ready() || !isAlive());
        } catch (RuntimeException e) {
            close();
            throw new AssertionError("The broker did not get ready:\n" + output(), e);
        }
        if (!ready()) {
            throw new AssertionError(
                    "The broker ended with " + process.exitValue() + " before it was ready:\n" + output());
        }
    }

    /** Starts a broker with every option at its default. */
    public static BrokerProcess start() {
        return start(Options.fresh());
    }

    /** Starts a broker that is expected not to get ready; nothing is waited for. */
    public static BrokerProcess launch(Options options) {
        return new BrokerProcess(options);
    }

    public Options options() {
        return options;
    }

    public int port() {
        return options.port();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything written to standard output so far. */
    public List<String> stdoutLines() {
        return stdout.lines();
    }

    /** Everything written to standard error so far: the log, and the sentence of a failed start. */
    public List<String> stderrLines() {
        return stderr.lines();
    }

    /** Both streams, for the message of a failure. */
    public String output() {
        return "stdout:\n" + stdout.text() + "\nstderr:\n" + stderr.text();
    }

    /** SIGKILL, as a power failure of this process; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(20));
    }

    /** SIGSTOP: it does nothing any more, its connections stay, and its clock goes on. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT: it goes on as if nothing had been. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            Process kill = Children.adopt(new ProcessBuilder("kill", "-" + signal, String.valueOf(pid())).start());
            if (kill.waitFor() != 0) {
                throw new AssertionError("SIG" + signal + " could not be sent to the broker.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a signal was sent", e);
        }
    }

    /** SIGTERM, and the exit code. */
    public int terminate() {
        process.destroy();
        return awaitExit(Duration.ofSeconds(30));
    }

    /** Waits at most this long for the process to end by itself. */
    public boolean endsWithin(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the broker's end", e);
        }
    }

    /** Waits for the end of the process and of its output. */
    public int awaitExit(Duration atMost) {
        if (!endsWithin(atMost)) {
            throw new AssertionError("The broker did not end within " + atMost + ":\n" + output());
        }
        try {
            stdout.awaitEnd();
            stderr.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the broker's end", e);
        }
    }

    /** Resident memory as the kernel counts it, or empty where there is no {@code /proc}. */
    public Optional<Long> residentBytes() {
        Path status = Path.of("/proc", String.valueOf(pid()), "status");
        if (!Files.isReadable(status)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean ready() {
        return stdout.lines().stream().anyMatch(line -> line.startsWith("Waybill ready"));
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
            awaitExit(Duration.ofSeconds(20));
        }
    }
}
