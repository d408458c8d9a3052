package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.selector.PropertySource;
import org.waybill.selector.Section;

/**
 * A message as a selector sees it: JMS header names by the AMQP JMS mapping, everything else as application properties; and as a
 * filter expression sees it, by sections. Nothing is decoded but what is asked for.
 *
 * @param deliveryCount failed deliveries so far
 * @param annotations an encoded map in place of the message's own annotations, or null to see those
 * @param nowMs the current time in epoch milliseconds
 */
public record MessageProperties(Message message, int deliveryCount, byte @Nullable [] annotations, long nowMs)
        implements PropertySource {
    /** A message as it came, for filters that do not ask for the time. */
    public MessageProperties(Message message, int deliveryCount) {
        this(message, deliveryCount, null, 0);
    }

    @Override
    public @Nullable Object property(String name) {
        return Fields.selectable(message, deliveryCount, name);
    }

    @Override
    public @Nullable Object field(Section section, String name) {
        return Fields.of(message, deliveryCount, annotations, section, name);
    }
}
