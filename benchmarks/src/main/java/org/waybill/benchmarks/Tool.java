package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A command of the system that is run to its end. */
final class Tool {
    private Tool() {}

    /** Runs it and returns what it printed; anything but success is an error that quotes it. */
    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with code " + code + ":\n" + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command[0], e);
        }
    }
}
