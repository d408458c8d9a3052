package org.waybill.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is not ours, such as a broker of another make or a database server. One thread owns it. */
public final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final ProcessOutput output;

    private OtherProcess(List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home")));
            process = Children.adopt(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output = new ProcessOutput(
                process.getInputStream(), Path.of(command.get(0)).getFileName() + "-output");
    }

    /** Starts it. */
    public static OtherProcess start(List<String> command) {
        return new OtherProcess(command);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written so far, on either stream. */
    public String output() {
        return output.text();
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

    /** Asks it to end, as a service manager does. */
    public void terminate() {
        process.destroy();
    }

    /** Ends it, and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
