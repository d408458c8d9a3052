package org.waybill.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that can stop before any of its steps and shows afterwards what a crash may leave: of what was not
 * forced, each 512-byte block is old, new or torn, and each change of the directory from some point on is undone.
 *
 * <p>Steps are creations, preallocations, writes, forces, renames, deletions and forces of the directory. For one thread.
 */
public final class CrashDisk implements Disk {
    private static final int BLOCK_BYTES = 512;

    /** What every step throws from the crash on. */
    public static final class Crashed extends IOException {
        private static final long serialVersionUID = 1L;

        Crashed() {
            super("the disk has crashed");
        }
    }

    private final Map<String, Content> files = new TreeMap<>();
    private final Map<String, Content> forcedFiles = new TreeMap<>();
    private final List<Change> unforcedChanges = new ArrayList<>();
    private long steps;
    private long crashBefore = Long.MAX_VALUE;
    private long failForceAt = Long.MAX_VALUE;
    private long forces;
    private long usableSpaceBytes = Long.MAX_VALUE / 2;

    /** Stops before the n-th step from now, counted from 1. */
    public void crashBefore(long step) {
        crashBefore = steps + step;
    }

    public boolean hasCrashed() {
        return steps >= crashBefore;
    }

    public long steps() {
        return steps;
    }

    /** The n-th force of a file from now, counted from 1, and only that, fails. */
    public void failForce(long force) {
        failForceAt = forces + force;
    }

    public long forces() {
        return forces;
    }

    public void usableSpaceBytes(long bytes) {
        usableSpaceBytes = bytes;
    }

    /** What is there after the process was killed: all of it, though what was not forced may still be lost later. */
    public CrashDisk afterKill() {
        CrashDisk after = new CrashDisk();
        files.forEach((name, content) -> {
            Content kept = content.copy();
            after.files.put(name, kept);
            after.forcedFiles.put(name, kept);
        });
        return after;
    }

    /** What is there after the power was lost. */
    public CrashDisk afterPowerLoss(Random random) {
        Map<String, Content> names = new TreeMap<>(forcedFiles);
        int kept = random.nextInt(unforcedChanges.size() + 1);
        unforcedChanges.subList(0, kept).forEach(change -> change.apply(names));
        CrashDisk after = new CrashDisk();
        names.forEach((name, content) -> after.put(name, content.survivors(random)));
        return after;
    }

    /** Flips one bit of a file. */
    public void flipBit(String name, long bit) {
        content(name).flip(bit);
    }

    /** The bytes of a file, to look at or to change. */
    public byte[] bytes(String name) {
        return content(name).bytes;
    }

    /** Replaces or adds a file, forced. */
    public void put(String name, byte[] bytes) {
        Content content = new Content(bytes);
        files.put(name, content);
        forcedFiles.put(name, content);
    }

    /** Takes a file away, as an operator might. */
    public void lose(String name) {
        files.remove(name);
        forcedFiles.remove(name);
    }

    @Override
    public List<String> list() throws IOException {
        checkAlive();
        return List.copyOf(files.keySet());
    }

    @Override
    public DiskFile open(String name, Access access) throws IOException {
        checkAlive();
        if (access == Access.CREATE) {
            if (files.containsKey(name)) {
                throw new FileAlreadyExistsException(name);
            }
            step();
            Content created = new Content(new byte[0]);
            change(names -> names.put(name, created));
            return new OpenFile(created, true);
        }
        if (!files.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        return new OpenFile(content(name), access == Access.WRITE);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        if (!files.containsKey(from)) {
            throw new NoSuchFileException(from);
        }
        change(names -> names.put(to, names.remove(from)));
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        if (!files.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        change(names -> names.remove(name));
    }

    @Override
    public void forceDirectory() throws IOException {
        step();
        forcedFiles.clear();
        forcedFiles.putAll(files);
        unforcedChanges.clear();
    }

    @Override
    public long usableSpaceBytes() throws IOException {
        checkAlive();
        return usableSpaceBytes;
    }

    private interface Change {
        void apply(Map<String, Content> names);
    }

    private void change(Change change) {
        change.apply(files);
        unforcedChanges.add(change);
    }

    private Content content(String name) {
        Content content = files.get(name);
        if (content == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return content;
    }

    private void checkAlive() throws Crashed {
        if (hasCrashed()) {
            throw new Crashed();
        }
    }

    private void step() throws Crashed {
        checkAlive();
        steps++;
        checkAlive();
    }

    private static final class Content {
        byte[] bytes;
        byte[] forced;
        final BitSet unforcedBlocks = new BitSet();

        Content(byte[] bytes) {
            this.bytes = bytes;
            this.forced = bytes.clone();
        }

        Content copy() {
            Content copy = new Content(bytes.clone());
            copy.forced = forced.clone();
            copy.unforcedBlocks.or(unforcedBlocks);
            return copy;
        }

        void flip(long bit) {
            bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
            forced = bytes.clone();
        }

        void force() {
            forced = bytes.clone();
            unforcedBlocks.clear();
        }

        byte[] survivors(Random random) {
            int size = random.nextBoolean() ? bytes.length : forced.length;
            byte[] left = Arrays.copyOf(forced, size);
            int fate = random.nextInt(4);
            for (int block = unforcedBlocks.nextSetBit(0); block >= 0; block = unforcedBlocks.nextSetBit(block + 1)) {
                int from = block * BLOCK_BYTES;
                int to = Math.min(from + BLOCK_BYTES, size);
                // Mostly each block has its own fate; now and then all of them are old or all are new.
                int chance = fate == 0 ? 0 : fate == 1 ? 1 : random.nextInt(3);
                int cut = chance == 0 ? from : chance == 1 ? to : from + random.nextInt(BLOCK_BYTES + 1);
                int end = Math.min(cut, to);
                if (end > from) {
                    System.arraycopy(bytes, from, left, from, end - from);
                }
            }
            return left;
        }
    }

    private final class OpenFile implements DiskFile {
        private final Content content;
        private final boolean writable;

        OpenFile(Content content, boolean writable) {
            this.content = content;
            this.writable = writable;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            checkAlive();
            int count = (int) Math.max(0, Math.min(target.remaining(), content.bytes.length - position));
            if (count > 0) {
                target.put(content.bytes, (int) position, count);
            }
            return count;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            step();
            Invariant.check(writable, "the file is open for reading only");
            int count = source.remaining();
            int end = (int) position + count;
            if (end > content.bytes.length) {
                content.bytes = Arrays.copyOf(content.bytes, end);
            }
            source.get(content.bytes, (int) position, count);
            content.unforcedBlocks.set((int) position / BLOCK_BYTES, (end + BLOCK_BYTES - 1) / BLOCK_BYTES);
        }

        @Override
        public void preallocate(long bytes) throws IOException {
            step();
            if (usableSpaceBytes < bytes) {
                throw new IOException("No space left on device");
            }
            content.bytes = new byte[(int) bytes];
            content.force();
        }

        @Override
        public void force() throws IOException {
            step();
            forces++;
            if (forces == failForceAt) {
                throw new IOException("Input/output error");
            }
            content.force();
        }

        @Override
        public long sizeBytes() throws IOException {
            checkAlive();
            return content.bytes.length;
        }

        @Override
        public void close() {}
    }
}
