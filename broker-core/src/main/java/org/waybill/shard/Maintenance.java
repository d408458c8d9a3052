package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Cancellable;
import org.waybill.journal.Journal;

/** Decides when a shard writes a checkpoint and cleans segments: looked at once a second, and at the end. */
final class Maintenance {
    private static final long PERIOD_NS = 1_000_000_000L;

    /** A checkpoint is worth it once the log has grown by this, or by so many times what the last checkpoint took. */
    private static final long MIN_GROWTH_BYTES = 256L << 20;

    private static final int GROWTH_FACTOR = 8;
    private static final int SEGMENTS_AT_ONCE = 16;

    private final Shard shard;
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final Cleaner cleaner;
    private final long growthBytes;
    private @Nullable Cancellable next;
    private long appendedAtCheckpoint;
    private boolean stopped;
    /** Who waits for the last checkpoint. */
    private @Nullable Runnable ending;

    Maintenance(Shard shard, Checkpointer checkpointer, Cleaner cleaner, long segmentBytes) {
        this.shard = shard;
        this.journal = shard.journal();
        this.checkpointer = checkpointer;
        this.cleaner = cleaner;
        this.growthBytes = Math.min(MIN_GROWTH_BYTES, 4 * segmentBytes);
    }

    void start() {
        next = shard.loop().schedule(PERIOD_NS, this::look);
    }

    private void look() {
        if (stopped) {
            return;
        }
        long grown = journal.counters().appendedBytes() - appendedAtCheckpoint;
        if (grown > Math.max(growthBytes, GROWTH_FACTOR * checkpointer.writtenBytes())
                || shard.noRoom() != null && grown > 0) {
            checkpoint(() -> cleaner.begin(journal.cleaningCandidates(SEGMENTS_AT_ONCE)));
        } else {
            cleaner.begin(journal.cleaningCandidates(SEGMENTS_AT_ONCE));
        }
        start();
    }

    private void checkpoint(Runnable done) {
        appendedAtCheckpoint = journal.counters().appendedBytes();
        checkpointer.begin(done);
    }

    /** Looks after nothing any more; {@code settled} is called when no checkpoint is being written. */
    void abandon(Runnable settled) {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
        cleaner.abandon();
        checkpointer.abandon(settled);
        end();
    }

    /**
     * Writes a last checkpoint, so that the next start replays nothing.
     *
     * @param always even if nothing has happened since the last one
     * @param done called when it is there, or given up
     */
    void stop(boolean always, Runnable done) {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
        boolean isNeeded = always || journal.counters().appendedBytes() != appendedAtCheckpoint;
        if (checkpointer.running() || !isNeeded) {
            done.run();
        } else {
            ending = done;
            checkpoint(this::end);
        }
    }

    private void end() {
        Runnable done = ending;
        ending = null;
        if (done != null) {
            done.run();
        }
    }
}
