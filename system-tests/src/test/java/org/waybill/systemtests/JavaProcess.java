package org.waybill.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class of these tests in a process of its own, so that it can be killed. One thread owns it. */
public final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final ProcessOutput stdout;
    private final ProcessOutput stderr;

    private JavaProcess(List<String> command) {
        try {
            process = Children.adopt(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stdout = new ProcessOutput(process.getInputStream(), "java-stdout");
        stderr = new ProcessOutput(process.getErrorStream(), "java-stderr");
    }

    /** Starts it on the Java and the class path of this JVM. */
    public static JavaProcess start(Class<?> main, List<String> arguments) {
        return start(classPath(), main, arguments);
    }

    /** Starts it so, behind the beginning of a command that runs what follows. */
    public static JavaProcess startBehind(List<String> command, Class<?> main, List<String> arguments) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(command(classPath(), main, arguments));
        return new JavaProcess(whole);
    }

    /** The class path of this JVM. */
    public static String classPath() {
        // failsafe hides the class path behind a jar and states it here
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Starts it on the Java of this JVM and another class path. */
    public static JavaProcess start(String classPath, Class<?> main, List<String> arguments) {
        return new JavaProcess(command(classPath, main, arguments));
    }

    private static List<String> command(String classPath, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath));
        String logging = System.getProperty("java.util.logging.config.file");
        if (logging != null) {
            command.add("-Djava.util.logging.config.file=" + logging);
        }
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The lines on standard output so far. */
    public List<String> stdoutLines() {
        return stdout.lines();
    }

    /** Everything on standard error so far. */
    public String stderr() {
        return stderr.text();
    }

    /** Both streams, for the message of a failure. */
    public String output() {
        return stdout.text() + "\n" + stderr.text();
    }

    /** Writes a line to its standard input; one that has ended does not hear it. */
    public void say(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            // it has ended already
        }
    }

    /** Ends its standard input, by which it is asked to end. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already
        }
    }

    /** Waits for its end; false if it takes longer. */
    public boolean endsWithin(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        if (!endsWithin(Duration.ofSeconds(20))) {
            throw new AssertionError("a killed process is still there");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
