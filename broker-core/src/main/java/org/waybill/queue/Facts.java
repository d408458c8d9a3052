package org.waybill.queue;

import org.jspecify.annotations.Nullable;

/** What a queue asks its shard to do: record what happened, and reach the world outside. Called on the shard's loop. */
public interface Facts {
    /** A live entry left the queue for good. Called before the queue forgets it. */
    void removed(Queue queue, Block block, int index);

    /**
     * A held entry was rejected or has failed too often: it goes to the dead-letter address of its queue, or, without one, away. It
     * stays held until it is removed or given back.
     *
     * @param reason one sentence
     */
    void undeliverable(Queue queue, Block block, int index, String reason);

    /**
     * A held entry's time is up: it goes to the expiry address of its queue, or, without one, away. It stays held until it is
     * removed or put off.
     */
    void expired(Queue queue, Block block, int index);

    /**
     * A held entry has come due that was scheduled, and others behind it are available: it goes behind them, so that what is due
     * first comes first. It stays held until it is removed or given back.
     */
    void overdue(Queue queue, Block block, int index);

    /** Whether entries that came due before may still be on their way behind all others. */
    boolean dueOnTheWay();

    /** When an entry may be delivered again that failed so often, in epoch milliseconds; 0 for at once. */
    long retryAtMs(Queue queue, int failures);

    /** Where a queue notes which of its blocks must be looked through when. */
    TimeIndex times();

    /** An attempt to deliver a logged entry failed, or it was annotated; the new values are in the entry. */
    void counted(Queue queue, Block block, int index);

    /**
     * Reads the messages of {@code count} entries back from the journal, and answers with {@link Queue#loaded} for each and then
     * {@link Queue#readDone}.
     */
    void read(Queue queue, @Nullable Block[] blocks, int[] indexes, int count);

    /** The queue wants {@link Queue#dispatch} called before the turn ends. */
    void wake(Queue queue);

    /** Whether messages that the journal has should leave memory. */
    boolean memoryFull();

    /** Message bytes came into memory (positive) or left it (negative). */
    void resident(long bytes);

    /** A body that other queues may still want in this turn is to leave memory at its end, if there is too little then. */
    void shedLater(SharedRecord record);

    /** An entry cannot be read back: it stays in the queue, is not handed out, and everything else goes on. */
    void unreadable(Queue queue, Block block, int index, String why);
}
