package org.waybill.benchmarks.amqp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes AMQP 1.0 values (part 1) into a growing array. Compound values are begun and ended by position; the caller
 * states the count. Single-threaded; {@link #reset()} makes it reusable without garbage.
 */
public final class Encoder {
    private byte[] bytes = new byte[512];
    private int size;

    /** Forgets what was written. */
    public Encoder reset() {
        size = 0;
        return this;
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** The array written to; only the first {@link #size()} bytes count, and it changes when it must grow. */
    byte[] array() {
        return bytes;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public Encoder u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    Encoder u16(int value) {
        return u8(value >> 8).u8(value);
    }

    public Encoder u32(long value) {
        room(4);
        put32(size, value);
        size += 4;
        return this;
    }

    /** Raw bytes, no type code. */
    public Encoder raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
        return this;
    }

    Encoder nothing() {
        return u8(0x40);
    }

    public Encoder bool(boolean value) {
        return u8(value ? 0x41 : 0x42);
    }

    Encoder uint(long value) {
        if (value == 0) {
            return u8(0x43);
        }
        return value > 0 && value < 256 ? u8(0x52).u8((int) value) : u8(0x70).u32(value);
    }

    Encoder ubyte(int value) {
        return u8(0x50).u8(value);
    }

    Encoder ushort(int value) {
        return u8(0x60).u16(value);
    }

    Encoder string(String value) {
        return variable(0xa1, value.getBytes(StandardCharsets.UTF_8));
    }

    Encoder symbol(String value) {
        return variable(0xa3, value.getBytes(StandardCharsets.US_ASCII));
    }

    Encoder binary(byte[] value) {
        return variable(0xa0, value);
    }

    private Encoder variable(int shortCode, byte[] value) {
        if (value.length < 256) {
            u8(shortCode).u8(value.length);
        } else {
            u8(shortCode + 0x10).u32(value.length);
        }
        return raw(value);
    }

    /** An array of symbols, each shorter than 256 characters. */
    Encoder symbols(String... values) {
        int start = size;
        u8(0xf0).u32(0).u32(values.length).u8(0xa3);
        for (String value : values) {
            u8(value.length()).raw(value.getBytes(StandardCharsets.US_ASCII));
        }
        put32(start + 1, size - start - 5);
        return this;
    }

    /** The descriptor of a described value that follows. */
    public Encoder descriptor(int code) {
        return u8(0).u8(0x53).u8(code);
    }

    /** Begins a list; the result goes to {@link #endList}. */
    int beginList() {
        int at = size;
        u8(0xd0).u32(0).u32(0);
        return at;
    }

    /** Begins a map; the result goes to {@link #endList}, whose count is that of keys and values. */
    int beginMap() {
        int at = size;
        u8(0xd1).u32(0).u32(0);
        return at;
    }

    Encoder endList(int at, int count) {
        put32(at + 1, size - at - 5);
        put32(at + 5, count);
        return this;
    }

    /** Begins a frame on channel 0: type 0 is AMQP, 1 is SASL; the result goes to {@link #endFrame}. */
    int beginFrame(int type) {
        int at = size;
        u32(0).u8(2).u8(type).u16(0);
        return at;
    }

    Encoder endFrame(int at) {
        put32(at, size - at);
        return this;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    private void put32(int at, long value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }
}
