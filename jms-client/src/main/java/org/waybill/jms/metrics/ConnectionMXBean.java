package org.waybill.jms.metrics;

/** A connection as JMX shows it. The counters are those of {@link Traffic}; they include the sessions that are closed. */
public interface ConnectionMXBean {
    /** Where it is connected to, as its URI says. */
    String getUri();

    /** Messages handed to the server. */
    long getSent();

    /** Their bytes, all sections. */
    long getSentBytes();

    /** Messages given to the application. */
    long getReceived();

    /** Their bytes, all sections. */
    long getReceivedBytes();

    /** Those of the received that were delivered before. */
    long getRedelivered();

    /** Messages accepted. */
    long getAcknowledged();

    /** How often the connection was lost and restored. */
    long getReconnects();
}
