package org.waybill.jms.engine;

import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that a server declared: its id, and the delivery states that carry it. Immutable; to be kept for as long as the
 * transaction, because settlements merge to ranges only if they are made with the same object.
 */
public final class ClientTransaction {
    private final byte[] id;
    private final TransactionalState sent;
    private final TransactionalState accepted;

    private ClientTransaction(byte[] id) {
        this.id = id;
        this.sent = state(null);
        this.accepted = state(Accepted.getInstance());
    }

    /** A transaction of this id. */
    public static ClientTransaction of(byte[] id) {
        return new ClientTransaction(id.clone());
    }

    /** Its id; a copy. */
    public byte[] id() {
        return id.clone();
    }

    /** How long its id is, in bytes. */
    int length() {
        return id.length;
    }

    /** The state of a message sent in it. */
    TransactionalState sent() {
        return sent;
    }

    /** The state of a delivery accepted in it. */
    TransactionalState accepted() {
        return accepted;
    }

    private TransactionalState state(@Nullable Outcome outcome) {
        TransactionalState state = new TransactionalState();
        state.setTxnId(new Binary(id));
        state.setOutcome(outcome);
        return state;
    }
}
