package org.waybill.amqp.engine;

import java.nio.ByteBuffer;

/**
 * Walks an encoded value without making anything of it, and refuses what would cost more to decode than its bytes (AMQP 1.0 part 1,
 * section 1.6): deep nesting, element counts out of proportion, lengths beyond their container. What passes here, proton-j's decoder
 * takes in time and memory proportional to the frame.
 */
final class Guard {
    private static final int MAX_DEPTH = 24;
    private static final int MAX_ELEMENTS = 32 * 1024;
    private static final int MAX_EMPTY_ELEMENTS = 256;

    private int elements;

    /**
     * Checks the value that starts at {@code at}.
     *
     * @return where it ends, at most {@code end}
     * @throws Breach if it is malformed or out of bounds
     */
    int check(ByteBuffer in, int at, int end) {
        elements = 0;
        return value(in, at, end, 0);
    }

    private int value(ByteBuffer in, int at, int end, int depth) {
        if (++elements > MAX_ELEMENTS) {
            throw Breach.decode("too many elements");
        }
        need(at, 1, end);
        int code = in.get(at) & 0xFF;
        if (code == 0) {
            int described = value(in, at + 1, end, deeper(depth));
            return value(in, described, end, depth + 1);
        }
        return body(in, code, at + 1, end, depth);
    }

    private int body(ByteBuffer in, int code, int at, int end, int depth) {
        int width = width(code);
        if (width >= 0) {
            need(at, width, end);
            return at + width;
        }
        boolean wide = (code & 0x10) != 0;
        need(at, wide ? 4 : 1, end);
        int length = wide ? in.getInt(at) : in.get(at) & 0xFF;
        int from = at + (wide ? 4 : 1);
        need(from, length, end);
        int to = from + length;
        if (code < 0xC0) {
            return to;
        }
        need(from, wide ? 4 : 1, to);
        int count = wide ? in.getInt(from) : in.get(from) & 0xFF;
        from += wide ? 4 : 1;
        if (count < 0) {
            throw Breach.decode("negative count");
        }
        if (code >= 0xE0) {
            array(in, from, to, count, deeper(depth));
        } else {
            compound(in, code, from, to, count, deeper(depth));
        }
        return to;
    }

    private void compound(ByteBuffer in, int code, int from, int to, int count, int depth) {
        boolean map = code == 0xC1 || code == 0xD1;
        if (map && (count & 1) != 0) {
            throw Breach.decode("a map of an odd number of elements");
        }
        if (count > to - from) {
            throw Breach.decode("more elements than bytes");
        }
        int at = from;
        for (int i = 0; i < count; i++) {
            at = value(in, at, to, depth);
        }
        if (at != to) {
            throw Breach.decode("a size that does not fit its elements");
        }
    }

    private void array(ByteBuffer in, int from, int to, int count, int depth) {
        int at = from;
        int nested = depth;
        need(at, 1, to);
        while (in.get(at) == 0) {
            nested = deeper(nested);
            at = value(in, at + 1, to, nested);
            need(at, 1, to);
        }
        int code = in.get(at++) & 0xFF;
        int width = width(code);
        if (width == 0 ? count > MAX_EMPTY_ELEMENTS : count > to - at) {
            throw Breach.decode("more elements than bytes");
        }
        if (width >= 0) {
            at = fixed(at, to, count, width);
        } else {
            for (int i = 0; i < count; i++) {
                if (++elements > MAX_ELEMENTS) {
                    throw Breach.decode("too many elements");
                }
                at = body(in, code, at, to, nested);
            }
        }
        if (at != to) {
            throw Breach.decode("an array size that does not fit its elements");
        }
    }

    private int fixed(int at, int to, int count, int width) {
        elements += count;
        if (elements > MAX_ELEMENTS) {
            throw Breach.decode("too many elements");
        }
        long bytes = (long) count * width;
        if (bytes > to - at) {
            throw Breach.decode("more elements than bytes");
        }
        return at + (int) bytes;
    }

    /** The width of a fixed-width constructor, or -1 for those with a length. */
    private static int width(int code) {
        return switch (code) {
            case 0x40, 0x41, 0x42, 0x43, 0x44, 0x45 -> 0;
            case 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56 -> 1;
            case 0x60, 0x61 -> 2;
            case 0x70, 0x71, 0x72, 0x73, 0x74 -> 4;
            case 0x80, 0x81, 0x82, 0x83, 0x84 -> 8;
            case 0x94, 0x98 -> 16;
            case 0xA0, 0xA1, 0xA3, 0xB0, 0xB1, 0xB3, 0xC0, 0xC1, 0xD0, 0xD1, 0xE0, 0xF0 -> -1;
            default -> throw Breach.decode("an unknown type");
        };
    }

    private static int deeper(int depth) {
        if (depth >= MAX_DEPTH) {
            throw Breach.decode("nested too deeply");
        }
        return depth + 1;
    }

    private static void need(int at, int length, int end) {
        if (length < 0 || length > end - at) {
            throw Breach.decode("a value that ends beyond its frame");
        }
    }
}
