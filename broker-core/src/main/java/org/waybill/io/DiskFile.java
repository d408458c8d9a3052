package org.waybill.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file with positional access only.
 *
 * <p>Reads may run concurrently with each other and with a write to other bytes. Written bytes survive a crash only after
 * {@link #force}; before it, any of their 512-byte blocks may be lost or torn, in any order.
 */
public interface DiskFile extends Closeable {
    /** Reads until the target is full or the file ends; returns the bytes read, 0 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all remaining bytes of the source. */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Gives a new file its size, filled with zeros that really occupy space, and forces it with its size: later writes
     * within that size neither need new space nor change the file's metadata.
     */
    void preallocate(long bytes) throws IOException;

    /** Makes everything written so far survive a crash. A failure must not be retried: data may already be lost. */
    void force() throws IOException;

    /** The size of the file. */
    long sizeBytes() throws IOException;
}
