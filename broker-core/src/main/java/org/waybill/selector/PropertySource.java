package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/**
 * The properties and header fields of one message, as a selector sees them.
 *
 * <p>Called on the thread that evaluates the selector, once for each occurrence of a name that the evaluation comes to;
 * it must not block.
 */
@FunctionalInterface
public interface PropertySource {
    /**
     * The value of a property, or of one of the header fields {@code JMSDeliveryMode} (the string {@code PERSISTENT} or
     * {@code NON_PERSISTENT}), {@code JMSPriority}, {@code JMSMessageID}, {@code JMSTimestamp}, {@code JMSCorrelationID}
     * and {@code JMSType}.
     *
     * @return a Boolean, Byte, Short, Integer, Long, Float, Double or String; null, or an object of any other class,
     *     means that the message has no such value (SQL's NULL)
     */
    @Nullable
    Object property(String name);

    /**
     * The value of a field of a section, for filter expressions.
     *
     * @param name the field or key, spelled as in the message
     * @return as {@link #property}, or a ByteBuffer (read-only) or UUID
     */
    default @Nullable Object field(Section section, String name) {
        return section == Section.APPLICATION_PROPERTIES ? property(name) : null;
    }

    /** The time in epoch milliseconds that the function {@code UTC()} stands for; 0 where there is no clock. */
    default long nowMs() {
        return 0;
    }
}
