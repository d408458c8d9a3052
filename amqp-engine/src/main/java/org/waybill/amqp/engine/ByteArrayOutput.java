package org.waybill.amqp.engine;

import java.nio.ByteBuffer;

/** An {@link Output} into one growing array. Not shared between threads. */
public final class ByteArrayOutput implements Output {
    private byte[] bytes;
    private int size;

    /** An empty output with room for {@code initialBytes}. */
    public ByteArrayOutput(int initialBytes) {
        bytes = new byte[Math.max(16, initialBytes)];
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        if (bytes.length - size < length) {
            bytes = java.util.Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, length)));
        }
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** How many bytes wait. */
    public int size() {
        return size;
    }

    /** The array behind it; the first {@link #size()} bytes count. Replaced when it grows. */
    public byte[] array() {
        return bytes;
    }

    /** A view of what waits, good until the next write. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** Forgets what was written and keeps the array. */
    public void clear() {
        size = 0;
    }
}
