package org.waybill.systemtests;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line of the unzipped distribution, one call at a time, each in a process of its own that has ended on return. */
public final class Cli {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What a call left behind. */
    public record Result(int exitCode, List<String> stdout, List<String> stderr) {
        /** Both streams as one text, for searching and for messages. */
        public String text() {
            return String.join("\n", stdout) + "\n" + String.join("\n", stderr);
        }
    }

    private Cli() {}

    /** Calls {@code bin/waybill} with these arguments and nothing on standard input. */
    public static Result run(String... arguments) {
        return runWithInput("", arguments);
    }

    /** Calls {@code bin/waybill} with these arguments and this text on standard input. */
    public static Result runWithInput(String input, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Distribution.launcher().toString());
        command.addAll(List.of(arguments));
        try {
            Process process = Children.adopt(new ProcessBuilder(command).start());
            ProcessOutput stdout = new ProcessOutput(process.getInputStream(), "cli-stdout");
            ProcessOutput stderr = new ProcessOutput(process.getErrorStream(), "cli-stderr");
            write(process, input);
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        command + " did not end within " + LIMIT + ":\n" + stdout.text() + "\n" + stderr.text());
            }
            stdout.awaitEnd();
            stderr.awaitEnd();
            return new Result(process.exitValue(), stdout.lines(), stderr.lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + command + " ran", e);
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // a command that does not read its input may have ended already; its exit code tells
        }
    }
}
