package org.waybill.systemtests.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.waybill.systemtests.Distribution;

/**
 * A clock of the day for each node, which may be wrong and may be set while the node runs. What measures durations goes on as it does, as it
 * does when somebody sets a real machine's clock. It is libfaketime that lies to the processes; a test is skipped where that is missing.
 */
final class JumpingClocks {
    private static final String LIBRARY = "faketime/libfaketime.so.1";

    private final Path directory = Distribution.newDirectory("clocks");
    private final String library;

    /** So many clocks, all of them right. */
    JumpingClocks(int nodes) {
        Optional<Path> installed = library();
        assumeTrue(installed.isPresent(), "No libfaketime here: on Debian, apt-get install libfaketime.");
        library = installed.map(Path::toString).orElse("");
        IntStream.rangeClosed(1, nodes).forEach(node -> set(node, Duration.ZERO));
    }

    private static Optional<Path> library() {
        try (Stream<Path> architectures = Files.list(Path.of("/usr/lib"))) {
            return architectures
                    .map(each -> each.resolve(LIBRARY))
                    .filter(Files::exists)
                    .findFirst();
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** The beginning of the command that starts a node with its clock. */
    List<String> command(int node) {
        return List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + file(node),
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1");
    }

    /** Sets a node's clock so far ahead of the right time, or behind it; the node sees it within a second. */
    void set(int node, Duration ahead) {
        try {
            Path written = Files.writeString(directory.resolve("next"), "%+d%n".formatted(ahead.toSeconds()));
            Files.move(written, file(node), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(int node) {
        return directory.resolve("n" + node);
    }
}
