package org.waybill.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds everything a broker keeps, locked as long as it is open.
 *
 * <pre>
 *  waybill.lock        locked by the running broker; holds its process id
 *  waybill.properties  format, broker id, number of shards, and the cluster that it is part of, if any
 *  journal/            segments and checkpoints
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
    /** The file that a running broker holds locked and that names its process id. */
    public static final String LOCK_FILE = "waybill.lock";

    private static final String PROPERTIES_FILE = "waybill.properties";
    private static final String FORMAT = "1";
    private static final String CLUSTER = "cluster";

    private final Path path;
    private final FileChannel lockFile;
    private final String brokerId;
    private final int shards;

    private DataDirectory(Path path, FileChannel lockFile, String brokerId, int shards) {
        this.path = path;
        this.lockFile = lockFile;
        this.brokerId = brokerId;
        this.shards = shards;
    }

    /**
     * Opens a data directory, made if there is none, and locks it.
     *
     * @param shards the number of shards of a new one
     * @param cluster the cluster that it must be part of, or that a new one is part of; empty for a broker that stands alone
     * @throws StartFailure when it is in use or cannot be used, or belongs to another cluster
     */
    public static DataDirectory open(Path path, int shards, Optional<String> cluster) {
        FileChannel lockFile;
        try {
            Files.createDirectories(path.resolve("journal"));
            lockFile = lock(path);
        } catch (IOException unusable) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    "the data directory " + path + " cannot be written: " + reason(unusable));
        }
        try {
            Properties properties = properties(path, shards, cluster);
            checkCluster(path, cluster, Optional.ofNullable(properties.getProperty(CLUSTER)));
            return new DataDirectory(
                    path,
                    lockFile,
                    String.valueOf(properties.getProperty("broker-id")),
                    Integer.parseInt(properties.getProperty("shards", "0")));
        } catch (IOException | NumberFormatException unusable) {
            closeQuietly(lockFile);
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    path.resolve(PROPERTIES_FILE) + " cannot be used: " + reason(unusable));
        } catch (StartFailure failure) {
            closeQuietly(lockFile);
            throw failure;
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            // as if another process had it
        } catch (IOException failed) {
            closeQuietly(channel);
            throw failed;
        }
        if (lock == null) {
            String holder = Files.readString(path.resolve(LOCK_FILE)).strip();
            closeQuietly(channel);
            throw new StartFailure(
                    StartFailure.Reason.DATA_IN_USE,
                    "the data directory " + path + " is in use by another broker"
                            + (holder.isEmpty() ? "" : ", process " + holder));
        }
        channel.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid), 0);
        return channel;
    }

    /** Whether there is one. */
    static boolean exists(Path path) {
        return Files.exists(path.resolve(PROPERTIES_FILE));
    }

    private static void checkCluster(Path path, Optional<String> wanted, Optional<String> found) {
        if (wanted.equals(found)) {
            return;
        }
        String problem = found.map(name -> "belongs to a node of the cluster " + name
                        + wanted.map(other -> ", not of the cluster " + other)
                                .orElse(": start it with that node's --config"))
                .orElse(
                        "belongs to a broker without a cluster: 'waybill cluster adopt' makes what it holds a cluster's, or name"
                                + " another data-directory");
        throw new StartFailure(StartFailure.Reason.DATA_UNUSABLE, "the data directory " + path + " " + problem);
    }

    private static Properties properties(Path path, int shards, Optional<String> cluster) throws IOException {
        Path file = path.resolve(PROPERTIES_FILE);
        Properties properties = new Properties();
        if (!Files.exists(file)) {
            properties.setProperty("format", FORMAT);
            properties.setProperty("broker-id", UUID.randomUUID().toString());
            properties.setProperty("shards", Integer.toString(shards));
            cluster.ifPresent(name -> properties.setProperty(CLUSTER, name));
            write(path, properties);
            return properties;
        }
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        if (!FORMAT.equals(properties.getProperty("format"))) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    "the data directory " + path + " has format " + properties.getProperty("format")
                            + "; this version reads format " + FORMAT);
        }
        if (Integer.parseInt(properties.getProperty("shards", "0")) < 1) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE, file + " cannot be used: it does not name the number of shards");
        }
        return properties;
    }

    private static void write(Path path, Properties properties) throws IOException {
        Path fresh = path.resolve(PROPERTIES_FILE + ".tmp");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            StringBuilder text = new StringBuilder("# not to be edited; the shards of a data directory never change\n");
            for (String key : List.of("format", "broker-id", "shards", CLUSTER)) {
                String value = properties.getProperty(key);
                if (value != null) {
                    text.append(key).append('=').append(value).append('\n');
                }
            }
            out.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        Files.move(fresh, path.resolve(PROPERTIES_FILE), StandardCopyOption.ATOMIC_MOVE);
        force(path);
    }

    /** Makes it a cluster's from now on. */
    void join(String cluster) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("format", FORMAT);
        properties.setProperty("broker-id", brokerId);
        properties.setProperty("shards", Integer.toString(shards));
        properties.setProperty(CLUSTER, cluster);
        write(path, properties);
    }

    /** Makes the files made in a directory survive the machine's end; else what the journal forces could go with it. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static @Nullable String reason(Exception failure) {
        return failure instanceof java.nio.file.AccessDeniedException
                ? "access denied"
                : failure instanceof java.nio.file.NoSuchFileException
                        ? "there is no such directory above it"
                        : failure instanceof java.nio.file.FileSystemException file && file.getReason() != null
                                ? file.getReason()
                                : failure.getMessage();
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // it was only read or locked
        }
    }

    /** Where the journal is. */
    public Path journal() {
        return path.resolve("journal");
    }

    /** The directory itself. */
    public Path path() {
        return path;
    }

    /** An id that the directory keeps for ever. */
    public String brokerId() {
        return brokerId;
    }

    /** The number of shards its journal was begun with. */
    public int shards() {
        return shards;
    }

    /** Unlocks it. */
    @Override
    public void close() {
        closeQuietly(lockFile);
    }
}
