package org.waybill.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.waybill.benchmarks.amqp.Codes;
import org.waybill.benchmarks.amqp.Decoder;
import org.waybill.benchmarks.amqp.Encoder;

/**
 * A message encoded once: a header that says whether it is durable, and one data section whose first bytes are stamped
 * anew each time. Stamp layout, big-endian:
 *
 * <pre>
 *  0      8          16        20
 *  +------+----------+---------+------------------+
 *  | ns   | sequence | producer| constant filling |
 *  +------+----------+---------+------------------+
 * </pre>
 */
final class MessageTemplate {
    /** Bytes of the body that the stamp takes. */
    static final int STAMP_BYTES = 20;

    /** The application property that selectors name. */
    static final String GROUP = "g";

    private final byte[] message;
    private final ByteBuffer stamp;
    private final int bodyAt;
    private final int groupAt;
    private final int timeAt;

    /**
     * @param grouped whether it has the property that selectors name
     * @param scheduled whether it has a delivery time
     */
    MessageTemplate(int bodyBytes, boolean durable, boolean grouped, boolean scheduled) {
        if (bodyBytes < STAMP_BYTES) {
            throw new IllegalArgumentException("a body needs at least " + STAMP_BYTES + " bytes, not " + bodyBytes);
        }
        byte[] body = new byte[bodyBytes];
        for (int i = STAMP_BYTES; i < bodyBytes; i++) {
            body[i] = (byte) (i * 31 + 7);
        }
        Encoder e = new Encoder().descriptor(Codes.HEADER).u8(0xc0).u8(2).u8(1).bool(durable);
        if (scheduled) {
            byte[] name = "x-opt-delivery-time".getBytes(StandardCharsets.US_ASCII);
            e.descriptor(Codes.MESSAGE_ANNOTATIONS)
                    .u8(0xc1)
                    .u8(name.length + 12)
                    .u8(2);
            e.u8(0xa3).u8(name.length).raw(name).u8(0x81).raw(new byte[Long.BYTES]);
        }
        timeAt = scheduled ? e.size() - Long.BYTES : -1;
        if (grouped) {
            // a map of 9 bytes: count 2, a string of one character, an int
            e.descriptor(Codes.APPLICATION_PROPERTIES).u8(0xc1).u8(9).u8(2);
            e.u8(0xa1).u8(1).u8(GROUP.charAt(0)).u8(0x71).u32(0);
        }
        groupAt = grouped ? e.size() - Integer.BYTES : -1;
        e.descriptor(Codes.DATA);
        if (bodyBytes < 256) {
            e.u8(0xa0).u8(bodyBytes);
        } else {
            e.u8(0xb0).u32(bodyBytes);
        }
        bodyAt = e.size();
        message = e.raw(body).toByteArray();
        stamp = ByteBuffer.wrap(message);
    }

    int bytes() {
        return message.length;
    }

    /** Says when the next message may be delivered. */
    void deliveryTime(long epochMs) {
        stamp.putLong(timeAt, epochMs);
    }

    /** Says which group the next message is of. */
    void group(int group) {
        stamp.putInt(groupAt, group);
    }

    /** The message with this stamp; valid until the next call. */
    byte[] stamped(long nowNs, long sequence, int producer) {
        stamp.putLong(bodyAt, nowNs).putLong(bodyAt + 8, sequence).putInt(bodyAt + 16, producer);
        return message;
    }

    /** Moves the decoder from the start of a received message to the stamp in its body. */
    static void seekStamp(Decoder decoder) {
        while (decoder.descriptor() != Codes.DATA) {
            decoder.skip();
        }
        int format = decoder.u8();
        int bytes = format == 0xa0 ? decoder.u8() : decoder.i32();
        if (bytes < STAMP_BYTES) {
            throw new IllegalStateException("a message not sent by this load generator is in the queue");
        }
    }
}
