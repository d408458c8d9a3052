package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/** Where the deliveries of a consumer go. Called on the shard's loop. */
public interface Sink {
    /**
     * Hands out one message.
     *
     * @param afterCommit whether it may leave only once what was recorded in this turn is committed
     */
    void deliver(QueueConsumer consumer, long token, Message message, byte @Nullable [] head, boolean afterCommit);

    /** Whether there is room for another delivery on the way. If there is not, {@link Queue#consumed} follows when there may be again. */
    default boolean hasRoom() {
        return true;
    }

    /** Nothing more can be handed out within a drained credit; must not overtake a delivery. */
    void drained(QueueConsumer consumer, long limitToken);
}
