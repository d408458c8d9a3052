package org.waybill.journal;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;

/**
 * Takes frames from all shards and makes them durable in groups: whatever arrived while the last group was forced goes into
 * the next. A group that nobody waits for is written and not forced by itself: its force would only be in the way of the next
 * group that somebody does wait for.
 *
 * <p>{@link #append} may be called from any thread; all else happens on the journal's thread or, in a test without one, by
 * {@link #runOnce} on the test's. Waits for nobody but the disk; if no segment is ready it goes on when the file thread
 * has prepared one.
 */
final class Appender {
    private static final int QUEUE_CHUNK = 1024;
    private static final long IDLE_NS = 1_000_000_000L;

    /** How long what nobody waits for may be written and not forced. */
    static final long MAX_UNFORCED_NS = 2_000_000;

    private final JournalOptions options;
    private final Clock clock;
    private final LogFile log;
    private final SegmentPool pool;
    private final @Nullable Lane[] lanesByShard;
    private final List<Lane> lanes;
    private final Runnable segmentWanted;
    private final Consumer<Throwable> onFailure;
    private final MpscUnboundedAtomicArrayQueue<Frame> queue = new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
    private final WakeUp wakeUp = new WakeUp();

    private final AtomicLong appendedBytes = new AtomicLong();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();
    private final AtomicLong forcedPosition;

    /** Bytes of the segment that the first waiting frame needs and that is not ready; 0 if none is awaited. */
    private int awaitedBytes;

    /** Something is written, or about to be, that is not forced; since when, and whether somebody waits for it. */
    private boolean unforced;

    private long unforcedSinceNs;
    private boolean urgent;
    private volatile boolean stopping;
    private volatile boolean failed;
    private @Nullable Thread thread;

    /**
     * @param lanesByShard by shard number; a shard that is not registered has none
     * @param lanes the different ones of them
     * @param segmentWanted told when no segment is ready
     * @param onFailure told what a write or a force threw; calls {@link #fail}
     */
    Appender(
            JournalOptions options,
            Clock clock,
            LogFile log,
            SegmentPool pool,
            @Nullable Lane[] lanesByShard,
            List<Lane> lanes,
            Runnable segmentWanted,
            Consumer<Throwable> onFailure) {
        this.options = options;
        this.clock = clock;
        this.log = log;
        this.pool = pool;
        this.lanesByShard = lanesByShard;
        this.lanes = lanes;
        this.segmentWanted = segmentWanted;
        this.onFailure = onFailure;
        this.forcedPosition = new AtomicLong(log.position());
    }

