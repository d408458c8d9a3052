package org.waybill.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.waybill.io.Invariant;

/**
 * Knows which segments nobody needs any more and gives them back to the pool: those wholly before every shard's replay
 * position, without live bytes and not being read.
 *
 * <p>The counting happens on any thread, the recycling on the file thread.
 */
final class Reclaimer {
    private static final long NOT_REGISTERED = Long.MAX_VALUE;
    /** A registered shard without a checkpoint needs the log from its beginning. */
    private static final long BEGINNING = 0;

    private final Segments segments;
    private final SegmentPool pool;
    private final Executor fileThread;
    private final Consumer<Segment> onRemoved;
    private final AtomicLongArray replayFrom = new AtomicLongArray(Journal.MAX_SHARDS);
    private final AtomicBoolean sweepPending = new AtomicBoolean();
    /** Segments before this one are needed by no replay; the current segment is never before it. */
    private volatile int firstNeeded;

    /** @param onRemoved told on the file thread before a segment's file is given away */
    Reclaimer(Segments segments, SegmentPool pool, Executor fileThread, Consumer<Segment> onRemoved) {
        this.segments = segments;
        this.pool = pool;
        this.fileThread = fileThread;
        this.onRemoved = onRemoved;
        for (int shard = 0; shard < replayFrom.length(); shard++) {
            replayFrom.set(shard, NOT_REGISTERED);
        }
    }

    void register(int shard) {
        replayFrom.set(shard, BEGINNING);
    }

    void checkpointed(int shard, long replayFromPosition) {
        replayFrom.set(shard, Math.max(replayFromPosition, BEGINNING));
        requestSweep();
    }

    void release(int segmentId, int bytes) {
        Segment segment = segments.find(segmentId);
        if (segment == null) {
            throw new IllegalStateException("Bytes of segment " + segmentId + " were released, which holds none.");
        }
        long left = segment.addLive(-bytes);
        Invariant.check(left >= 0, "a segment releases no more bytes than it holds");
        if (left == 0) {
            requestSweepFor(segment);
        }
    }

    /** A read has ended. */
    void unpin(Segment segment) {
        if (segment.unpin() && segment.liveBytes() == 0) {
            requestSweepFor(segment);
        }
    }

    int[] cleaningCandidates(int max) {
        int needed = firstNeeded;
        int[] ids = new int[max];
        int count = 0;
        for (Segment segment : segments.all()) {
            if (segment.id() >= needed || count == max) {
                break;
            }
            long live = segment.liveBytes();
            if (live > 0 && live < segment.sizeBytes() / 2) {
                ids[count++] = segment.id();
            }
        }
        return Arrays.copyOf(ids, count);
    }

    private void requestSweepFor(Segment segment) {
        if (segment.id() < firstNeeded) {
            requestSweep();
        }
    }

    private void requestSweep() {
        if (sweepPending.compareAndSet(false, true)) {
            fileThread.execute(this::sweep);
        }
    }

    private void sweep() {
        sweepPending.set(false);
        int needed = firstNeededSegment();
        firstNeeded = needed;
        List<Segment> dead = new ArrayList<>();
        for (Segment segment : segments.all()) {
            if (segment.id() < needed && segment.liveBytes() == 0 && !segment.pinned()) {
                dead.add(segment);
            }
        }
        if (dead.isEmpty()) {
            return;
        }
        segments.removeAll(dead);
        dead.forEach(onRemoved);
        try {
            pool.recycle(dead);
        } catch (IOException e) {
            throw new UncheckedIOException("A dead journal segment could not be recycled.", e);
        }
    }

    private int firstNeededSegment() {
        long least = NOT_REGISTERED;
        for (int shard = 0; shard < replayFrom.length(); shard++) {
            least = Math.min(least, replayFrom.get(shard));
        }
        return least == NOT_REGISTERED ? 0 : Position.segmentId(least);
    }
}
