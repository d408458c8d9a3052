package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Cancellable;
import org.waybill.io.Clock;
import org.waybill.queue.Block;
import org.waybill.queue.TimeIndex;

/**
 * Wakes a shard when a message expires or comes due: one timer, set for the earliest time in the {@link TimeIndex} and set anew
 * only when that becomes earlier. On the shard's loop.
 *
 * <p>The clock of the day decides what is due, the timer only when to look. It never sleeps longer than {@link
 * #LONGEST_SLEEP_MS}, so that a clock set forward shows within that time; after one set back it looks in vain until the clock
 * is where it was.
 */
final class Alarm {
    /** A wake-up a second costs nothing, and nobody who sets a clock expects more. */
    static final long LONGEST_SLEEP_MS = 1_000;

    /** Blocks looked through in one turn. */
    private static final int BLOCKS_A_TURN = 64;

    /** How long to wait for a mover that has enough to do. */
    private static final long BUSY_MS = 10;

    private static final long NS_A_MS = 1_000_000;

    private final Shard shard;
    private final Clock clock;
    private final TimeIndex times;
    private final Mover mover;
    private @Nullable Cancellable timer;
    private long setForMs = TimeIndex.NEVER;
    private boolean stopped;

    Alarm(Shard shard, Clock clock, TimeIndex times, Mover mover) {
        this.shard = shard;
        this.clock = clock;
        this.times = times;
        this.mover = mover;
    }

    /** Sees to it that the shard wakes up in time. Called at the end of each turn. */
    void set() {
        long earliestMs = times.earliestMs();
        if (earliestMs >= setForMs || stopped) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        setForMs = earliestMs;
        long sleepMs = Math.max(earliestMs - clock.epochMs(), mover.isBusy() ? BUSY_MS : 0);
        timer = shard.loop().schedule(Math.min(sleepMs, LONGEST_SLEEP_MS) * NS_A_MS, this::ring);
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private void ring() {
        timer = null;
        setForMs = TimeIndex.NEVER;
        if (!stopped) {
            shard.execute(this::look);
        }
    }

    private void look() {
        for (int i = 0; i < BLOCKS_A_TURN && !mover.isBusy(); i++) {
            Block block = times.poll(shard.nowMs());
            if (block == null) {
                return;
            }
            block.queue().timePassed(block, shard.nowMs());
        }
    }
}
