package org.waybill.systemtests.cluster.load;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.cluster.history.ClientNotes;
import org.waybill.systemtests.cluster.history.Copy;

/**
 * Empties queues at the end, in transactions, so that what it took is certainly gone. Faults are over by then, but shards may still be handed
 * back to a node that has returned, which ends connections.
 */
final class Draining {
    private static final int AT_ONCE = 200;
    private static final long PATIENCE_MS = 200;

    private final ClientNotes notes;
    private int transactions;

    Draining(ClientNotes notes) {
        this.notes = notes;
    }

    /** Takes everything there is in this queue. */
    void empty(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            while (take(session, consumer, queue) > 0) {
                // until the broker says that there is nothing left
            }
        }
    }

    private int take(Session session, MessageConsumer consumer, String queue) throws JMSException {
        String transaction = notes.client() + "-" + ++transactions;
        int count = 0;
        Message message = next(consumer);
        while (message != null) {
            // the connection was made when all others had ended
            notes.received(Copy.parse(queue, ((TextMessage) message).getText()), notes.nowNs(), transaction);
            message = ++count < AT_ONCE ? next(consumer) : null;
        }
        if (count > 0) {
            commit(session, transaction);
        }
        return count;
    }

    private void commit(Session session, String transaction) throws JMSException {
        notes.committing(transaction);
        try {
            session.commit();
            notes.committed(transaction);
        } catch (TransactionRolledBackException e) {
            notes.rolledBack(transaction);
        } catch (JMSException e) {
            // of unknown end, as the history says; what did not happen comes again
            session.rollback();
        }
    }

    /** A receive without waiting asks the broker, which answers that there is none, or gives one. */
    private static @Nullable Message next(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(PATIENCE_MS);
        return message == null ? consumer.receiveNoWait() : message;
    }
}
