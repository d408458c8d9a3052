package org.waybill.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.selector.Section;

/** Finds what selectors (by the AMQP JMS mapping) and filter expressions (by sections) name in a message. */
final class Fields {
    private static final String ID_PREFIX = "ID:";
    private static final String TYPE_PREFIX = "ID:AMQP_";

    private Fields() {}

    /** A JMS header field by its name, or an application property. */
    static @Nullable Object selectable(Message message, int deliveryCount, String name) {
        if (!name.startsWith("JMS")) {
            return message.applicationProperty(name);
        }
        return switch (name) {
            case "JMSDeliveryMode" -> message.durable() ? "PERSISTENT" : "NON_PERSISTENT";
            case "JMSPriority" -> message.priority();
            case "JMSMessageID" -> messageId(message.property(Message.MESSAGE_ID));
            case "JMSTimestamp" -> message.property(Message.CREATION_TIME);
            case "JMSCorrelationID" -> id(message.property(Message.CORRELATION_ID));
            case "JMSType" -> message.property(Message.SUBJECT);
            case "JMSXGroupID" -> message.property(Message.GROUP_ID);
            case "JMSXGroupSeq" -> message.property(Message.GROUP_SEQUENCE);
            case "JMSXUserID" -> text(message.property(Message.USER_ID));
            case "JMSXDeliveryCount" -> deliveryCount + 1;
            default -> message.applicationProperty(name);
        };
    }

    /**
     * A field of a section.
     *
     * @param annotations an encoded map in place of the message's own annotations, or null to see those
     */
    static @Nullable Object of(
            Message message, int deliveryCount, byte @Nullable [] annotations, Section section, String name) {
        return switch (section) {
            case HEADER -> header(message, deliveryCount, name);
            case MESSAGE_ANNOTATIONS -> annotations == null
                    ? message.annotation(name)
                    : Annotations.value(annotations, name);
            case PROPERTIES -> properties(message, name);
            case APPLICATION_PROPERTIES -> message.applicationProperty(name);
            case FOOTER -> message.footer(name);
        };
    }

    private static @Nullable Object header(Message message, int deliveryCount, String name) {
        return switch (name) {
            case "durable" -> message.durable();
            case "priority" -> message.priority();
            case "ttl" -> message.ttlMs() == 0 ? null : (Object) message.ttlMs();
            case "first-acquirer" -> message.firstAcquirer();
            case "delivery-count" -> deliveryCount;
            default -> null;
        };
    }

    private static @Nullable Object properties(Message message, String name) {
        return switch (name) {
            case "message-id" -> message.property(Message.MESSAGE_ID);
                // a name in practice; so that LIKE and order work with it
            case "user-id" -> text(message.property(Message.USER_ID));
            case "to" -> message.property(Message.TO);
            case "subject" -> message.property(Message.SUBJECT);
            case "reply-to" -> message.property(Message.REPLY_TO);
            case "correlation-id" -> message.property(Message.CORRELATION_ID);
            case "content-type" -> message.property(Message.CONTENT_TYPE);
            case "content-encoding" -> message.property(Message.CONTENT_ENCODING);
            case "absolute-expiry-time" -> message.property(Message.ABSOLUTE_EXPIRY_TIME);
            case "creation-time" -> message.property(Message.CREATION_TIME);
            case "group-id" -> message.property(Message.GROUP_ID);
            case "group-sequence" -> message.property(Message.GROUP_SEQUENCE);
            case "reply-to-group-id" -> message.property(Message.REPLY_TO_GROUP_ID);
            default -> null;
        };
    }

    /** A message id as JMS clients show it: theirs begin with {@code ID:}, others say so, and of what type they are. */
    private static @Nullable Object messageId(@Nullable Object id) {
        if (!(id instanceof String text)) {
            return id(id);
        }
        if (text.startsWith(TYPE_PREFIX)) {
            return "ID:AMQP_STRING:" + text;
        }
        return text.startsWith(ID_PREFIX) ? text : "ID:AMQP_NO_PREFIX:" + text;
    }

    private static @Nullable Object id(@Nullable Object id) {
        if (id instanceof Long number) {
            return "ID:AMQP_ULONG:" + Long.toUnsignedString(number);
        }
        if (id instanceof UUID) {
            return "ID:AMQP_UUID:" + id;
        }
        return id instanceof ByteBuffer bytes
                ? "ID:AMQP_BINARY:" + HexFormat.of().withUpperCase().formatHex(copy(bytes))
                : id;
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private static @Nullable Object text(@Nullable Object value) {
        return value instanceof ByteBuffer bytes
                ? StandardCharsets.UTF_8.decode(bytes.duplicate()).toString()
                : value;
    }
}
