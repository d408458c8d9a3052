package org.waybill.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Used Java heap of another process after a full collection, asked of it with {@code jcmd}. */
final class HeapProbe {
    private static final Pattern USED = Pattern.compile("^\\s*(.*?)\\s+total.*used (\\d+)K", Pattern.MULTILINE);
    private static final int LIMIT_SECONDS = 20;

    private HeapProbe() {}

    /** MiB in use over all spaces, or not a number when the process does not answer. */
    static double usedMib(long pid) throws IOException {
        jcmd(pid, "GC.run");
        Matcher matcher = USED.matcher(jcmd(pid, "GC.heap_info"));
        double usedKib = 0;
        boolean any = false;
        while (matcher.find()) {
            any = true;
            usedKib += Long.parseLong(matcher.group(2));
        }
        return any ? usedKib / 1024 : Double.NaN;
    }

    private static String jcmd(long pid, String command) throws IOException {
        Process process = new ProcessBuilder("jcmd", Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking for the heap", e);
        }
    }
}
