package org.waybill.queue;

import org.waybill.io.Invariant;

/**
 * What is done with the messages of a queue over the heads of its consumers, by an administrator or a limit. It touches nothing that a
 * consumer holds. On its shard's loop.
 */
public final class Intervention {
    private final Queue queue;
    private final Facts facts;

    Intervention(Queue queue, Facts facts) {
        this.queue = queue;
        this.facts = facts;
    }

    /** Removes what nobody holds, scheduled messages included; returns how many. */
    public long purge() {
        long before = queue.messages();
        Cursor cursor = new Cursor();
        while (cursor.seek(queue, queue.visibleId())) {
            facts.removed(queue, Invariant.present(cursor.block), cursor.index);
        }
        if (queue.waiting() > 0) {
            queue.lines().forEachLive((block, index) -> cancel(block, index));
        }
        return before - queue.messages();
    }

    /** Removes a message that waits for its time; false when there is none of this id, or its time has come. */
    public boolean cancel(long messageId) {
        Block block = queue.lines().find(messageId);
        return block != null && cancel(block, block.find(messageId));
    }

    private boolean cancel(Block block, int index) {
        boolean waits = block.dueAtMs(index) != 0
                && block.isWaiting(index)
                && !block.isUndecided(index)
                && block.id(index) <= queue.visibleId();
        if (waits) {
            facts.removed(queue, block, index);
        }
        return waits;
    }

    /** Whether a live entry is in nobody's hands, be it available or waiting for its time. */
    public boolean isFree(Block block, int index) {
        return block.id(index) <= queue.visibleId()
                && (block.isAvailable(index) || (block.isWaiting(index) && !block.isUndecided(index)));
    }

    /**
     * Holds a free entry, which is not handed out until it is removed or {@link #replace}d. It keeps its time.
     *
     * @return whether it was scheduled by its sender
     */
    public boolean withdraw(Block block, int index) {
        boolean scheduled = block.isScheduled(index);
        queue.withdraw(block, index);
        return scheduled;
    }

    /** Undoes {@link #withdraw}, which told whether the entry was scheduled. */
    public void replace(Block block, int index, boolean scheduled) {
        long dueAtMs = block.dueAtMs(index);
        if (dueAtMs == 0) {
            queue.giveBack(block, index);
        } else {
            queue.delay(block, index, dueAtMs);
            if (scheduled) {
                block.schedule(index);
            }
        }
    }

    /** Whether a consumer, a transaction or the broker has any of its messages, or some cannot be read. */
    public boolean isSomethingHeld() {
        long free = queue.waiting();
        for (int priority = 0; priority < Queue.PRIORITIES; priority++) {
            Line line = queue.lines().line(priority);
            free += line == null ? 0 : line.available;
        }
        return free < queue.messages();
    }

    /** Removes the oldest entry of the lowest priority that nobody holds; false when there is none. */
    public boolean dropOldest() {
        Cursor cursor = new Cursor();
        for (int priority = 0; priority < Queue.PRIORITIES; priority++) {
            Line line = queue.lines().line(priority);
            if (line != null && cursor.seekIn(line, queue.visibleId())) {
                facts.removed(queue, Invariant.present(cursor.block), cursor.index);
                return true;
            }
        }
        return false;
    }
}
