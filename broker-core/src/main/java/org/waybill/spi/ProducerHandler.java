package org.waybill.spi;

import org.waybill.message.Outcome;

/** What the broker answers to a producer, on the session's loop. */
public interface ProducerHandler {
    /** The producer may send from now on. */
    void opened();

    /** The producer was refused, or its node went away while it was open; nothing more comes after this. */
    void closed(BrokerError error);

    /**
     * The outcome of each send whose token lies in {@code [firstToken, lastToken]}. Ranges may come out of order.
     */
    void settled(long firstToken, long lastToken, Outcome outcome);

    /** One send was not taken, and nothing has changed: its outcome is a rejection for this reason. */
    void refused(long token, BrokerError error);

    /**
     * The node can take no more for now (a limit, a full disk): the adapter grants its client no new credit until
     * {@link #unblocked()}. Sends already under way are still taken.
     *
     * @param reason one sentence for the client and the operator
     */
    void blocked(String reason);

    /** The reason given to {@link #blocked} is over. */
    void unblocked();

    /**
     * What was sent waits here, because the way to where it goes is full: the adapter takes back the credit that its client has left, and
     * grants none until {@link #resume}. That may be soon and often, so nobody is told. Sends already under way are still taken. Who bounds
     * what it sends by itself need not do anything.
     */
    default void pause() {}

    /** The reason for {@link #pause} is over. */
    default void resume() {}
}
