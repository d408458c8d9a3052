package org.waybill.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The data directories of the brokers under test. One takes 128 MiB of disk from the start, and a run makes a hundred: as an extension, which
 * every test class gets by {@code META-INF/services}, this deletes what a class has left behind once its tests have passed. What tests that
 * failed have left stays for whoever looks for the reason.
 */
public final class DataDirectories implements AfterAllCallback, TestWatcher {
    private static final Set<Path> UNUSED = ConcurrentHashMap.newKeySet();

    private volatile boolean failed;

    /** A new one. */
    static Path fresh() {
        Path directory = Distribution.newDirectory("data");
        UNUSED.add(directory);
        return directory;
    }

    /** A process works in it from now on. */
    static void use(Path directory, Process process) {
        if (UNUSED.remove(directory)) {
            CompletableFuture<?> unused = process.onExit().thenAccept(ended -> UNUSED.add(directory));
        }
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        failed = true;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getRequiredTestClass().isMemberClass()) {
            return; // the class around it may go on with them
        }
        List<Path> left = List.copyOf(UNUSED);
        UNUSED.removeAll(left);
        if (!failed && context.getExecutionException().isEmpty()) {
            left.forEach(DataDirectories::delete);
        }
        failed = false;
    }

    private static void delete(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
