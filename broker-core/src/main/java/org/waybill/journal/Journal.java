package org.waybill.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;

/**
 * One log on one disk, shared by several shards.
 *
 * <p>Recovery runs on one thread in this order: {@link #open}; per shard {@link CheckpointReader#newest}; {@link #replay}
 * from the least replay position of all shards; {@link #restoreLive} for what is live then; {@link #registerShard} and,
 * with the position of the checkpoint that was read, {@link #checkpointed}; {@link #start}. Only then frames may be
 * appended.
 *
 * <p>The caller sees to it that no second process opens the same directory.
 */
public final class Journal {
    /** Shard numbers are below this. */
    public static final int MAX_SHARDS = 4096;

    private static final FailureHandler NOT_STARTED = cause -> {};

    private final JournalOptions options;
    private final Disk disk;
    private final Clock clock;
    private final Segments segments = new Segments();
    private final SegmentPool pool;
    private final Space space;
    private final Worker fileThread;
    private final Worker readerThread;
    private final RecordReader reader;
    private final Reclaimer reclaimer;
    private final @Nullable Lane[] lanesByShard = new Lane[MAX_SHARDS];
    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicBoolean failed = new AtomicBoolean();

    private FailureHandler failureHandler = NOT_STARTED;
    private long end = -1;
    private @Nullable Appender appender;

    private Journal(JournalOptions options, Disk disk, Clock clock) {
        this.options = options;
        this.disk = disk;
        this.clock = clock;
        this.pool = new SegmentPool(options, disk);
        this.space = new Space(options, disk, pool::size);
        this.fileThread = new Worker(
                "waybill-journal-files", this::prepareSegments, options.spaceCheckMs() * 1_000_000L, clock, this::fail);
        this.readerThread = new Worker("waybill-journal-reader", () -> {}, Long.MAX_VALUE, clock, this::fail);
        this.reader = new RecordReader(options, disk, segments, readerThread, this::unpin);
        this.reclaimer = new Reclaimer(segments, pool, fileThread, reader::forget);
    }

    /**
     * Opens the journal of a directory, or begins one in an empty directory. Reads the segments' headers only; deletes
     * leftover temporary files. Throws {@link JournalDamage} if a header is not whole.
     */
    public static Journal open(JournalOptions options, Disk disk, Clock clock) throws IOException {
        Journal journal = new Journal(options, disk, clock);
        journal.scan();
        return journal;
    }

    /**
     * Tells the handler all frames from a position, or from the oldest segment if it is negative, to the end of the log.
     * Must be called once, before {@link #start}, even if there is nothing to replay: it finds the end of the log, and
     * forces what it found. {@link JournalDamage} if a segment is missing from there on, if a frame is not whole that was
     * forced, or if the log ends before a place that was forced.
     *
     * @return the position of the end of the log
     */
    public long replay(long fromPosition, ReplayHandler handler) throws IOException {
        Invariant.check(end < 0, "a journal is replayed once");
        end = new Replay(disk, segments, handler).run(fromPosition);
        return end;
    }

    /**
     * Tells the handler all frames from a position to another, at or before {@link #forcedPosition}, while the journal runs. Blocks, on
     * the caller's thread, which must not be a loop. A shard that reads its log so writes no checkpoint meanwhile: nothing from
     * its replay position on is recycled.
     */
    public void reread(long fromPosition, long toPosition, ReplayHandler handler) throws IOException {
        new Replay(disk, segments, handler).between(fromPosition, toPosition);
    }

    /** Counts bytes as live in a segment, at recovery; {@link JournalDamage} if there is no such segment. */
    public void restoreLive(int segmentId, long bytes) {
        Invariant.check(appender == null, "live bytes are restored before the start");
        Segment segment = segments.find(segmentId);
        if (segment == null) {
            throw new JournalDamage(
                    JournalDamage.Code.MISSING_SEGMENT,
                    "Journal segment " + FileNames.segment(segmentId) + " is missing, and records in it from offset "
                            + SegmentHeader.BYTES + " on are needed.");
        }
        segment.addLive(bytes);
    }

