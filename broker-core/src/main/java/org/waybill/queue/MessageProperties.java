package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.selector.PropertySource;
import org.waybill.selector.Section;

/**
 * A message as selectors see it: JMS header names by the AMQP JMS mapping, everything else as application properties; and as filter
 * expressions see it, by sections. Nothing is decoded but what is asked for, and each property only once, however many selectors
 * ask for it. One object may serve one message after the other.
 */
public final class MessageProperties implements PropertySource {
    /** Properties that are kept; selectors that name more find the others each time. */
    private static final int KEPT = 8;

    private final String[] names = new String[KEPT];
    private final @Nullable Object[] values = new @Nullable Object[KEPT];
    private int kept;
    private @Nullable Message message;
    private int deliveryCount;
    private byte @Nullable [] annotations;
    private long nowMs;

    /** Shows no message yet. */
    MessageProperties() {}

    /**
     * Shows a message.
     *
     * @param deliveryCount failed deliveries so far
     * @param annotations an encoded map in place of the message's own annotations, or null to see those
     * @param nowMs the current time in epoch milliseconds
     */
    public MessageProperties(Message message, int deliveryCount, byte @Nullable [] annotations, long nowMs) {
        show(message, deliveryCount, annotations, nowMs);
    }

    /**
     * Shows another message.
     *
     * @param failures failed deliveries so far
     * @param changed an encoded map in place of the message's own annotations, or null to see those
     * @param now the current time in epoch milliseconds
     */
    void show(Message next, int failures, byte @Nullable [] changed, long now) {
        message = next;
        deliveryCount = failures;
        annotations = changed;
        nowMs = now;
        kept = 0;
    }

    /** Lets go of the message. */
    void clear() {
        message = null;
        annotations = null;
        kept = 0;
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    @Override
    public @Nullable Object property(String name) {
        for (int i = 0; i < kept; i++) {
            if (names[i].equals(name)) {
                return values[i];
            }
        }
        Object value = Fields.selectable(Invariant.present(message), deliveryCount, name);
        if (kept < KEPT) {
            names[kept] = name;
            values[kept++] = value;
        }
        return value;
    }

    @Override
    public @Nullable Object field(Section section, String name) {
        return Fields.of(Invariant.present(message), deliveryCount, annotations, section, name);
    }
}
