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
        int at;
        long count;
        switch (Encoding.unsignedByte(map, 0, map.length)) {
            case Encoding.NULL -> {
                return;
            }
            case 0xC1 -> {
                count = Encoding.unsignedByte(map, 2, map.length);
                at = 3;
            }
            case 0xD1 -> {
                count = Encoding.unsignedInt(map, 5, map.length);
                at = 9;
            }
            default -> throw new DecodeError("a map was expected", 0);
        }
        for (long i = 0; i < count; i += 2) {
            int value = Encoding.skip(map, at, map.length);
            int next = Encoding.skip(map, value, map.length);
            into.put(slice(map, at, value), slice(map, value, next));
            at = next;
        }
    }

    private static ByteBuffer slice(byte[] map, int from, int to) {
        return ByteBuffer.wrap(Arrays.copyOfRange(map, from, to));
    }
}
