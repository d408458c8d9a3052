package org.waybill.jms.engine;

import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;

/** Messages to bytes and back, by proton-j's codec. Any thread. */
public final class MessageCodec {
    private static final Symbol JMS_TYPE = Symbol.valueOf("x-opt-jms-msg-type");
    private static final byte JMS_MAP = 2;
    private static final int INITIAL_BYTES = 2048;

    private MessageCodec() {}

    /** A message with a string as its value, which is JMS's text message. */
    public static Message text(String text) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(text));
        return message;
    }

    /** A message of one data section, which is JMS's bytes message. The array is shared. */
    public static Message binary(byte[] bytes) {
        Message message = Message.Factory.create();
        message.setBody(new Data(new Binary(bytes)));
        return message;
    }

    /** A message with a map as its value, marked as JMS's map message. The map is shared. */
    public static Message map(Map<String, ?> map) {
        Message message = Message.Factory.create();
        Map<Symbol, Object> annotations = new HashMap<>();
        annotations.put(JMS_TYPE, JMS_MAP);
        message.setMessageAnnotations(new MessageAnnotations(annotations));
        message.setBody(new AmqpValue(map));
        return message;
    }

    /** The bytes of a message. */
    public static byte[] encode(Message message) {
        GrowingBuffer buffer = new GrowingBuffer(INITIAL_BYTES);
        message.encode(buffer);
        return buffer.toBytes();
    }

    /**
     * The message in these bytes.
     *
     * @throws IllegalArgumentException if they are not one
     */
    public static Message decode(byte[] bytes) {
        Message message = Message.Factory.create();
        try {
            message.decode(bytes, 0, bytes.length);
        } catch (RuntimeException | StackOverflowError e) {
            // Whoever sent it may nest values as deep as they like; the decoder follows on the stack.
            throw new IllegalArgumentException("not an AMQP message: " + e.getMessage(), e);
        }
        return message;
    }
}
