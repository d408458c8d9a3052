package org.waybill.queue;

/** Whose a {@link Backlog} is: a {@link Selection}, a {@link QueueConsumer} that owns groups, or the {@link Front} itself. */
interface Taker {
    /** Whether it can be handed a message now. */
    boolean isReady();

    /** The priority of whoever would be handed one. */
    int priority();
}
