package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.CrashDisk;
import org.waybill.io.ManualLoop;

/** A journal without threads on a disk in memory, and what a test wants to know of it. */
final class Harness implements ReplayHandler {
    static final int SHARDS = 3;
    static final int SEGMENT_BYTES = 64 << 10;

    final CrashDisk disk;
    final Journal journal;
    final TestClock clock = new TestClock();
    final ManualLoop loop = new ManualLoop("shards");
    final List<String> replayed = new ArrayList<>();
    final List<Long> positions = new ArrayList<>();
    final List<Integer> recordBytes = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    final List<String> completed = new ArrayList<>();
    private @Nullable Appender appender;
    private long nextIndex = 1;

    Harness(CrashDisk disk) throws IOException {
        this(disk, options());
    }

    Harness(CrashDisk disk, JournalOptions options) throws IOException {
        this.disk = disk;
        this.journal = Journal.open(options, disk, clock);
    }

    static JournalOptions options() {
        return new JournalOptions(SEGMENT_BYTES, 1, 3, 1 << 20, 1 << 20, 0, 1 << 20, 1_000);
    }

    /** A started journal on the disk, everything replayed. */
    static Harness started(CrashDisk disk) throws IOException {
        Harness harness = new Harness(disk);
        harness.journal.replay(-1, harness);
        harness.start();
        return harness;
    }

    void start() throws IOException {
        for (int shard = 0; shard < SHARDS; shard++) {
            journal.registerShard(shard, loop);
        }
        appender = journal.startWithoutThreads(failures::add);
        journal.runPending();
    }

    Frame frame(int shard, String... payloads) {
        Frame frame = new Frame(shard).stamp(nextIndex++, 1, 0);
        for (String payload : payloads) {
            byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
            frame.add((byte) 7, bytes, 0, 0, bytes, 0, bytes.length, true);
        }
        frame.onForced(done -> completed.add(String.join(",", payloads)));
        return frame;
    }

    Frame append(String... payloads) {
        Frame frame = frame(0, payloads);
        journal.append(frame);
        return frame;
    }

    /** Does everything there is to do. */
    void run() {
        boolean busy = true;
        while (busy) {
            busy = batch();
            busy |= journal.runPending();
            loop.runAll();
        }
    }

    /** One batch of the journal's thread alone; its completions stay posted. */
    boolean batch() {
        Appender running = appender;
        return running != null && running.runOnce();
    }

    Frame appendAndRun(String... payloads) {
        Frame frame = append(payloads);
        run();
        return frame;
    }

    /** Appends frames until the log has gone on to this segment. */
    void fillUpTo(int segmentId) {
        while (Position.segmentId(journal.forcedPosition()) < segmentId) {
            appendAndRun("x".repeat(8_000));
        }
    }

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {}

    @Override
    public void record(byte type, long position, int bytes, ByteBuffer payload) {
        positions.add(position);
        recordBytes.add(bytes);
        replayed.add(StandardCharsets.UTF_8.decode(payload).toString());
    }
}
