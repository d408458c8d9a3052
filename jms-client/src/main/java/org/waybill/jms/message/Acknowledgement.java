package org.waybill.jms.message;

import jakarta.jms.JMSException;

/** What {@code Message.acknowledge} does; given to a message by whoever delivers it. */
@FunctionalInterface
public interface Acknowledgement {
    /**
     * Acknowledges the message, and what the session's mode says with it. Called on the application's thread.
     *
     * @throws JMSException as {@link jakarta.jms.Message#acknowledge}
     */
    void acknowledge(AckType type) throws JMSException;
}
