package org.waybill.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks for one key in an encoded map with keys that are strings or symbols (AMQP 1.0 part 3, sections 3.2.5 and 3.2.10). */
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
        for (long i = 0; i + 1 < count; i += 2) {
            int value = Encoding.skip(in, at, limit);
            int next = Encoding.skip(in, value, limit);
            int text =
                    switch (in[at] & 0xFF) {
                        case 0xA1, 0xA3 -> at + 2;
                        case 0xB1, 0xB3 -> at + 5;
                        default -> value;
                    };
            if (isEqual(in, text, value, name)) {
                return Scalars.read(in, value, next);
            }
            at = next;
        }
        return null;
    }

    /** Compares without making bytes of the name, as all names are in practice ASCII. */
    private static boolean isEqual(byte[] in, int from, int to, String name) {
        int length = to - from;
        for (int i = 0; i < Math.min(length, name.length()); i++) {
            char c = name.charAt(i);
            if (c >= 128) {
                byte[] key = name.getBytes(StandardCharsets.UTF_8);
                return Arrays.equals(in, from, to, key, 0, key.length);
            }
            if (in[from + i] != c) {
                return false;
            }
        }
        return length == name.length();
    }
}