    /** Makes a shard known and names the loop of its completions; before {@link #start}. */
    public void registerShard(int shard, Loop loop) {
        Invariant.check(appender == null, "shards are registered before the start");
        Lane lane = null;
        for (Lane known : lanes) {
            if (known.loop() == loop) {
                lane = known;
            }
        }
        if (lane == null) {
            lane = new Lane(loop);
            lanes.add(lane);
        }
        lanesByShard[shard] = lane;
        reclaimer.register(shard);
    }

    /** Who is told when {@link #roomForSends} changes; before {@link #start}. */
    public void onRoomChanged(SpaceListener listener) {
        space.listener(listener);
    }

    /** Looks at the disk's free space and starts the journal's threads. */
    public void start(FailureHandler failureHandler) throws IOException {
        Appender started = startWithoutThreads(failureHandler);
        fileThread.start();
        readerThread.start();
        started.start("waybill-journal");
    }

    /** For tests: everything but the threads; the caller runs the returned appender and {@link #runPending}. */
    Appender startWithoutThreads(FailureHandler failureHandler) throws IOException {
        Invariant.check(end >= 0 && appender == null, "a journal is started once, after its replay");
        this.failureHandler = failureHandler;
        space.check();
        LogFile log = new LogFile(options, disk, clock, segments, pool, end);
        Appender started = new Appender(
                options,
                clock,
                log,
                pool,
                lanesByShard,
                lanes,
                () -> fileThread.execute(this::prepareSegments),
                this::fail);
        appender = started;
        fileThread.execute(this::prepareSegments);
        return started;
    }

    /** For tests without threads: runs what the file and the reader thread would. */
    boolean runPending() {
        boolean filed = fileThread.runPending();
        return readerThread.runPending() || filed;
    }

    /**
     * Hands a frame over for the next batch, on its shard's loop. Never blocks. After a failure or {@link #close} the frame
     * is dropped and never completes.
     */
    public void append(Frame frame) {
        Invariant.check(frame.frameBytes() <= options.maxFrameBytes(), "a frame is not greater than maxFrameBytes");
        Invariant.check(
                frame.shard >= 0 && frame.shard < MAX_SHARDS && lanesByShard[frame.shard] != null,
                "a shard that appends is registered");
        started().append(frame);
    }

    /**
     * Bytes of a retained record, relocated or dead now, that no longer count: its {@code recordBytes}. Any thread; cheap.
     */
    public void release(int segmentId, int bytes) {
        reclaimer.release(segmentId, bytes);
    }

    /**
     * A shard's checkpoint covers everything before this position; negative if it has none. Any thread. Segments wholly before the least such
     * position of all registered shards that hold no live bytes are recycled.
     */
    public void checkpointed(int shard, long replayFromPosition) {
        reclaimer.checkpointed(shard, replayFromPosition);
    }

    /**
     * Everything before this position survives a crash; frames appended from now on come at or after it. Any thread.
     *
     * <p>The completions of everything before it have been posted to their loops, though they may not have run yet: a
     * checkpoint that replays from here is gathered in a task that its shard's loop is given after this call.
     */
    public long forcedPosition() {
        return started().forcedPosition();
    }

    /**
     * As {@link #forcedPosition}, and nothing was told to this shard's loop that is not before it: the journal says how far it has come to
     * everybody a little later than to those who wait for it. On the shard's loop.
     */
    public long toldPosition(int shard) {
        Lane lane = Invariant.present(lanesByShard[shard]);
        return Math.max(forcedPosition(), lane.toldEnd());
    }

    /**
     * Sealed segments wholly before every shard's replay position that are less than half live, oldest first, at most
     * {@code max}: their live records are worth appending again. Any thread.
     */
    public int[] cleaningCandidates(int max) {
        return reclaimer.cleaningCandidates(max);
    }

