package org.waybill.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A helper program in another language that reads a line and answers with a line. One thread owns it. */
public final class Conversation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path PYTHON_SOURCES = Path.of("src", "test", "python").toAbsolutePath();
    private static final Path JS_SOURCES = Path.of("src", "test", "js").toAbsolutePath();

    private final Process process;
    private final ProcessOutput stdout;
    private final ProcessOutput stderr;
    private int answered;

    private Conversation(List<String> command) {
        try {
            process = Children.adopt(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stdout = new ProcessOutput(process.getInputStream(), "helper-stdout");
        stderr = new ProcessOutput(process.getErrorStream(), "helper-stderr");
    }

    /** A program of {@code src/test/python}, in a Python that has qpid-proton. */
    public static Conversation python(String program) {
        return new Conversation(
                List.of(python(), "-u", PYTHON_SOURCES.resolve(program).toString()));
    }

    /** The same with arguments. */
    public static Conversation python(String program, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(python(), "-u", PYTHON_SOURCES.resolve(program).toString()));
        command.addAll(arguments);
        return new Conversation(command);
    }

    /** A Python that has qpid-proton. */
    public static String python() {
        return List.of("/usr/bin/python3", "python3").stream()
                .filter(candidate -> runs(candidate, "-c", "import proton"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "No Python with qpid-proton was found: install the package python3-qpid-proton."));
    }

    /** A program of {@code src/test/js}, whose packages must have been installed there. */
    public static Conversation node(String program) {
        if (!runs("node", "--version")) {
            throw new AssertionError("No Node.js was found: install node and npm, version 18 or later.");
        }
        if (!JS_SOURCES.resolve("node_modules/rhea").toFile().isDirectory()) {
            throw new AssertionError("rhea was not found: run \"npm ci\" in system-tests/src/test/js.");
        }
        return new Conversation(List.of("node", JS_SOURCES.resolve(program).toString()));
    }

    /** Says this line and returns the answering line. */
    public String ask(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new AssertionError("the helper program has ended:\n" + stderr.text(), e);
        }
        await("an answer of the helper program")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> nextLine().isPresent() || !process.isAlive());
        String answer =
                nextLine().orElseThrow(() -> new AssertionError("the helper program has ended:\n" + stderr.text()));
        answered++;
        return answer;
    }

    /** Ends its standard input, by which it is asked to end. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already
        }
    }

    /** Waits for its end; false if it takes longer or fails. */
    public boolean endsWithin(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What it has written to its standard error. */
    public String complaints() {
        return stderr.text();
    }

    private Optional<String> nextLine() {
        List<String> lines = stdout.lines();
        return lines.size() > answered ? Optional.of(lines.get(answered)) : Optional.empty();
    }

    private static boolean runs(String... command) {
        try {
            Process process = Children.adopt(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            process.getInputStream().readAllBytes();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
