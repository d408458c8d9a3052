package org.waybill.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code users} of a data directory, one user a line, sorted by name, readable by its owner alone:
 *
 * <pre>
 *  # Waybill users, format 1
 *  alice SCRAM-SHA-256$15000:(salt)$(stored key):(server key)       keys and salt in Base64
 * </pre>
 *
 * Changes are made under a lock file and replace the whole file atomically, so that a running broker and other writers see
 * the old file or the new one. Any thread; every method blocks on the disk.
 */
public final class UserFile {
    /** The file's name in the data directory. */
    public static final String NAME = "users";

    private static final String HEADER = "# Waybill users, format 1";
    private static final String BASE64 = "([A-Za-z0-9+/=]+)";
    private static final Pattern LINE =
            Pattern.compile("(\\S+) SCRAM-SHA-256\\$([0-9]{1,9}):" + BASE64 + "\\$" + BASE64 + ":" + BASE64);
    private static final Pattern USER_NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final int MIN_ITERATIONS = 4_096;

    private final Path directory;
    private final Path file;

    /** The users of a data directory; nothing is touched yet. */
    public UserFile(Path dataDirectory) {
        directory = dataDirectory;
        file = dataDirectory.resolve(NAME);
    }

    Path path() {
        return file;
    }

    /** The users' names, sorted. */
    public List<String> names() {
        return List.copyOf(read().keySet());
    }

    /**
     * Adds a user or gives one a new password. The data directory is made if it does not exist.
     *
     * @return whether the user is new
     */
    public boolean put(String name, char[] password, SecureRandom random) {
        if (!USER_NAME.matcher(name).matches()) {
            throw new UserFileError(
                    "A user's name is 1 to 64 of the characters A-Z a-z 0-9 . _ @ -, \"" + name.strip() + "\" is not.");
        }
        if (password.length == 0) {
            throw new UserFileError("The password is empty, give one on standard input.");
        }
        Verifier verifier;
        try {
            verifier = Verifier.of(password, random);
        } catch (IllegalArgumentException e) {
            throw new UserFileError("The password has characters that SASLprep (RFC 4013) prohibits, use another one.");
        }
        return change(name, verifier) == null;
    }

    /**
     * Removes a user.
     *
     * @return whether there was one
     */
    public boolean remove(String name) {
        return Files.exists(directory) && change(name, null) != null;
    }

    private @Nullable Verifier change(String name, @Nullable Verifier verifier) {
        try {
            Files.createDirectories(directory);
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(NAME + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                SortedMap<String, Verifier> users = read();
                Verifier before = verifier == null ? users.remove(name) : users.put(name, verifier);
                if (held.isValid() && (verifier != null || before != null)) {
                    write(users);
                }
                return before;
            }
        } catch (IOException e) {
            throw new UserFileError(file + " cannot be written: " + reason(e) + ".");
        }
    }

    SortedMap<String, Verifier> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (IOException e) {
            throw new UserFileError(file + " cannot be read: " + reason(e) + ".");
        }
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new UserFileError(
                    file + " does not begin with \"" + HEADER + "\", restore it or remove it and add the users again.");
        }
        SortedMap<String, Verifier> users = new TreeMap<>();
        for (int i = 1; i < lines.size(); i++) {
            Matcher parts = LINE.matcher(lines.get(i));
            Verifier verifier = parts.matches() ? parse(parts) : null;
            if (verifier == null) {
                throw new UserFileError(file + " line " + (i + 1) + " is damaged, remove it and add that user again.");
            }
            users.put(parts.group(1), verifier);
        }
        return users;
    }

    private static @Nullable Verifier parse(Matcher parts) {
        int iterations = Integer.parseInt(parts.group(2));
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            byte[] salt = decoder.decode(parts.group(3));
            byte[] storedKey = decoder.decode(parts.group(4));
            byte[] serverKey = decoder.decode(parts.group(5));
            boolean sound = iterations >= MIN_ITERATIONS
                    && salt.length > 0
                    && storedKey.length == Verifier.KEY_BYTES
                    && serverKey.length == Verifier.KEY_BYTES;
            return sound ? new Verifier(salt, iterations, storedKey, serverKey) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void write(SortedMap<String, Verifier> users) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        users.forEach((name, verifier) -> text.append(line(name, verifier)).append('\n'));
        Path temporary = directory.resolve(NAME + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, ownerOnly());
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String line(String name, Verifier verifier) {
        Base64.Encoder encoder = Base64.getEncoder();
        return name + " SCRAM-SHA-256$" + verifier.iterations() + ":" + encoder.encodeToString(verifier.salt()) + "$"
                + encoder.encodeToString(verifier.storedKey()) + ":" + encoder.encodeToString(verifier.serverKey());
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    }
}
