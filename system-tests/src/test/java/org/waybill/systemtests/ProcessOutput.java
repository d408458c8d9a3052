package org.waybill.systemtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a child process has written so far, line by line, read by a thread of its own so that the child never blocks on a full pipe. */
final class ProcessOutput {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    ProcessOutput(InputStream stream, String name) {
        reader = new Thread(() -> read(stream), name);
        reader.setDaemon(true);
        reader.start();
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    String text() {
        return String.join("\n", lines);
    }

    /** Waits until the stream has ended; the process must have been seen to end. */
    void awaitEnd() throws InterruptedException {
        reader.join(10_000);
    }

    private void read(InputStream stream) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("[stream broken off: " + e.getMessage() + "]");
        }
    }
}
