package org.waybill.benchmarks.load;

import java.nio.ByteBuffer;
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

    private final byte[] message;
    private final ByteBuffer stamp;
    private final int bodyAt;

    MessageTemplate(int bodyBytes, boolean durable) {
        if (bodyBytes < STAMP_BYTES) {
            throw new IllegalArgumentException("a body needs at least " + STAMP_BYTES + " bytes, not " + bodyBytes);
        }
        byte[] body = new byte[bodyBytes];
        for (int i = STAMP_BYTES; i < bodyBytes; i++) {
            body[i] = (byte) (i * 31 + 7);
        }
        Encoder e = new Encoder()
                .descriptor(Codes.HEADER)
                .u8(0xc0)
                .u8(2)
                .u8(1)
                .bool(durable)
                .descriptor(Codes.DATA);
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
