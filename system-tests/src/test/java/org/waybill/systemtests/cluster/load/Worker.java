package org.waybill.systemtests.cluster.load;

import jakarta.jms.JMSException;

/** One client at work. One thread uses it. */
interface Worker extends AutoCloseable {
    String name();

    void start();

    /** Asks it to end; it still does what it owes. */
    void stop();

    /** Waits until it has ended, or notes that it does not. */
    void awaitEnd() throws InterruptedException;

    /** Frees what it holds, whether it has ended or not. */
    @Override
    void close() throws JMSException;
}
