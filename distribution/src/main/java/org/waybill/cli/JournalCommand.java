package org.waybill.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.waybill.journal.JournalInspection;
import org.waybill.shard.Events;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill journal}: looks at what is on disk, also beside a running broker. */
@Command(name = "journal", description = "Look at the journal on disk.", mixinStandardHelpOptions = true)
final class JournalCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name inspect.");
    }

    @Command(
            name = "inspect",
            description = "Print what the journal holds; exit code 12 if something in it is damaged.",
            mixinStandardHelpOptions = true)
    int inspect(
            @Mixin DataOption data,
            @Option(names = "--verify", description = "Check the records' checksums too.") boolean verify)
            throws IOException {
        Path directory = data.directory.resolve("journal");
        if (!Files.isDirectory(directory)) {
            throw new CliFailure(ExitCode.DATA_UNUSABLE, "There is no journal in " + data.directory + ".");
        }
        PrintWriter out = spec.commandLine().getOut();
        int damaged = JournalInspection.print(directory, verify, Events::name, out);
        out.flush();
        return (damaged == 0 ? ExitCode.OK : ExitCode.DATA_DAMAGED).code();
    }
}
