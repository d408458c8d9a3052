package org.waybill.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.waybill.broker.DataDirectory;

/**
 * The broker that runs on a data directory, seen from another process: its lock file is locked and holds its process id, and
 * the file {@code waybill.ready} says what it listens at, and which node of a cluster it is.
 *
 * @param pid its process id
 * @param ready what it says of itself in {@code waybill.ready}, the addresses that it listens at first; empty while it starts or stops
 */
record RunningBroker(long pid, List<String> ready) {
    private static final String READY_FILE = "waybill.ready";

    /** Looks for one. */
    static Optional<RunningBroker> on(Path dataDirectory) {
        Path file = dataDirectory.resolve(DataDirectory.LOCK_FILE);
        try {
            if (!isLocked(file)) {
                return Optional.empty();
            }
            String pid = Files.readString(file).strip();
            return pid.matches("[0-9]{1,18}")
                    ? Optional.of(new RunningBroker(Long.parseLong(pid), ready(dataDirectory, pid)))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The data directory " + dataDirectory + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Says that this process is ready; for the process that holds the lock. */
    static void tell(Path dataDirectory, List<String> lines) throws IOException {
        List<String> all = new ArrayList<>(lines);
        all.add(0, Long.toString(ProcessHandle.current().pid()));
        Files.write(dataDirectory.resolve(READY_FILE), all);
    }

    /** Says that this process is ready no more. */
    static void untell(Path dataDirectory) throws IOException {
        Files.deleteIfExists(dataDirectory.resolve(READY_FILE));
    }

    private static boolean isLocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return shared == null;
        }
    }

    /** What a process said; one that was killed left its word behind, which is nobody else's. */
    private static List<String> ready(Path dataDirectory, String pid) throws IOException {
        Path file = dataDirectory.resolve(READY_FILE);
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.isEmpty() || !lines.get(0).equals(pid) ? List.of() : lines.subList(1, lines.size());
    }
}
