package org.waybill.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.waybill.broker.StartFailure;
import org.waybill.config.SettingsError;
import org.waybill.jms.engine.ClientException;
import org.waybill.security.UserFileError;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry of {@code bin/waybill}. */
@Command(
        name = "waybill",
        description = "A message broker for AMQP 1.0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            Start.class,
            Stop.class,
            Status.class,
            Send.class,
            Receive.class,
            QueueCommand.class,
            TopicCommand.class,
            SubscriptionCommand.class,
            ConsumerCommand.class,
            MessageCommand.class,
            TransactionCommand.class,
            UserCommand.class,
            ClusterCommand.class,
            JournalCommand.class,
            VersionCommand.class
        })
final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    CommandSpec spec;

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Start start = Start.of(arguments);
        System.exit(start == null ? commandLine().execute(arguments) : execute(start));
    }

    /** Runs a broker without picocli, whose reflection would be a fifth of a start. */
    private static int execute(Start start) {
        PrintWriter err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        try {
            return start.call();
        } catch (IOException | RuntimeException failure) {
            return report(failure, err);
        } catch (InterruptedException interrupted) {
            return ExitCode.FAILED.code();
        }
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, result) -> report(failure, command.getErr()));
        line.setParameterExceptionHandler((failure, unused) -> usage(failure));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command, \"waybill --help\" lists them.");
    }

    private static int usage(ParameterException failure) {
        failure.getCommandLine().getErr().println("waybill: " + failure.getMessage());
        return ExitCode.USAGE.code();
    }

    /** Says in one sentence what a user can mend; anything else is a fault of the program and shown as one. */
    static int report(Throwable failure, PrintWriter err) {
        ExitCode code = code(failure);
        if (code == null) {
            failure.printStackTrace(err);
            return ExitCode.FAILED.code();
        }
        err.println("waybill: " + sentence(String.valueOf(failure.getMessage())));
        return code.code();
    }

    private static @Nullable ExitCode code(Throwable failure) {
        if (failure instanceof CliFailure known) {
            return known.exitCode();
        } else if (failure instanceof SettingsError) {
            return ExitCode.SETTINGS;
        } else if (failure instanceof StartFailure start) {
            return code(start.reason());
        } else if (failure instanceof ClientException client) {
            return code(client.kind());
        } else if (failure instanceof UserFileError || failure instanceof UncheckedIOException) {
            return ExitCode.FAILED;
        }
        return null;
    }

    private static ExitCode code(StartFailure.Reason reason) {
        return switch (reason) {
            case DATA_IN_USE -> ExitCode.DATA_IN_USE;
            case DATA_UNUSABLE -> ExitCode.DATA_UNUSABLE;
            case DATA_DAMAGED -> ExitCode.DATA_DAMAGED;
            case PORT -> ExitCode.PORT;
            case SETTINGS -> ExitCode.SETTINGS;
        };
    }

    private static ExitCode code(ClientException.Kind kind) {
        return switch (kind) {
            case UNREACHABLE, LOST, CLOSED -> ExitCode.UNREACHABLE;
            case AUTHENTICATION -> ExitCode.UNAUTHENTICATED;
            case REFUSED, NOT_ACCEPTED -> ExitCode.REFUSED;
            case TIMEOUT -> ExitCode.TIMEOUT;
            case INTERRUPTED -> ExitCode.FAILED;
        };
    }

    private static String sentence(String message) {
        String line = message.replace("\r", "").replace('\n', ' ');
        String begun = line.isEmpty() || line.startsWith("/")
                ? line
                : line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1);
        return begun.endsWith(".") ? begun : begun + ".";
    }
}
