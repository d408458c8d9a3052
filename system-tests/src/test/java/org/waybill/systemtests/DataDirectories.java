package org.waybill.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
    /** Not deleted so far, with the last process that worked in it. */
    private static final Map<Path, Process> USERS = new ConcurrentHashMap<>();

    private volatile boolean failed;

    /** A process works in this directory from now on. */
    static void use(Path directory, Process process) {
        if (Distribution.isOwn(directory)) {
            USERS.put(directory, process);
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
        List<Path> left = USERS.entrySet().stream()
                .filter(user -> !user.getValue().isAlive())
                .map(Map.Entry::getKey)
                .toList();
        left.forEach(USERS::remove);
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
