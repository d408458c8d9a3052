package org.waybill.jms.engine;

import org.jspecify.annotations.Nullable;

/**
 * Hears what became of messages sent without waiting. Called on the connection's loop, without its lock, for each sender in the order
 * of the sends; must neither block nor wait for the connection.
 */
@FunctionalInterface
public interface SendListener {
    /**
     * A message has its outcome, or will never have one.
     *
     * @param attachment what was given with the message
     * @param refusal null if the server took it; {@code NOT_ACCEPTED} if it did not; otherwise the reason why nobody knows
     */
    void onOutcome(@Nullable Object attachment, @Nullable ClientException refusal);

    /** The run of outcomes that came together is over: the time to wake whoever waits for them. */
    default void onRunEnd() {}
}
