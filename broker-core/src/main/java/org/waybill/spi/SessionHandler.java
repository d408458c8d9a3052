package org.waybill.spi;

/** What the broker tells a session as a whole, on the session's loop. */
public interface SessionHandler {
    /** A batch of answers is complete: the adapter writes and flushes what it gathered. */
    void batchEnd();

    /** The broker stops or cannot go on for this session; the connection should be closed with this reason. */
    void closed(BrokerError error);
}
