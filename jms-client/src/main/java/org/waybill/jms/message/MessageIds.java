package org.waybill.jms.message;

import jakarta.jms.JMSException;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/**
 * Message and correlation ids between JMS, where they are strings, and AMQP, where they are a string, a uuid, a ulong or binary
 * (the mapping of JMS to AMQP, "message-id"). The string tells which, so that what is received can be sent back as it was:
 *
 * <pre>
 *  AMQP                               JMSMessageID                     JMSCorrelationID
 *  string "ID:..."                    as it is                         as it is
 *  string without "ID:"               ID:AMQP_NO_PREFIX:string         as it is
 *  string "ID:AMQP_(BINARY|UUID|...)" ID:AMQP_STRING:string            ID:AMQP_STRING:string
 *  uuid                               ID:AMQP_UUID:uuid                ID:AMQP_UUID:uuid
 *  ulong                              ID:AMQP_ULONG:number             ID:AMQP_ULONG:number
 *  binary                             ID:AMQP_BINARY:hexadecimal       ID:AMQP_BINARY:hexadecimal
 * </pre>
 */
final class MessageIds {
    static final String PREFIX = "ID:";

    private static final String UUID_FORM = "AMQP_UUID:";
    private static final String ULONG_FORM = "AMQP_ULONG:";
    private static final String BINARY_FORM = "AMQP_BINARY:";
    private static final String STRING_FORM = "AMQP_STRING:";
    private static final String BARE_FORM = "AMQP_NO_PREFIX:";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private MessageIds() {}

    /** The JMSMessageID of an AMQP id. */
    static @Nullable String message(@Nullable Object id) {
        return id instanceof String text && !text.startsWith(PREFIX) ? PREFIX + BARE_FORM + text : correlation(id);
    }

    /** The JMSCorrelationID of an AMQP id. */
    static @Nullable String correlation(@Nullable Object id) {
        if (id == null) {
            return null;
        }
        if (id instanceof String text) {
            return isCoded(text) ? PREFIX + STRING_FORM + text : text;
        }
        if (id instanceof byte[] binary) {
            return PREFIX + BINARY_FORM + HEX.formatHex(binary);
        }
        return PREFIX + (id instanceof UUID ? UUID_FORM : ULONG_FORM) + id;
    }

    private static boolean isCoded(String text) {
        return text.startsWith(PREFIX)
                && (text.startsWith(UUID_FORM, 3)
                        || text.startsWith(ULONG_FORM, 3)
                        || text.startsWith(BINARY_FORM, 3)
                        || text.startsWith(STRING_FORM, 3)
                        || text.startsWith(BARE_FORM, 3));
    }

    /**
     * The AMQP id of a JMSMessageID or JMSCorrelationID.
     *
     * @throws JMSException if it says that it is a uuid, a number or hexadecimal and is not
     */
    static @Nullable Object amqp(@Nullable String text) throws JMSException {
        if (text == null || !isCoded(text)) {
            return text;
        }
        String value = text.substring(text.indexOf(':', PREFIX.length()) + 1);
        try {
            if (text.startsWith(UUID_FORM, 3)) {
                return UUID.fromString(value);
            }
            if (text.startsWith(ULONG_FORM, 3)) {
                return UnsignedLong.valueOf(Long.parseUnsignedLong(value));
            }
            return text.startsWith(BINARY_FORM, 3) ? HexFormat.of().parseHex(value) : value;
        } catch (IllegalArgumentException e) {
            JMSException wrong = new JMSException("the id " + text + " is not what it says: " + e.getMessage());
            wrong.initCause(e);
            throw wrong;
        }
    }
}
