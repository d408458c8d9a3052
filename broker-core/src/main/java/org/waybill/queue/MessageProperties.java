package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.selector.PropertySource;

/**
 * A message as a selector sees it: JMS header names by the AMQP JMS mapping, everything else as application properties.
 *
 * @param deliveryCount failed deliveries so far
 */
public record MessageProperties(Message message, int deliveryCount) implements PropertySource {
    @Override
    public @Nullable Object property(String name) {
        if (!name.startsWith("JMS")) {
            return message.applicationProperty(name);
        }
        return switch (name) {
            case "JMSDeliveryMode" -> message.durable() ? "PERSISTENT" : "NON_PERSISTENT";
            case "JMSPriority" -> message.priority();
            case "JMSMessageID" -> prefixed(message.property(Message.MESSAGE_ID));
            case "JMSTimestamp" -> message.property(Message.CREATION_TIME);
            case "JMSCorrelationID" -> message.property(Message.CORRELATION_ID);
            case "JMSType" -> message.property(Message.SUBJECT);
            case "JMSXGroupID" -> message.property(Message.GROUP_ID);
            case "JMSXGroupSeq" -> message.property(Message.GROUP_SEQUENCE);
            case "JMSXDeliveryCount" -> deliveryCount + 1;
            default -> message.applicationProperty(name);
        };
    }

    private static @Nullable Object prefixed(@Nullable Object id) {
        return id instanceof String text && !text.startsWith("ID:") ? "ID:" + text : id;
    }
}
