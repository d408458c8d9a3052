package org.waybill.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks for one key in an encoded map with string keys (AMQP 1.0 part 3, section 3.2.5). */
final class PropertyMap {
    private PropertyMap() {}

    static @Nullable Object find(byte[] in, int map, String name) {
        int limit = Encoding.skip(in, map, in.length);
        long count;
        int at;
        switch (in[map] & 0xFF) {
            case 0xC1 -> {
                count = Encoding.unsignedByte(in, map + 2, limit);
                at = map + 3;
            }
            case 0xD1 -> {
                count = Encoding.unsignedInt(in, map + 5, limit);
                at = map + 9;
            }
            default -> {
                return null;
            }
        }
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        for (long i = 0; i + 1 < count; i += 2) {
            int value = Encoding.skip(in, at, limit);
            int next = Encoding.skip(in, value, limit);
            int text =
                    switch (in[at] & 0xFF) {
                        case 0xA1, 0xA3 -> at + 2;
                        case 0xB1, 0xB3 -> at + 5;
                        default -> value;
                    };
            if (Arrays.equals(in, text, value, key, 0, key.length)) {
                return Scalars.read(in, value, next);
            }
            at = next;
        }
        return null;
    }
}
