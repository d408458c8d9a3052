package org.waybill.spi;

import org.waybill.message.Outcome;

/**
 * Takes messages out of the broker. Called on the session's loop; calls take effect with the session's next flush.
 *
 * <p>Deliveries of one consumer are numbered by <i>tokens</i> 0, 1, 2, … in the order in which they are handed out.
 */
public interface Consumer {
    /**
     * States the credit: deliveries with a token below {@code limitToken} may be handed out. The adapter computes it as (tokens
     * received so far) + (credit the client has left). A limit below the former one may cross deliveries under way: what then
     * arrives with a token at or above the limit is the adapter's to give back ({@link Outcome#RELEASED}), or, for a pre-settled
     * consumer, to keep until there is credit again.
     *
     * @param drain whether {@link ConsumerHandler#drained} is wanted once nothing more can be handed out within the limit
     */
    void credit(long limitToken, boolean drain);

    /**
     * Says that {@code bytes} of message bytes handed out earlier have left for the client. A consumer has at most
     * {@link #WINDOW_BYTES} outstanding between broker and adapter, so a slow socket holds its queue back instead of memory.
     */
    void consumed(long bytes);

    /**
     * States the outcome of each unsettled delivery whose token lies in {@code [firstToken, lastToken]}; others are passed over.
     *
     * @param confirm whether {@link ConsumerHandler#settled} is wanted once the outcome is committed
     */
    void settle(long firstToken, long lastToken, Outcome outcome, boolean confirm);

    /**
     * States an outcome in a transaction. The deliveries leave the consumer at once, and stay with the transaction even if the
     * consumer closes. A commit makes the outcome take effect; a rollback gives them back to their old places, as a failed
     * delivery when the client had {@code settled} them and untouched when not.
     *
     * @param settled whether the client settled them; if not, {@link ConsumerHandler#settled} follows the commit
     */
    void settle(long firstToken, long lastToken, Outcome outcome, Transaction transaction, boolean settled);

    /**
     * Ends the consumer because its client says so; what is unsettled gets the default outcome of its spec, except that nothing counts
     * as a failed delivery: the client has stated what it failed on.
     */
    void close();

    /** Bytes that one consumer may have outstanding between broker and adapter; one message always may. */
    long WINDOW_BYTES = 1 << 20;
}
