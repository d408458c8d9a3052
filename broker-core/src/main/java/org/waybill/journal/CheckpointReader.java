package org.waybill.journal;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads a shard's newest checkpoint at recovery, on one thread. Damage is refused, never passed over. */
public final class CheckpointReader implements Closeable {
    private CheckpointReader() {}

    /** Opens the newest checkpoint of a shard, or empty if it has none; {@link JournalDamage} if it is not whole. */
    public static Optional<CheckpointReader> newest(Disk disk, int shard) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** From where the log must be replayed on top of this checkpoint. */
    public long replayFromPosition() {
        throw new UnsupportedOperationException();
    }

    /** The bytes given to {@link CheckpointWriter#commit}. */
    public byte[] meta() {
        throw new UnsupportedOperationException();
    }

    /**
     * The next chunk as it was appended, verified, little-endian, valid until the next call; null after the last.
     * {@link JournalDamage} if the chunk is not whole.
     */
    public @Nullable ByteBuffer next() throws IOException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {}
}
