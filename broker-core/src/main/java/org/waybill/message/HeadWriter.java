package org.waybill.message;

import org.jspecify.annotations.Nullable;

/** Encodes a header section and a message-annotations section for a delivery (AMQP 1.0 part 3, sections 3.2.1 and 3.2.3). */
final class HeadWriter {
    private static final int MAX_HEADER_BYTES = 32;

    private HeadWriter() {}

    static byte[] write(
            Message message, Sections sections, long ttlMs, int deliveryCount, byte @Nullable [] annotations) {
        byte[] in = message.bytes();
        int from = annotations == null ? sections.annotationsAt : 0;
        int length = annotations == null ? sections.annotationsEnd - sections.annotationsAt : annotations.length;
        byte[] map = annotations == null ? in : annotations;
        boolean mapped = annotations != null || sections.annotationsAt >= 0;

        byte[] out = new byte[MAX_HEADER_BYTES + (mapped ? 3 + length : 0)];
        int at = header(out, sections, ttlMs, deliveryCount);
        if (mapped) {
            at = descriptor(out, at, 0x72);
            System.arraycopy(map, from, out, at, length);
            at += length;
        }
        return java.util.Arrays.copyOf(out, at);
    }

    private static int header(byte[] out, Sections sections, long ttlMs, int deliveryCount) {
        int at = descriptor(out, 0, 0x70);
        out[at] = (byte) 0xC0;
        int sizeAt = at + 1;
        out[at + 2] = 5;
        at += 3;
        out[at++] = (byte) (sections.durable ? 0x41 : 0x42);
        out[at++] = 0x50;
        out[at++] = (byte) sections.priority;
        at = ttlMs == 0 ? putNull(out, at) : unsignedInt(out, at, ttlMs);
        out[at++] = (byte) (sections.firstAcquirer && deliveryCount == 0 ? 0x41 : 0x42);
        at = unsignedInt(out, at, deliveryCount);
        out[sizeAt] = (byte) (at - sizeAt - 1);
        return at;
    }

    private static int descriptor(byte[] out, int at, int code) {
        out[at] = 0x00;
        out[at + 1] = 0x53;
        out[at + 2] = (byte) code;
        return at + 3;
    }

    private static int putNull(byte[] out, int at) {
        out[at] = (byte) Encoding.NULL;
        return at + 1;
    }

    private static int unsignedInt(byte[] out, int at, long value) {
        out[at] = 0x70;
        out[at + 1] = (byte) (value >>> 24);
        out[at + 2] = (byte) (value >>> 16);
        out[at + 3] = (byte) (value >>> 8);
        out[at + 4] = (byte) value;
        return at + 5;
    }
}
