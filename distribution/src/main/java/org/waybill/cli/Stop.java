package org.waybill.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code waybill stop}. */
@Command(name = "stop", description = "Stop the broker that runs on a data directory.", mixinStandardHelpOptions = true)
final class Stop implements Runnable {
    @Mixin
    private final DataOption data = new DataOption();

    @Option(
            names = "--timeout-s",
            paramLabel = "N",
            description = "How long to wait for its end; default: ${DEFAULT-VALUE}.")
    private int timeoutS = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        RunningBroker broker = RunningBroker.on(data.directory)
                .orElseThrow(() -> new CliFailure(ExitCode.UNREACHABLE, "No broker runs on " + data.directory + "."));
        Optional<ProcessHandle> process = ProcessHandle.of(broker.pid());
        process.ifPresent(ProcessHandle::destroy);
        process.ifPresent(this::await);
        spec.commandLine().getOut().println("Waybill stopped: process " + broker.pid());
    }

    private void await(ProcessHandle process) {
        try {
            process.onExit().get(Duration.ofSeconds(timeoutS).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CliFailure(
                    ExitCode.TIMEOUT,
                    "Process " + process.pid() + " has not ended within " + timeoutS + " s, it is still stopping.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure(ExitCode.FAILED, "Interrupted while process " + process.pid() + " is stopping.");
        }
    }
}
