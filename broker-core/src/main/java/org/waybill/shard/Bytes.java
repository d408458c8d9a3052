package org.waybill.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Grows while an event is written: variable-length integers, lowest seven bits first, as in LEB128. */
final class Bytes {
    private static final int FIRST_CAPACITY = 64;

    /** An empty byte string. */
    static final byte[] NONE = new byte[0];

    byte[] array;
    int length;

    Bytes() {
        this(FIRST_CAPACITY);
    }

    /** With room for so many bytes, and for more after a copy. */
    Bytes(int capacity) {
        array = new byte[capacity];
    }

    Bytes clear() {
        length = 0;
        return this;
    }

    Bytes putByte(int value) {
        room(1);
        array[length++] = (byte) value;
        return this;
    }

    Bytes putVar(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
        return this;
    }

    /** Eight bytes, the highest first. */
    Bytes putLong(long value) {
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            putByte((int) (value >>> shift));
        }
        return this;
    }

    Bytes putBytes(byte[] bytes) {
        putVar(bytes.length);
        room(bytes.length);
        System.arraycopy(bytes, 0, array, length, bytes.length);
        length += bytes.length;
        return this;
    }

    Bytes putText(String text) {
        return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Bytes putRaw(Bytes other) {
        room(other.length);
        System.arraycopy(other.array, 0, array, length, other.length);
        length += other.length;
        return this;
    }

    Bytes putArray(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, array, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** What was written, in an array of its own. */
    byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    private void room(int bytes) {
        if (length + bytes > array.length) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + bytes));
        }
    }

    static long var(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than ten bytes");
    }

    /** What {@link #putLong} wrote, whatever the buffer's own order is. */
    static long long64(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << Byte.SIZE | in.get() & 0xFF;
        }
        return value;
    }

    static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[(int) var(in)];
        in.get(bytes);
        return bytes;
    }

    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }
}
