package org.waybill.jms.session;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;

/**
 * Where the work of a transacted session goes: what it sends and what it acknowledges. The session's own thread asks at each message,
 * and never while {@link JmsSession#settleTransactedWork} of its owner runs.
 */
public interface SessionTransaction {
    /**
     * The transaction to work in now.
     *
     * @return its id, or null for none: the session then works as one that acknowledges automatically
     * @throws JMSException if there must be one and it cannot be begun
     */
    byte @Nullable [] txnId() throws JMSException;

    /**
     * A message was not taken that was sent under this id, or what was done under it got lost with a connection: it must not commit. Any
     * thread; must not block.
     */
    void doom(byte[] txnId, Exception why);
}
