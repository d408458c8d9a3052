package org.waybill.jms.session;

import jakarta.jms.JMSException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientTransaction;

/**
 * Where the work of a transacted session goes: what it sends and what it acknowledges. The session asks at each message, on the thread
 * that sends or receives, and never while {@link JmsSession#settleTransactedWork} runs.
 */
public interface SessionTransaction {
    /**
     * The transaction to work in now.
     *
     * @return null for none: the session then works as one that acknowledges automatically
     * @throws JMSException if there must be one and it cannot be begun
     */
    @Nullable
    ClientTransaction transaction() throws JMSException;

    /**
     * A message that was sent in this transaction was not taken, or may have got lost: it must not commit. Any thread; must not block.
     */
    void doom(ClientTransaction transaction, Exception why);

    /**
     * The connection was lost, and what was done in a transaction that is not prepared with it. Any thread; must not block.
     */
    void interrupted(Exception why);
}
