package org.waybill.jms.session;

import jakarta.jms.JMSException;

/**
 * The connection was lost while a commit was under way, and the server cannot be asked what became of it: everything done in the
 * transaction has happened, or nothing of it. The session can be used for the next transaction.
 */
public final class TransactionInDoubtException extends JMSException {
    private static final long serialVersionUID = 1;

    TransactionInDoubtException(String reason, Exception cause) {
        super(reason, "transaction-in-doubt");
        initCause(cause);
        setLinkedException(cause);
    }
}
