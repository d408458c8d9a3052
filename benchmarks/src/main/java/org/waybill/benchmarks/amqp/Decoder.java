package org.waybill.benchmarks.amqp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over AMQP 1.0 values (part 1) in a byte array. The hot performatives are read field by field without
 * garbage; {@link #object()} is the generic and slow way for those of link and connection set-up. Single-threaded.
 *
 * <p>Malformed input throws {@link IllegalStateException} or {@link IndexOutOfBoundsException}, which the event loop
 * turns into a failure of the connection.
 */
public final class Decoder {
    private byte[] bytes = new byte[0];
    private int position;
    private int listEnd;
    private int listCount;

    /** Moves the cursor; the array is not copied. */
    public Decoder at(byte[] source, int from) {
        bytes = source;
        position = from;
        return this;
    }

    int position() {
        return position;
    }

    /** Number of fields of the list entered last. */
    public int listCount() {
        return listCount;
    }

    /** Position after the list entered last. */
    int listEnd() {
        return listEnd;
    }

    public int u8() {
        return bytes[position++] & 255;
    }

    private int u16() {
        return u8() << 8 | u8();
    }

    public int i32() {
        int value = (bytes[position] & 255) << 24
                | (bytes[position + 1] & 255) << 16
                | (bytes[position + 2] & 255) << 8
                | (bytes[position + 3] & 255);
        position += 4;
        return value;
    }

    long u32() {
        return i32() & 0xffffffffL;
    }

    public long u64() {
        return u32() << 32 | u32();
    }

    /** Reads the descriptor of a described value. */
    public int descriptor() {
        if (u8() != 0) {
            throw new IllegalStateException("no described value at byte " + (position - 1));
        }
        return (int) number();
    }

    /** Enters a list: its count and end are known afterwards. */
    public void enterList() {
        int format = u8();
        switch (format) {
            case 0x45 -> {
                listCount = 0;
                listEnd = position;
            }
            case 0xc0 -> {
                int size = u8();
                listEnd = position + size;
                listCount = u8();
            }
            case 0xd0 -> {
                int size = i32();
                listEnd = position + size;
                listCount = i32();
            }
            default -> throw unexpected("list", format);
        }
    }

    /** An unsigned number of any width; -1 when null. */
    long number() {
        int format = u8();
        return switch (format) {
            case 0x40 -> -1;
            case 0x43, 0x44 -> 0;
            case 0x50, 0x52, 0x53 -> u8();
            case 0x60 -> u16();
            case 0x70 -> u32();
            case 0x80 -> u64();
            default -> throw unexpected("number", format);
        };
    }

    /** A boolean; null reads as false, which is the default of every boolean field used here. */
    public boolean bool() {
        int format = u8();
        return switch (format) {
            case 0x41 -> true;
            case 0x40, 0x42 -> false;
            case 0x56 -> u8() == 1;
            default -> throw unexpected("boolean", format);
        };
    }

    /** A short binary. */
    byte[] binary() {
        int format = u8();
        if (format != 0xa0) {
            throw unexpected("binary", format);
        }
        return copy(u8());
    }

    /** Steps over one value of any type. */
    public void skip() {
        int format = u8();
        switch (format >> 4) {
            case 0x0 -> {
                skip();
                skip();
            }
            case 0x4 -> {}
            case 0x5 -> position += 1;
            case 0x6 -> position += 2;
            case 0x7 -> position += 4;
            case 0x8 -> position += 8;
            case 0x9 -> position += 16;
            case 0xa, 0xc, 0xe -> position += 1 + (bytes[position] & 255);
            case 0xb, 0xd, 0xf -> {
                int size = i32();
                position += size;
            }
            default -> throw unexpected("value", format);
        }
    }

    /** The fields of a list as plain Java values; an empty list when the value is none. */
    List<@Nullable Object> fields() {
        return fieldsOf(object());
    }

    /** The fields of a list, or of the list within a described value; an empty list when there is none. */
    static List<@Nullable Object> fieldsOf(@Nullable Object value) {
        Object body = value instanceof Described described ? described.value() : value;
        List<@Nullable Object> fields = new ArrayList<>();
        if (body instanceof List<?> list) {
            fields.addAll(list);
        }
        return fields;
    }

    /** One value as a plain Java value: numbers as {@link Long}, strings and symbols as {@link String}. */
    @Nullable
    Object object() {
        return object(u8());
    }

    private @Nullable Object object(int format) {
        return switch (format) {
            case 0x00 -> {
                Object descriptor = object();
                yield new Described(descriptor, object());
            }
            case 0x40 -> null;
            case 0x41 -> true;
            case 0x42 -> false;
            case 0x56 -> u8() == 1;
            case 0x43, 0x44 -> 0L;
            case 0x50, 0x52, 0x53 -> (long) u8();
            case 0x51, 0x54, 0x55 -> (long) bytes[position++];
            case 0x60 -> (long) u16();
            case 0x61 -> (long) (short) u16();
            case 0x70 -> u32();
            case 0x71, 0x72, 0x73, 0x74 -> (long) i32();
            case 0x80, 0x81, 0x82, 0x83, 0x84 -> u64();
            case 0x94, 0x98 -> copy(16);
            case 0xa0 -> copy(u8());
            case 0xb0 -> copy(i32());
            case 0xa1, 0xa3 -> new String(copy(u8()), StandardCharsets.UTF_8);
            case 0xb1, 0xb3 -> new String(copy(i32()), StandardCharsets.UTF_8);
            case 0x45 -> new ArrayList<>();
            case 0xc0, 0xc1, 0xe0 -> {
                u8();
                yield compound(format, u8());
            }
            case 0xd0, 0xd1, 0xf0 -> {
                i32();
                yield compound(format, i32());
            }
            default -> throw unexpected("value", format);
        };
    }

    private Object compound(int format, int count) {
        if ((format & 0xf) == 1) {
            Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < count / 2; i++) {
                Object key = object();
                map.put(key, object());
            }
            return map;
        }
        List<@Nullable Object> items = new ArrayList<>();
        boolean array = format >> 4 == 0xe || format >> 4 == 0xf;
        int itemFormat = array ? arrayFormat() : 0;
        for (int i = 0; i < count; i++) {
            items.add(array ? object(itemFormat) : object());
        }
        return items;
    }

    private int arrayFormat() {
        int format = u8();
        if (format != 0) {
            return format;
        }
        skip();
        return u8();
    }

    private byte[] copy(int length) {
        byte[] copy = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return copy;
    }

    private IllegalStateException unexpected(String wanted, int format) {
        return new IllegalStateException(
                "no " + wanted + " at byte " + (position - 1) + ": format 0x" + Integer.toHexString(format));
    }
}
