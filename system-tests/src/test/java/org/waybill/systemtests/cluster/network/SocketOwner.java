package org.waybill.systemtests.cluster.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Which of some processes of this machine has opened a connection on loopback, as Linux tells in {@code /proc} (proc(5)). */
final class SocketOwner {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private SocketOwner() {}

    /** The key of the process that connected from this port to that one, if it is one of these. */
    static OptionalInt of(int localPort, int remotePort, Map<Integer, Long> pids) {
        Optional<String> inode = inode("tcp", localPort, remotePort).or(() -> inode("tcp6", localPort, remotePort));
        return inode.isEmpty()
                ? OptionalInt.empty()
                : pids.entrySet().stream()
                        .filter(entry -> owns(entry.getValue(), "socket:[" + inode.get() + "]"))
                        .mapToInt(Map.Entry::getKey)
                        .findFirst();
    }

    private static Optional<String> inode(String table, int localPort, int remotePort) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/net", table));
            return lines.stream()
                    .skip(1)
                    .map(line -> line.trim().split("\\s+"))
                    .filter(words -> port(words[LOCAL]) == localPort && port(words[REMOTE]) == remotePort)
                    .map(words -> words[INODE])
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static boolean owns(long pid, String socket) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", String.valueOf(pid), "fd"))) {
            for (Path file : open) {
                if (target(file).equals(socket)) {
                    return true;
                }
            }
            return false;
        } catch (IOException gone) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}
