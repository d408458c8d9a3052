package org.waybill.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
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
            body.write(key.array(), key.position(), key.remaining());
            body.write(value.array(), value.position(), value.remaining());
        });
        byte[] content = body.toByteArray();
        ByteBuffer out = ByteBuffer.allocate(9 + content.length);
        out.put((byte) 0xD1).putInt(4 + content.length).putInt(2 * entries.size()).put(content);
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
