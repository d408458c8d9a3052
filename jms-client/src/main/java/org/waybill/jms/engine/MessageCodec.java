package org.waybill.jms.engine;

import java.util.Map;
import org.apache.qpid.proton.message.Message;

/** Messages to bytes and back, by proton-j's codec. Any thread. */
public final class MessageCodec {
    private MessageCodec() {}

    /** A message with a string as its value, which is JMS's text message. */
    public static Message text(String text) {
        throw new UnsupportedOperationException();
    }

    /** A message of one data section, which is JMS's bytes message. The array is shared. */
    public static Message binary(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /** A message with a map as its value, which is JMS's map message. The map is shared. */
    public static Message map(Map<String, ?> map) {
        throw new UnsupportedOperationException();
    }

    /** The bytes of a message. */
    public static byte[] encode(Message message) {
        throw new UnsupportedOperationException();
    }

    /**
     * The message in these bytes.
     *
     * @throws IllegalArgumentException if they are not one
     */
    public static Message decode(byte[] bytes) {
        throw new UnsupportedOperationException();
    }
}
