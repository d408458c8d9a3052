package org.waybill.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges encoded annotation maps (AMQP 1.0 part 3, sections 3.2.3 and 3.4.5) without decoding their values. */
public final class Annotations {
    private Annotations() {}

    /**
     * The entries of {@code base} with those of {@code changes} put in, equal keys replaced.
     *
     * @param base an encoded map, or null for an empty one
     * @param changes an encoded map
     * @return an encoded map
     * @throws DecodeError when either is not an encoded map
     */
    public static byte[] merge(byte @Nullable [] base, byte[] changes) {
        Map<ByteBuffer, ByteBuffer> entries = new LinkedHashMap<>();
        if (base != null) {
            read(base, entries);
        }
        read(changes, entries);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        entries.forEach((key, value) -> {
            put(body, key);
            put(body, value);
        });
        return map(2 * entries.size(), body);
    }

    /**
     * The value of one annotation.
     *
     * @param map an encoded map
     * @return as {@link Message#applicationProperty}
     */
    public static @Nullable Object value(byte[] map, String symbol) {
        try {
            return PropertyMap.find(map, 0, symbol);
        } catch (DecodeError malformed) {
            return null;
        }
    }

    /**
     * An encoded map of symbols to strings or longs.
     *
     * @param entries keys of ASCII characters; values that are String or Long
     */
    public static byte[] of(Map<String, Object> entries) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        entries.forEach((key, value) -> {
            text(body, 0xB3, key.getBytes(StandardCharsets.US_ASCII));
            if (value instanceof Long number) {
                body.write(0x81);
                body.writeBytes(ByteBuffer.allocate(8).putLong(number).array());
            } else {
                text(body, 0xB1, String.valueOf(value).getBytes(StandardCharsets.UTF_8));
            }
        });
        return map(2 * entries.size(), body);
    }

    /**
     * Checks that an encoded value is null or a map of whole entries, so that it can be merged whenever that is wanted.
     *
     * @throws DecodeError when it is not
     */
    static void check(byte[] in, int at, int end) {
        int entry = entries(in, at, end);
        for (long i = count(in, at, end); i > 0; i--) {
            entry = Encoding.skip(in, entry, end);
        }
    }

    /** The number of keys and values of a map, or 0 for null. */
    static long count(byte[] in, int at, int end) {
        long count =
                switch (Encoding.unsignedByte(in, at, end)) {
                    case Encoding.NULL -> 0;
                    case 0xC1 -> Encoding.unsignedByte(in, at + 2, end);
                    case 0xD1 -> Encoding.unsignedInt(in, at + 5, end);
                    default -> throw new DecodeError("a map was expected", at);
                };
        if ((count & 1) != 0) {
            throw new DecodeError("a map has a key without a value", at);
        }
        return count;
    }

    /** Where the first key of a map stands. */
    static int entries(byte[] in, int at, int end) {
        return at + (Encoding.unsignedByte(in, at, end) == 0xC1 ? 3 : 9);
    }

    private static void put(ByteArrayOutputStream out, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        out.writeBytes(copy);
    }

    private static void text(ByteArrayOutputStream out, int constructor, byte[] bytes) {
        out.write(constructor);
        out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static byte[] map(int count, ByteArrayOutputStream body) {
        byte[] content = body.toByteArray();
        ByteBuffer out = ByteBuffer.allocate(9 + content.length);
        out.put((byte) 0xD1).putInt(4 + content.length).putInt(count).put(content);
        return out.array();
    }

    private static void read(byte[] map, Map<ByteBuffer, ByteBuffer> into) {
        int at = entries(map, 0, map.length);
        for (long i = count(map, 0, map.length); i > 0; i -= 2) {
            int value = Encoding.skip(map, at, map.length);
            int next = Encoding.skip(map, value, map.length);
            into.put(key(map, at, value), ByteBuffer.wrap(Arrays.copyOfRange(map, value, next)));
            at = next;
        }
    }

    /** A key as it is compared and written: a symbol in its shortest form, whichever its sender chose. */
    private static ByteBuffer key(byte[] map, int from, int to) {
        int length = to - from - 5;
        if ((map[from] & 0xFF) != 0xB3 || length > 255) {
            return ByteBuffer.wrap(Arrays.copyOfRange(map, from, to));
        }
        ByteBuffer shorter = ByteBuffer.allocate(2 + length);
        return shorter.put((byte) 0xA3)
                .put((byte) length)
                .put(map, from + 5, length)
                .flip();
    }
}
