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
    private final ClientConnection connection;
    private final TransactionalState sent;
    private final TransactionalState accepted;

    private ClientTransaction(byte[] id, ClientConnection connection) {
        this.id = id;
        this.connection = connection;
        this.sent = state(null);
        this.accepted = state(Accepted.getInstance());
    }

    /** A transaction of this id, which the server at the other end of this connection gave it. */
    public static ClientTransaction of(byte[] id, ClientConnection connection) {
        return new ClientTransaction(id.clone(), connection);
    }

    /** Whether it lives on this connection: on another one its id is nobody's, or somebody else's. */
    public boolean isOn(ClientConnection other) {
        return connection == other;
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
