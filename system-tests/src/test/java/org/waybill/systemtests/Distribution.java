package org.waybill.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The archive under test, unzipped once for this JVM below the build directory as a user would unzip it, with the permissions that the
 * archive states. Which archive: the system property {@code waybill.zip}.
 */
public final class Distribution {
    private static final class Unzipped {
        static final Path HOME = unzip(Path.of(required("waybill.zip")));
    }

    private static final Path OWN = Path.of("target", "system-tests").toAbsolutePath();

    private Distribution() {}

    /** Whether {@link #newDirectory} has made it. */
    static boolean isOwn(Path directory) {
        return directory.getParent().equals(OWN) && Files.isDirectory(directory);
    }

    /** The only top directory of the archive. */
    public static Path home() {
        return Unzipped.HOME;
    }

    /** The launcher that a user calls. */
    public static Path launcher() {
        return home().resolve("bin").resolve("waybill");
    }

    /** A directory below the build directory that is new, for the data or the files of one test. */
    public static Path newDirectory(String purpose) {
        try {
            return Files.createTempDirectory(Files.createDirectories(OWN), purpose + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a system property that the build sets. */
    public static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new IllegalStateException(
                    "The system property " + property + " is not set: run these tests with mvn verify.");
        }
        return value;
    }

    private static Path unzip(Path archive) {
        if (!Files.isRegularFile(archive)) {
            throw new IllegalStateException(
                    "No archive to test at " + archive.normalize() + ": run mvn verify from the root.");
        }
        Path target = newDirectory("home");
        URI uri = URI.create("jar:" + archive.toUri());
        try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of("enablePosixFileAttributes", true))) {
            Path root = zip.getPath("/");
            List<Path> entries;
            try (Stream<Path> walk = Files.walk(root)) {
                entries = walk.toList();
            }
            for (Path entry : entries) {
                Path to = target.resolve(root.relativize(entry).toString());
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(entry, to);
                    Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(entry));
                }
            }
            return onlyChild(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path onlyChild(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            List<Path> all = children.toList();
            if (all.size() != 1) {
                throw new IllegalStateException("The archive has not one top directory, but " + all);
            }
            return all.get(0);
        }
    }
}
