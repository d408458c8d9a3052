package org.waybill.jms.session;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import org.jspecify.annotations.Nullable;

/** A consumer that a context can be built on: it can be asked for a body, and keeps the message if it has none of that type. */
public interface BodyConsumer extends MessageConsumer {
    /**
     * The body of the next message, as {@code JMSConsumer.receiveBody} has it.
     *
     * @param timeoutMs how long to wait; 0 for ever, negative not at all
     * @return null if none came in time, or the consumer was closed
     * @throws jakarta.jms.MessageFormatException if it has no body of this type; the message is still there then, unless the session is
     *     transacted or the application acknowledges
     */
    <T> @Nullable T receiveBody(Class<T> type, long timeoutMs) throws JMSException;
}
