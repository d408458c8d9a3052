package org.waybill.jms.session;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The consumers of a connection that hand their messages to the sessions of an application server (JMS 8.2). Any thread. */
final class ConnectionConsumers {
    private final JmsConnection connection;
    private final List<JmsConnectionConsumer> all = new CopyOnWriteArrayList<>();

    ConnectionConsumers(JmsConnection connection) {
        this.connection = connection;
    }

    ConnectionConsumer create(
            Destination destination,
            @Nullable String selector,
            ServerSessionPool pool,
            int maxMessages,
            Subscriptions.@Nullable Kind kind,
            @Nullable String subscription)
            throws JMSException {
        if (maxMessages <= 0) {
            throw new JMSException("a server session takes at least one message, not " + maxMessages, "invalid-value");
        }
        if (pool == null) {
            throw new JMSException("a connection consumer needs a pool of server sessions", "invalid-value");
        }
        SessionWork work = connection.begin(Session.AUTO_ACKNOWLEDGE, null);
        boolean made = false;
        try {
            JmsConnectionConsumer consumer = new JmsConnectionConsumer(
                    work,
                    work.consumers().spec(destination, selector, false, kind, subscription),
                    pool,
                    maxMessages,
                    ConnectionConsumers::workOf);
            work.consumers().attach(consumer);
            all.add(consumer);
            consumer.wake();
            made = true;
            return consumer;
        } finally {
            if (!made) {
                work.close(null);
            }
        }
    }

    /** What is behind a session of an application server's pool. */
    private static SessionWork workOf(Session session) {
        if (session instanceof JmsSession ours) {
            return ours.work();
        }
        throw new IllegalArgumentException("the pool gave a session that is not ours: "
                + session.getClass().getName());
    }

    void remove(JmsConnectionConsumer consumer) {
        all.remove(consumer);
    }

    /** The connection was started. */
    void wake() {
        all.forEach(JmsConnectionConsumer::wake);
    }

    void closeWithConnection() {
        all.forEach(JmsConnectionConsumer::closeWithConnection);
    }
}
