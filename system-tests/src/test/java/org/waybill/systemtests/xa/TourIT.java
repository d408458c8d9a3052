package org.waybill.systemtests.xa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The specification suffices: {@code docs/examples/xa}, which knows nothing but docs/xa-over-amqp.md, drives every verb. */
@Timeout(180)
final class TourIT {
    /** What the program exits with when it dies after a prepare. */
    private static final int DEAD = 9;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @TempDir
    Path directory;

    private void tour(int exitCode, String... step) throws IOException, InterruptedException {
        File output = Files.createTempFile(directory, "tour", ".txt").toFile();
        List<String> command = new ArrayList<>(List.of(
                Conversation.python(),
                "-u",
                Path.of("..", "docs", "examples", "xa", "tour.py").toString(),
                "amqp://127.0.0.1:" + BROKER.port()));
        command.addAll(List.of(step));
        Process program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue()).as(() -> text(output)).isEqualTo(exitCode);
        } finally {
            program.destroyForcibly();
        }
    }

    private static String text(File file) {
        try {
            return Files.readString(file.toPath(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String branches() {
        return Cli.run("transaction", "list", "--port", String.valueOf(BROKER.port()))
                .text();
    }

    @Test
    void everyVerbDoesWhatTheSpecificationSays() throws IOException, InterruptedException {
        tour(0);
    }

    @Test
    void aBranchOutlivesItsProgramAndItsBroker() throws IOException, InterruptedException {
        tour(DEAD, "prepare");
        BROKER.crash();
        assertThat(branches()).contains("prepared");
        BROKER.crash();
        tour(0, "finish");
        BROKER.crash();
        assertThat(branches()).doesNotContain("prepared");
    }
}
