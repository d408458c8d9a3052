package org.waybill.systemtests.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a broker's process holds at a moment, after a full garbage collection.
 *
 * @param heapBytes the objects that are reachable
 * @param threads its threads
 * @param sockets its open sockets, those it listens at included
 * @param largest the classes with the most bytes, for the message of a failure
 */
record Footprint(long heapBytes, long threads, long sockets, String largest) {
    private static final int CLASSES_SHOWN = 25;

    /** Takes it with the JVM's {@code jcmd} and from {@code /proc}. */
    static Footprint of(long pid) {
        List<String> histogram = jcmd(pid, "GC.class_histogram");
        String total = histogram.stream()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no total in " + histogram));
        String[] words = total.trim().split("\\s+", -1);
        try {
            return new Footprint(
                    Long.parseLong(words[2]),
                    count(Path.of("/proc", String.valueOf(pid), "task"), ""),
                    count(Path.of("/proc", String.valueOf(pid), "fd"), "socket:"),
                    String.join("\n", histogram.subList(0, Math.min(CLASSES_SHOWN, histogram.size()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entries of a directory whose link leads to something of this prefix. */
    private static long count(Path directory, String prefix) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> prefix.isEmpty() || leadsTo(entry, prefix))
                    .count();
        }
    }

    private static boolean leadsTo(Path link, String prefix) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith(prefix);
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> jcmd(long pid, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(pid),
                            command)
                    .redirectErrorStream(true)
                    .start();
            List<String> lines = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (jcmd.waitFor() != 0) {
                throw new AssertionError("jcmd " + command + " failed: " + lines);
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while jcmd ran", e);
        }
    }

    @Override
    public String toString() {
        return heapBytes / 1024 + " KiB of heap, " + threads + " threads, " + sockets + " sockets";
    }
}
