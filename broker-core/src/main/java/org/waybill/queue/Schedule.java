package org.waybill.queue;

/** What happens to a queue's entries by themselves when time passes: they expire, or what they wait for has come. */
final class Schedule {
    private final Queue queue;
    private final Facts facts;

    Schedule(Queue queue, Facts facts) {
        this.queue = queue;
        this.facts = facts;
    }

    /**
     * Looks through a block. Of its scheduled entries only those come due that are the first of all, here and in other blocks: the
     * others follow when the index gives this block again, so that all come in the order of their times.
     */
    void timePassed(Block block, long nowMs, long visibleId) {
        long first = TimeIndex.NEVER;
        long next = TimeIndex.NEVER;
        for (int i = 0; i < block.count; i++) {
            long at = timeOf(block, i);
            if (at > nowMs) {
                next = Math.min(next, at);
            } else if (block.id(i) > visibleId) {
                // its record is not forced: it will be in a moment
                next = Math.min(next, nowMs + 1);
            } else if (block.isUndecided(i)) {
                queue.makeAvailable(block, i);
            } else if (!expireIfDue(block, i, nowMs)) {
                if (block.isScheduled(i)) {
                    first = Math.min(first, at);
                } else {
                    queue.makeAvailable(block, i);
                }
            }
        }
        if (first != TimeIndex.NEVER && first <= facts.times().earliestMs()) {
            next = Math.min(next, comeDue(block, first, visibleId));
        } else {
            next = Math.min(next, first);
        }
        if (!queue.closed()) {
            facts.times().note(block, next);
        }
    }

    /** Lets the scheduled entries go that are due at this time; returns when the next ones are. */
    private long comeDue(Block block, long atMs, long visibleId) {
        long next = TimeIndex.NEVER;
        for (int i = 0; i < block.count; i++) {
            if (!block.isScheduled(i) || !block.isWaiting(i) || block.isUndecided(i) || block.id(i) > visibleId) {
                continue;
            }
            if (block.dueAtMs(i) > atMs) {
                next = Math.min(next, block.dueAtMs(i));
            } else if (block.ownsBody(i) && (block.isAhead(i) || facts.dueOnTheWay())) {
                queue.hold(block, i);
                facts.overdue(queue, block, i);
            } else {
                queue.makeAvailable(block, i);
            }
        }
        return next;
    }

    /** When something happens to an entry by itself. */
    private static long timeOf(Block block, int index) {
        long at =
                block.isWaiting(index) ? block.dueAtMs(index) : block.isAvailable(index) ? block.expiresAtMs(index) : 0;
        return at == 0 ? TimeIndex.NEVER : at;
    }

    /** Lets an entry that nobody holds go if its time is up; returns whether it was. */
    boolean expireIfDue(Block block, int index, long nowMs) {
        long expiresAtMs = block.expiresAtMs(index);
        if (expiresAtMs == 0 || expiresAtMs > nowMs) {
            return false;
        }
        queue.hold(block, index);
        facts.expired(queue, block, index);
        return true;
    }
}
