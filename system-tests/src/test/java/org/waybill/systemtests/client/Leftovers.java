package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a thread of the client's behind, or an open socket. For {@code @ExtendWith}, so that it looks after all that the
 * test's own fields have closed. Sockets are counted where there is a {@code /proc}.
 */
final class Leftovers implements BeforeEachCallback, AfterEachCallback {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(10);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static {
        // The JDK opens a socket of its own with the first channel, and keeps it.
        try {
            SocketChannel.open().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> threads = Set.of();
    private Set<String> sockets = Set.of();

    /** The threads of the client, by name. */
    static Set<String> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(thread -> thread.getName() + " #" + thread.getId())
                .filter(name -> name.startsWith("waybill"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The open sockets of this JVM, by inode; none where that cannot be seen. */
    static Set<String> openSockets() {
        Set<String> open = new TreeSet<>();
        if (!Files.isDirectory(DESCRIPTORS)) {
            return open;
        }
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            for (Path descriptor : all.toList()) {
                String target = target(descriptor);
                if (target.startsWith("socket:")) {
                    open.add(target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile, as the one that lists the others always is
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        threads = clientThreads();
        sockets = openSockets();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertGone("threads of the client", threads, Leftovers::clientThreads);
        assertGone("sockets", sockets, Leftovers::openSockets);
    }

    private static void assertGone(String what, Set<String> before, Supplier<Set<String>> now) {
        await(what + " that the test has left behind")
                .atMost(GONE_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> {
                    Set<String> left = new TreeSet<>(now.get());
                    left.removeAll(before);
                    assertThat(left).as(what).isEmpty();
                });
    }
}
