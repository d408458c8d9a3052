package org.waybill.benchmarks.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.waybill.io.FileDisk;
import org.waybill.io.SystemClock;
import org.waybill.journal.Completion;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.ReplayHandler;

/**
 * Appending frames with one record of 1 KiB to a journal on a real disk, with so many frames not yet forced: what one
 * shard can have made durable in a second. The directory is made in the system property {@code waybill.benchmark.dir},
 * or in the working directory; it must be on the disk that is to be measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class JournalAppendBenchmark {
    private static final int SHARD = 0;
    private static final byte RECORD_TYPE = 1;
    private static final int META_BYTES = 16;
    private static final int BODY_BYTES = 1024;

    /** After how many frames the shard says that nothing before is needed, so that segments are used again. */
    private static final int FRAMES_PER_CHECKPOINT = 32 << 10;

    /** Frames that may wait for their force. */
    @Param({"1", "16", "64", "1024"})
    public int window;

    private int waiting;
    private final CallerLoop loop = new CallerLoop();
    private final byte[] meta = new byte[META_BYTES];
    private final byte[] body = new byte[BODY_BYTES];
    private final Completion completion = frame -> waiting--;
    private Path directory = Path.of("");
    private Journal journal;
    private long logIndex;

    @Setup
    public void open() throws IOException {
        Path parent = Path.of(System.getProperty("waybill.benchmark.dir", "")).toAbsolutePath();
        directory = Files.createTempDirectory(parent, "journal-benchmark-");
        journal = Journal.open(JournalOptions.defaults(), new FileDisk(directory), new SystemClock());
        journal.replay(-1, new EmptyReplay());
        journal.registerShard(SHARD, loop);
        journal.start(Throwable::printStackTrace);
    }

    /** Appends one frame, after it has waited for room in the window. */
    @Benchmark
    public void append() throws InterruptedException {
        while (waiting >= window) {
            loop.runNext();
        }
        Frame frame = new Frame(SHARD).stamp(logIndex++, 1, 0);
        frame.add(RECORD_TYPE, meta, 0, META_BYTES, body, 0, BODY_BYTES, false);
        frame.onForced(completion);
        waiting++;
        journal.append(frame);
        if (logIndex % FRAMES_PER_CHECKPOINT == 0) {
            journal.checkpointed(SHARD, journal.forcedPosition());
        }
    }

    @TearDown
    public void close() throws IOException, InterruptedException {
        journal.close();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** A new journal holds nothing. */
    private static final class EmptyReplay implements ReplayHandler {
        @Override
        public void frame(int shard, long logIndex, long epoch, long commitIndex) {
            throw new IllegalStateException("the benchmark's journal is not empty");
        }

        @Override
        public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
            throw new IllegalStateException("the benchmark's journal is not empty");
        }
    }
}
