package org.waybill.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/** Reads a shard's newest checkpoint at recovery, on one thread. Damage is refused, never passed over. */
public final class CheckpointReader implements Closeable {
    private final String name;
    private final DiskFile file;
    private final long chunks;
    private final long chunksEnd;
    private final long replayFromPosition;
    private final byte[] meta;
    private ByteBuffer chunk = CheckpointLayout.allocate(1 << 16);
    private long number;
    private long offset = CheckpointLayout.HEADER_BYTES;

    private CheckpointReader(String name, DiskFile file, int shard, long sequence) throws IOException {
        this.name = name;
        this.file = file;
        checkHeader(shard, sequence);
        long size = file.sizeBytes();
        int metaLength = read(size - CheckpointLayout.FOOTER_BYTES, CheckpointLayout.FOOTER_BYTES)
                .getInt(4);
        long metaBytes = FrameLayout.align(metaLength);
        long footerAt = size - CheckpointLayout.FOOTER_BYTES - metaBytes;
        if (metaLength < 0 || footerAt < CheckpointLayout.HEADER_BYTES) {
            throw damage(size - CheckpointLayout.FOOTER_BYTES, "the footer is not whole");
        }
        int footer = (int) metaBytes;
        ByteBuffer end = read(footerAt, footer + CheckpointLayout.FOOTER_BYTES);
        if (end.getInt(footer) != CheckpointLayout.footerSum(end, footer, metaLength)
                || end.getLong(footer + 24) != footerAt) {
            throw damage(footerAt, "the footer is not whole");
        }
        chunks = end.getLong(footer + 8);
        replayFromPosition = end.getLong(footer + 16);
        chunksEnd = footerAt;
        meta = new byte[metaLength];
        end.get(0, meta);
    }

    /** Opens the newest checkpoint of a shard, or empty if it has none; {@link JournalDamage} if it is not whole. */
    public static Optional<CheckpointReader> newest(Disk disk, int shard) throws IOException {
        long newest = 0;
        for (String name : disk.list()) {
            newest = Math.max(newest, FileNames.checkpointSequence(name, shard).orElse(0));
        }
        if (newest == 0) {
            return Optional.empty();
        }
        return Optional.of(open(disk, FileNames.checkpoint(shard, newest), shard));
    }

    static CheckpointReader open(Disk disk, String name, int shard) throws IOException {
        DiskFile file = disk.open(name, Disk.Access.READ);
        try {
            long sequence = FileNames.checkpointSequence(name, shard).orElseThrow();
            return new CheckpointReader(name, file, shard, sequence);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** From where the log must be replayed on top of this checkpoint. */
    public long replayFromPosition() {
        return replayFromPosition;
    }

    /** The bytes given to {@link CheckpointWriter#commit}. */
    public byte[] meta() {
        return meta.clone();
    }

    /** The number of chunks. */
    public long chunks() {
        return chunks;
    }

    /**
     * The next chunk as it was appended, verified, little-endian, valid until the next call; null after the last.
     * {@link JournalDamage} if the chunk is not whole.
     */
    public @Nullable ByteBuffer next() throws IOException {
        if (number == chunks) {
            if (offset != chunksEnd) {
                throw damage(offset, "the chunks do not end where the footer says");
            }
            return null;
        }
        ByteBuffer header = read(offset, CheckpointLayout.CHUNK_HEADER_BYTES);
        int length = header.getInt(4);
        long bytes = FrameLayout.align(CheckpointLayout.CHUNK_HEADER_BYTES + (long) length);
        if (length < 0 || bytes > chunksEnd - offset || header.getLong(8) != number) {
            throw damage(offset, "the chunk is not whole");
        }
        int sum = header.getInt(0);
        ByteBuffer read = read(offset, CheckpointLayout.CHUNK_HEADER_BYTES + length);
        if (sum != CheckpointLayout.sum(read.duplicate().position(4))) {
            throw damage(offset, "the chunk is not whole");
        }
        number++;
        offset += bytes;
        return read.position(CheckpointLayout.CHUNK_HEADER_BYTES);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void checkHeader(int shard, long sequence) throws IOException {
        ByteBuffer header = read(0, CheckpointLayout.HEADER_BYTES);
        ByteBuffer expected = CheckpointLayout.header(shard, sequence);
        if (header.getLong(0) == CheckpointLayout.MAGIC
                && header.getInt(8) == CheckpointLayout.sum(header.duplicate().position(12))
                && header.getInt(12) != CheckpointLayout.FORMAT_VERSION) {
            throw new JournalDamage(
                    JournalDamage.Code.UNKNOWN_FORMAT,
                    "Checkpoint " + name + ", offset 12: format version " + header.getInt(12)
                            + " is not known to this program.");
        }
        if (!header.equals(expected)) {
            throw damage(0, "the header is not whole");
        }
    }

    /** Reads into the reused buffer and returns a view of exactly these bytes. */
    private ByteBuffer read(long from, int bytes) throws IOException {
        if (from < 0) {
            throw damage(0, "the file is too short");
        }
        if (chunk.capacity() < bytes) {
            chunk = CheckpointLayout.allocate(bytes);
        }
        chunk.clear().limit(bytes);
        if (file.read(chunk, from) < bytes) {
            throw damage(from, "the file is too short");
        }
        return chunk.flip().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private JournalDamage damage(long at, String what) {
        return new JournalDamage(
                JournalDamage.Code.BAD_CHECKPOINT, "Checkpoint " + name + ", offset " + at + ": " + what + ".");
    }
}
