package org.waybill.jms.message;

import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.destination.WaybillQueue;

/** Messages to bytes and back, by our codec and by proton-j's, which tells whether ours is right. */
final class Wires {
    static final long NOW_MS = 1_700_000_000_000L;
    static final WaybillDestination ORDERS = new WaybillQueue("orders");

    private Wires() {}

    static Messages messages() {
        return messages(DeserializationPolicy.NOTHING);
    }

    static Messages messages(DeserializationPolicy policy) {
        return new Messages(policy, true, InstantSource.fixed(Instant.ofEpochMilli(NOW_MS)));
    }

    static byte[] encode(JmsMessage message) throws JMSException {
        return encode(message, 0, null);
    }

    static byte[] encode(JmsMessage message, long timeToLiveMs, @Nullable Origin origin) throws JMSException {
        EncodeBuffer out = new EncodeBuffer(16);
        message.messages().encode(message, timeToLiveMs, origin, out);
        return Arrays.copyOf(out.array(), out.size());
    }

    /** What proton-j reads in what we wrote. */
    static Message proton(JmsMessage message) throws JMSException {
        return proton(encode(message));
    }

    static Message proton(byte[] bytes) {
        Message decoded = Message.Factory.create();
        decoded.decode(bytes, 0, bytes.length);
        return decoded;
    }

    /** What proton-j writes. */
    static byte[] encode(Message message) {
        ByteBuffer buffer = ByteBuffer.allocate(1024 * 1024);
        int length = message.encode(buffer.array(), 0, buffer.capacity());
        return Arrays.copyOf(buffer.array(), length);
    }

    /** What we read in what proton-j wrote. */
    static JmsMessage received(Message message) throws JMSException {
        return messages().decode(encode(message), ORDERS);
    }

    /** A message after a way through the wire. */
    @SuppressWarnings("unchecked")
    static <T extends JmsMessage> T sent(T message) throws JMSException {
        return (T) message.messages().decode(encode(message), ORDERS);
    }
}
