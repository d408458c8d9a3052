package org.waybill.message;

/**
 * Walks over AMQP 1.0 encoded values (part 1, section 1.2) without decoding them: their size follows from the constructor's
 * high half-byte.
 */
final class Encoding {
    static final int DESCRIBED = 0x00;
    static final int NULL = 0x40;

    private static final int MAX_NESTED_DESCRIPTORS = 32;

    private Encoding() {}

    /** Returns the offset just behind the value that begins at {@code at}; the value must end at or before {@code end}. */
    static int skip(byte[] in, int at, int end) {
        int nested = 0;
        int values = 1;
        int position = at;
        while (values > 0) {
            int constructor = unsignedByte(in, position, end);
            if (constructor == DESCRIBED) {
                if (++nested > MAX_NESTED_DESCRIPTORS) {
                    throw new DecodeError("descriptors nested too deep", position);
                }
                position++;
                values++;
            } else {
                position = skipPrimitive(in, position, end, constructor);
                values--;
            }
        }
        return position;
    }

    private static int skipPrimitive(byte[] in, int at, int end, int constructor) {
        long behind;
        switch (constructor >>> 4) {
            case 0x4 -> behind = at + 1L;
            case 0x5 -> behind = at + 2L;
            case 0x6 -> behind = at + 3L;
            case 0x7 -> behind = at + 5L;
            case 0x8 -> behind = at + 9L;
            case 0x9 -> behind = at + 17L;
            case 0xA, 0xC, 0xE -> behind = at + 2L + unsignedByte(in, at + 1, end);
            case 0xB, 0xD, 0xF -> behind = at + 5L + unsignedInt(in, at + 1, end);
            default -> throw new DecodeError("unknown constructor 0x" + Integer.toHexString(constructor), at);
        }
        if (behind > end) {
            throw new DecodeError("a value runs over the end", at);
        }
        return (int) behind;
    }

    static int unsignedByte(byte[] in, int at, int end) {
        if (at >= end) {
            throw new DecodeError("a value is cut off", at);
        }
        return in[at] & 0xFF;
    }

    static long unsignedInt(byte[] in, int at, int end) {
        if (at + 4L > end) {
            throw new DecodeError("a length is cut off", at);
        }
        return (in[at] & 0xFFL) << 24 | (in[at + 1] & 0xFFL) << 16 | (in[at + 2] & 0xFFL) << 8 | in[at + 3] & 0xFFL;
    }

    static long signedLong(byte[] in, int at, int end) {
        return unsignedInt(in, at, end) << 32 | unsignedInt(in, at + 4, end);
    }
}
