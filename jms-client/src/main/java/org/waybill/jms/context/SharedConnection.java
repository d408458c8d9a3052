package org.waybill.jms.context;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that the contexts have in common which were made of one another; the last one to go closes it. Any thread. */
final class SharedConnection {
    private final Connection connection;
    private final AtomicInteger contexts = new AtomicInteger(1);

    /** Of the one context that there is. */
    SharedConnection(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** One more context uses it, made by one that does. */
    void enter() {
        contexts.incrementAndGet();
    }

    /** One context less uses it. */
    void leave() throws JMSException {
        if (contexts.decrementAndGet() == 0) {
            connection.close();
        }
    }
}
