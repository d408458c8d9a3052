package org.waybill.systemtests.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.waybill.systemtests.Distribution;

/** A disk of little room, in memory, which takes root to be mounted. */
final class SmallDisk implements AutoCloseable {
    private final Path directory = Distribution.newDirectory("disk");
    private final Path filler = directory.resolve("filler");

    /** Mounts one of this size; the test is skipped where that is not allowed. */
    SmallDisk(int mebibytes) {
        String size = "size=" + mebibytes + "m";
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", size, "tmpfs", directory.toString()),
                "A disk of limited size cannot be mounted here: that takes root.");
    }

    /** Where to write to. */
    Path directory() {
        return directory;
    }

    /** Takes all the room there is left. */
    void fill() {
        byte[] block = new byte[1 << 16];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // as was wanted
        }
    }

    /** Gives that room back. */
    void free() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean done = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
            if (!done) {
                System.out.println(String.join(" ", command) + ": " + said.strip());
            }
            return done;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        run("umount", directory.toString());
    }
}
