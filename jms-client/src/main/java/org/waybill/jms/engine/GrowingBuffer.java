package org.waybill.jms.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.codec.WritableBuffer;

/** What proton-j's encoder writes to without knowing the size before: it goes back to fill in lengths, so that it has a position. */
final class GrowingBuffer implements WritableBuffer {
    private byte[] bytes;
    private ByteBuffer view;

    GrowingBuffer(int initialBytes) {
        bytes = new byte[initialBytes];
        view = ByteBuffer.wrap(bytes);
    }

    /** What was written, up to the position. */
    byte[] toBytes() {
        return Arrays.copyOf(bytes, view.position());
    }

    @Override
    public void ensureRemaining(int count) {
        reserve(view.position() + count);
    }

    private void reserve(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("a message of more than 2 GiB");
        }
        if (capacity > bytes.length) {
            int position = view.position();
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(capacity, bytes.length * 2L)));
            view = ByteBuffer.wrap(bytes).position(position);
        }
    }

    @Override
    public void put(byte value) {
        ensureRemaining(Byte.BYTES);
        view.put(value);
    }

    @Override
    public void putShort(short value) {
        ensureRemaining(Short.BYTES);
        view.putShort(value);
    }

    @Override
    public void putInt(int value) {
        ensureRemaining(Integer.BYTES);
        view.putInt(value);
    }

    @Override
    public void putLong(long value) {
        ensureRemaining(Long.BYTES);
        view.putLong(value);
    }

    @Override
    public void putFloat(float value) {
        ensureRemaining(Float.BYTES);
        view.putFloat(value);
    }

    @Override
    public void putDouble(double value) {
        ensureRemaining(Double.BYTES);
        view.putDouble(value);
    }

    @Override
    public void put(byte[] source, int offset, int length) {
        ensureRemaining(length);
        view.put(source, offset, length);
    }

    @Override
    public void put(ByteBuffer source) {
        ensureRemaining(source.remaining());
        view.put(source);
    }

    @Override
    public void put(ReadableBuffer source) {
        put(source.byteBuffer());
    }

    @Override
    public boolean hasRemaining() {
        return true;
    }

    @Override
    public int remaining() {
        return limit() - view.position();
    }

    @Override
    public int limit() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int position() {
        return view.position();
    }

    @Override
    public void position(int position) {
        reserve(position);
        view.position(position);
    }
}