    void start(String name) {
        Thread started = new Thread(this::run, name);
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /** Any thread; never blocks. */
    void append(Frame frame) {
        if (!stopping) {
            queue.offer(frame);
            wakeUp.signal();
        }
    }

    /** A segment may have become ready; any thread. */
    void segmentReady() {
        wakeUp.signal();
    }

    /** No frame completes from now on; any thread. */
    void fail() {
        failed = true;
        stopping = true;
        wakeUp.signal();
    }

    /** Makes durable what was appended so far, ends the thread and closes the log; blocks until then. */
    void stop() throws InterruptedException {
        stopping = true;
        wakeUp.signal();
        Thread running = thread;
        if (running == null) {
            drain();
        } else {
            running.join();
        }
    }

    /**
     * Writes and forces one batch of what is waiting and posts its completions.
     *
     * @return false if there was nothing that could be done
     */
    boolean runOnce() {
        if (failed) {
            return false;
        }
        try {
            return writeBatch();
        } catch (Throwable e) {
            onFailure.accept(e);
            return false;
        }
    }

    long forcedPosition() {
        return forcedPosition.get();
    }

    long appendedBytes() {
        return appendedBytes.get();
    }

    long frames() {
        return frames.get();
    }

    long records() {
        return records.get();
    }

    long forces() {
        return forces.get();
    }

    private void run() {
        wakeUp.attach();
        while (!stopping) {
            if (!runOnce()) {
                wakeUp.await(this::hasWork, unforced ? Math.max(0, untilForceNs()) : IDLE_NS);
                if (options.commitWaitUs() > 0 && !queue.isEmpty()) {
                    LockSupport.parkNanos(options.commitWaitUs() * 1_000L);
                }
            }
        }
        drain();
    }

    private boolean hasWork() {
        return stopping || (awaitedBytes == 0 ? !queue.isEmpty() : pool.has(awaitedBytes));
    }

    private void drain() {
        boolean more = true;
        while (more) {
            more = runOnce();
        }
        try {
            if (!failed) {
                commit();
                writeSeal();
            }
            log.close();
        } catch (Throwable e) {
            onFailure.accept(e);
        }
        queue.clear();
    }

    private boolean writeBatch() throws IOException {
        long batchBytes = 0;
        Frame frame = queue.peek();
        while (frame != null && batchBytes < options.batchBytes()) {
            if (!makeRoom(frame)) {
                break;
            }
            queue.poll();
            log.put(frame, forcedPosition.get());
            written(frame);
            Objects.requireNonNull(lanesByShard[frame.shard]).add(frame);
            batchBytes += frame.frameBytes();
            count(frame);
            frame = queue.peek();
        }
        return settle() || batchBytes > 0;
    }

    private void written(Frame frame) {
        if (!unforced) {
            unforced = true;
            unforcedSinceNs = clock.nanoTime();
        }
        urgent |= frame.urgent();
    }

    /** Forces the batch if somebody waits for it or it has waited long enough; else it is written. Returns whether it forced. */
    private boolean settle() throws IOException {
        if (!unforced) {
            return false;
        }
        boolean due = urgent || untilForceNs() <= 0;
        if (due) {
            commit();
        } else {
            log.writeOut();
        }
        return due;
    }

    private long untilForceNs() {
        return MAX_UNFORCED_NS - (clock.nanoTime() - unforcedSinceNs);
    }

    /** For tests without a thread: forces what is written, without waiting for its time. Returns false if nothing is. */
    boolean forceNow() {
        urgent = true;
        return unforced && runOnce();
    }

    /** Sees to it that the frame goes into the current segment; false if none is ready. */
    private boolean makeRoom(Frame frame) throws IOException {
        if (log.fits(frame)) {
            return true;
        }
        // The next segment's header will say that everything before it is forced.
        commit();
        int bytes = log.segmentBytesFor(frame);
        if (awaitedBytes != 0 && !pool.has(bytes)) {
            // Asked for already: on a full disk asking again and again would be a busy loop.
            return false;
        }
        boolean rolled = log.roll(bytes);
        awaitedBytes = rolled ? 0 : bytes;
        if (rolled) {
            forcedPosition.lazySet(log.position());
        }
        if (!rolled || pool.size() < options.preparedSegments()) {
            segmentWanted.run();
        }
        return rolled;
    }

    private void commit() throws IOException {
        if (!unforced) {
            return;
        }
        log.force();
        unforced = false;
        urgent = false;
        forces.lazySet(forces.get() + 1);
        if (!failed) {
            for (Lane lane : lanes) {
                lane.complete();
            }
        }
        // last, so that whoever reads it on a loop finds the completions of all before it already handed to that loop
        forcedPosition.lazySet(log.position());
    }

    /**
     * A last empty frame that knows everything before it to be forced: with it, losing the last frame of all is not taken
     * for a torn tail.
     */
    private void writeSeal() throws IOException {
        Frame seal = Frame.mark(0);
        if (log.begun() && log.fits(seal)) {
            log.put(seal, forcedPosition.get());
            log.force();
        }
    }

    private void count(Frame frame) {
        appendedBytes.lazySet(appendedBytes.get() + frame.frameBytes());
        frames.lazySet(frames.get() + 1);
        records.lazySet(records.get() + frame.records());
    }
}
