package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.queue.EntryVisitor;
import org.waybill.queue.Queue;

/** A walk over the live entries of one queue that may pause between turns: it remembers ids, not blocks. */
final class Walk {
    private static final int PRIORITIES = 10;

    private final @Nullable Queue queue;
    private int priority;
    private long afterId;

    Walk(Queue queue) {
        this.queue = queue;
    }

    private Walk() {
        this.queue = null;
        this.priority = PRIORITIES;
    }

    static Walk nowhere() {
        return new Walk();
    }

    boolean ended() {
        return priority >= PRIORITIES || queue == null || queue.closed();
    }

    Queue queue() {
        return org.waybill.io.Invariant.present(queue);
    }

    /** The priority whose entries the next step visits. */
    int priority() {
        return priority;
    }

    /** Goes on at an entry that was visited already. */
    void backTo(int ofPriority, long id) {
        priority = ofPriority;
        afterId = id - 1;
    }

    /** Visits at most {@code max} further entries of one priority. */
    void next(int max, EntryVisitor visitor) {
        long last = queue().lines().visit(priority, afterId, max, visitor);
        if (last < 0) {
            priority++;
            afterId = 0;
        } else {
            afterId = last;
        }
    }
}
