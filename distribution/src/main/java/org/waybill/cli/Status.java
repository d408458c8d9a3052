package org.waybill.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code waybill status}. */
@Command(
        name = "status",
        description = "Say whether a broker runs on a data directory; exit code 3 if none does.",
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {
    @Mixin
    private final DataOption data = new DataOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        RunningBroker broker = RunningBroker.on(data.directory).orElse(null);
        String line;
        if (broker == null) {
            line = "stopped: no broker runs on " + data.directory;
        } else if (broker.ready().isEmpty()) {
            line = "starting or stopping: process " + broker.pid() + " on " + data.directory;
        } else {
            line = "running: process " + broker.pid() + " on " + data.directory + ", "
                    + String.join(", ", broker.ready());
        }
        spec.commandLine().getOut().println(line);
        return (broker == null ? ExitCode.UNREACHABLE : ExitCode.OK).code();
    }
}
