package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.selector.PropertySource;

/**
 * A message as selectors see it: JMS header names by the AMQP JMS mapping, everything else as application properties. One object
 * serves one message after the other, and finds each property once, however many selectors ask for it.
 */
public final class MessageProperties implements PropertySource {
    /** Properties that are kept; selectors that name more find the others each time. */
    private static final int KEPT = 8;

    private final String[] names = new String[KEPT];
    private final @Nullable Object[] values = new @Nullable Object[KEPT];
    private int kept;
    private @Nullable Message message;
    private int deliveryCount;

    /** Shows no message yet. */
    MessageProperties() {}

    /** Shows a message that failed to be delivered so often. */
    public MessageProperties(Message message, int failedDeliveries) {
        show(message, failedDeliveries);
    }

    /** Shows another message. */
    void show(Message next, int failedDeliveries) {
        message = next;
        deliveryCount = failedDeliveries;
        kept = 0;
    }

    /** Lets go of the message. */
    void clear() {
        message = null;
        kept = 0;
    }

    @Override
    public @Nullable Object property(String name) {
        for (int i = 0; i < kept; i++) {
            if (names[i].equals(name)) {
                return values[i];
            }
        }
        Object value = find(Invariant.present(message), name);
        if (kept < KEPT) {
            names[kept] = name;
            values[kept++] = value;
        }
        return value;
    }

    private @Nullable Object find(Message of, String name) {
        if (!name.startsWith("JMS")) {
            return of.applicationProperty(name);
        }
        return switch (name) {
            case "JMSDeliveryMode" -> of.durable() ? "PERSISTENT" : "NON_PERSISTENT";
            case "JMSPriority" -> of.priority();
            case "JMSMessageID" -> prefixed(of.property(Message.MESSAGE_ID));
            case "JMSTimestamp" -> of.property(Message.CREATION_TIME);
            case "JMSCorrelationID" -> of.property(Message.CORRELATION_ID);
            case "JMSType" -> of.property(Message.SUBJECT);
            case "JMSXGroupID" -> of.property(Message.GROUP_ID);
            case "JMSXGroupSeq" -> of.property(Message.GROUP_SEQUENCE);
            case "JMSXDeliveryCount" -> deliveryCount + 1;
            default -> of.applicationProperty(name);
        };
    }

    private static @Nullable Object prefixed(@Nullable Object id) {
        return id instanceof String text && !text.startsWith("ID:") ? "ID:" + text : id;
    }
}
