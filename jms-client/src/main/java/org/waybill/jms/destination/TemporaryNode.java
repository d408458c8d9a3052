package org.waybill.jms.destination;

import jakarta.jms.JMSException;

/** The node behind a temporary destination, as the connection that made it knows it. */
public interface TemporaryNode {
    /**
     * Deletes the node; waits for the server. Once it is gone, does nothing.
     *
     * @throws JMSException if it still has consumers, the connection is closed, or the server refuses
     */
    void delete() throws JMSException;

    /** The connection that made it, which alone may consume from it. */
    Object owner();
}
