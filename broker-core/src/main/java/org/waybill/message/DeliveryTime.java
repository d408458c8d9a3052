package org.waybill.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks in encoded message annotations for the time before which a message is not to be delivered. */
final class DeliveryTime {
    private static final byte[] TIME = "x-opt-delivery-time".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DELAY = "x-opt-delivery-delay".getBytes(StandardCharsets.US_ASCII);

    private static final int NULL = 0x40;

    private DeliveryTime() {}

    /** The time in epoch milliseconds, or 0 when there is none or it has come: a time wins over a delay. */
    static long of(byte[] in, int map, int limit, long nowMs) {
        int at = Annotations.entries(in, map, limit);
        long delayMs = 0;
        for (long i = Annotations.count(in, map, limit); i > 0; i -= 2) {
            int value = Encoding.skip(in, at, limit);
            int next = Encoding.skip(in, value, limit);
            if (isKey(in, at, value, TIME)) {
                long timeMs = number(in, value, next);
                return timeMs > nowMs ? timeMs : 0;
            } else if (isKey(in, at, value, DELAY)) {
                delayMs = number(in, value, next);
            }
            at = next;
        }
        return delayMs <= 0 ? 0 : nowMs > Long.MAX_VALUE - delayMs ? Long.MAX_VALUE : nowMs + delayMs;
    }

    /**
     * Checks that what says the time is a whole number.
     *
     * @throws DecodeError if it is not, or the annotations cannot be read
     */
    static void check(byte[] in, int map, int limit) {
        int at = Annotations.entries(in, map, limit);
        for (long i = Annotations.count(in, map, limit); i > 0; i -= 2) {
            int value = Encoding.skip(in, at, limit);
            int next = Encoding.skip(in, value, limit);
            if (isKey(in, at, value, TIME)) {
                checkNumber(in, value, next, "x-opt-delivery-time");
            } else if (isKey(in, at, value, DELAY)) {
                checkNumber(in, value, next, "x-opt-delivery-delay");
            }
            at = next;
        }
    }

    private static void checkNumber(byte[] in, int from, int to, String name) {
        Object value = Scalars.read(in, from, to);
        boolean whole = value instanceof Number && !(value instanceof Float || value instanceof Double);
        if (!whole && (in[from] & 0xFF) != NULL) {
            throw new DecodeError("annotation " + name + " is not a whole number of milliseconds", from);
        }
    }

    private static boolean isKey(byte[] in, int from, int to, byte[] name) {
        int text = to - name.length;
        boolean symbol = text == from + 2 && (in[from] & 0xFF) == 0xA3 || text == from + 5 && (in[from] & 0xFF) == 0xB3;
        return symbol && Arrays.equals(in, text, to, name, 0, name.length);
    }

    private static long number(byte[] in, int from, int to) {
        return Scalars.read(in, from, to) instanceof Number number ? number.longValue() : 0;
    }
}