    /**
     * Reads retained records back by position, verifies them and answers on a loop. The arrays belong to the journal until
     * {@link ReadCallback#done}. Records that are live when this is called can be read, even if they are released
     * meanwhile. Positions in ascending order are read fastest.
     */
    public void read(long[] positions, int[] recordBytes, int n, Loop replyTo, ReadCallback callback) {
        reader.read(new ReadRequest(positions, recordBytes, n, replyTo, callback));
    }

    /** Begins a checkpoint of a shard, on the shard's loop; the listener is told there too. */
    public CheckpointWriter checkpoint(int shard, CheckpointListener listener) {
        Lane lane = lanesByShard[shard];
        if (lane == null) {
            throw new IllegalStateException("a shard that writes a checkpoint is registered");
        }
        return new CheckpointWriter(
                new CheckpointFile(disk, shard),
                fileThread,
                lane.loop(),
                listener,
                task -> afterForce(shard, task),
                position -> checkpointed(shard, position));
    }

    /** Whether the disk has room for new messages; removals and acknowledgements may be appended in any case. */
    public boolean roomForSends() {
        return space.room();
    }

    /** What was done and what is held. Any thread. */
    public JournalCounters counters() {
        Appender counting = started();
        Segment[] present = segments.all();
        long liveBytes = 0;
        long segmentBytes = 0;
        for (Segment segment : present) {
            liveBytes += segment.liveBytes();
            segmentBytes += segment.sizeBytes();
        }
        return new JournalCounters(
                counting.appendedBytes(),
                counting.frames(),
                counting.records(),
                counting.forces(),
                present.length,
                pool.size(),
                liveBytes,
                segmentBytes);
    }

    /**
     * Writes and forces what was appended, tells its completions, and stops the threads. Blocks; not on a loop. Frames that
     * find no room on the disk are dropped without completion.
     */
    public void close() throws InterruptedException {
        Appender running = appender;
        if (running != null) {
            running.stop();
            fileThread.stop();
            readerThread.stop();
        }
        reader.close();
    }

    private void scan() throws IOException {
        for (String name : disk.list()) {
            OptionalInt id = FileNames.segmentId(name);
            OptionalInt free = FileNames.freeNumber(name);
            if (id.isPresent()) {
                addSegment(name, id.getAsInt());
            } else if (free.isPresent()) {
                pool.adopt(name, free.getAsInt());
            } else if (name.endsWith(FileNames.TEMPORARY)) {
                disk.delete(name);
            }
        }
    }

    private void addSegment(String name, int id) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Access.READ)) {
            Segment segment = new Segment(SegmentHeader.read(name, id, file));
            Segment previous = segments.find(id - 1);
            if (previous != null) {
                previous.seal(segment.header().previousEnd());
            }
            segments.add(segment);
        }
    }

    /** On the file thread: a shortage of space is waited out, not an error. */
    void prepareSegments() {
        try {
            space.check();
        } catch (IOException e) {
            throw new UncheckedIOException("The free space of the journal's disk cannot be read.", e);
        }
        try {
            while (pool.fill()) {
                started().segmentReady();
            }
            space.prepared(true);
        } catch (IOException e) {
            space.prepared(false);
        }
        started().segmentReady();
    }

    private void afterForce(int shard, Runnable task) {
        Frame mark = Frame.mark(shard);
        mark.onForced(forced -> task.run());
        started().append(mark);
    }

    private void unpin(Segment segment) {
        reclaimer.unpin(segment);
    }

    private void fail(Throwable cause) {
        if (failed.compareAndSet(false, true)) {
            Appender running = appender;
            if (running != null) {
                running.fail();
            }
            failureHandler.failed(cause);
        }
    }

    private Appender started() {
        Appender running = appender;
        if (running == null) {
            throw new IllegalStateException("the journal has not been started");
        }
        return running;
    }
}
