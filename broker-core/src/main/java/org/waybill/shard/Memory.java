package org.waybill.shard;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of messages that all shards together hold in memory, and how many that may be. Any thread.
 *
 * <p>It is a threshold, not a wall: what must be in memory for a moment is; once it is passed, messages that the journal has
 * leave memory and others are written there.
 */
public final class Memory {
    private final long limitBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** A budget of {@code limitBytes}. */
    public Memory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether the budget is used up. */
    public boolean full() {
        return bytes.get() > limitBytes;
    }

    /** Whether it is passed by so much that no more should be let in: half of it, which only what waits for the disk can be. */
    public boolean tight() {
        return bytes.get() > limitBytes + (limitBytes >> 1);
    }

    /** Bytes held now. */
    public long bytes() {
        return bytes.get();
    }

    void add(long change) {
        bytes.addAndGet(change);
    }
}
