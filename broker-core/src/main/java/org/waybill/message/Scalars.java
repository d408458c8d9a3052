package org.waybill.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decodes the scalar types of AMQP 1.0 (part 1, section 1.6) that a property can have. */
final class Scalars {
    private Scalars() {}

    /** The value in {@code [at, end)}, or null for null and for the types {@link Message#property} leaves out. */
    static @Nullable Object read(byte[] in, int at, int end) {
        int from = at + 1;
        return switch (in[at] & 0xFF) {
            case 0x41 -> true;
            case 0x42 -> false;
            case 0x56 -> in[from] != 0;
            case 0x51 -> in[from];
            case 0x50 -> (short) (in[from] & 0xFF);
            case 0x61 -> (short) bits(in, from, 2);
            case 0x60 -> (int) bits(in, from, 2) & 0xFFFF;
            case 0x71 -> (int) bits(in, from, 4);
            case 0x54 -> (int) in[from];
            case 0x70 -> bits(in, from, 4) & 0xFFFFFFFFL;
            case 0x52 -> in[from] & 0xFFL;
            case 0x43, 0x44 -> 0L;
            case 0x55 -> (long) in[from];
            case 0x53 -> in[from] & 0xFFL;
            case 0x80, 0x81, 0x83 -> bits(in, from, 8);
            case 0x72 -> Float.intBitsToFloat((int) bits(in, from, 4));
            case 0x82 -> Double.longBitsToDouble(bits(in, from, 8));
            case 0x98 -> new UUID(bits(in, from, 8), bits(in, from + 8, 8));
            case 0xA0 -> ByteBuffer.wrap(in, from + 1, end - from - 1).slice().asReadOnlyBuffer();
            case 0xB0 -> ByteBuffer.wrap(in, from + 4, end - from - 4).slice().asReadOnlyBuffer();
            case 0xA1, 0xA3 -> new String(in, from + 1, end - from - 1, StandardCharsets.UTF_8);
            case 0xB1, 0xB3 -> new String(in, from + 4, end - from - 4, StandardCharsets.UTF_8);
            default -> null;
        };
    }

    private static long bits(byte[] in, int from, int count) {
        long value = count < 8 && in[from] < 0 ? -1 : 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | in[from + i] & 0xFF;
        }
        return value;
    }
}
