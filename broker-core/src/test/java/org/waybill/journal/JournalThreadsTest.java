package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.io.Cancellable;
import org.waybill.io.FileDisk;
import org.waybill.io.Loop;
import org.waybill.io.SystemClock;

/** The journal with its real threads and real files, under several loops at once. */
@Timeout(60)
final class JournalThreadsTest {
    private static final int LOOPS = 3;
    private static final int FRAMES = 2_000;
    private static final int IN_FLIGHT = 7;

    @TempDir
    Path directory;

    @Test
    void completesEachShardsFramesInOrderAndKeepsThem() throws Exception {
        JournalOptions options = new JournalOptions(1 << 20, 2, 4, 1 << 20, 1 << 20, 0, 0, 1_000);
        List<Shard> shards = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(LOOPS);
        Journal journal = Journal.open(options, new FileDisk(directory), new SystemClock());
        journal.replay(-1, new Counts());
        for (int i = 0; i < LOOPS; i++) {
            Shard shard = new Shard(i, journal, done);
            shards.add(shard);
            journal.registerShard(i, shard);
        }
        List<Throwable> failures = new ArrayList<>();
        journal.start(failures::add);
        shards.forEach(shard -> shard.execute(shard::begin));
        done.await();
        JournalCounters counters = journal.counters();
        journal.close();
        shards.forEach(Shard::close);

        assertThat(failures).isEmpty();
        assertThat(shards).allMatch(shard -> shard.outOfOrder == 0);
        assertThat(counters.frames()).isEqualTo((long) LOOPS * FRAMES);
        assertThat(counters.segments()).isGreaterThan(2);
        Counts replayed = new Counts();
        Journal.open(options, new FileDisk(directory), new SystemClock()).replay(-1, replayed);
        assertThat(replayed.frames).containsOnly(FRAMES);
    }

    private static final class Counts implements ReplayHandler {
        private final int[] frames = new int[LOOPS];

        @Override
        public void frame(int shard, long logIndex, long epoch, long commitIndex) {
            frames[shard]++;
            assertThat(logIndex).isEqualTo(frames[shard]);
        }

        @Override
        public void record(byte type, long position, int recordBytes, ByteBuffer payload) {}
    }

    /** A loop on a thread, and a shard on it that keeps a few frames in flight. */
    private static final class Shard implements Loop {
        private final ExecutorService thread;
        private final int number;
        private final Journal journal;
        private final CountDownLatch done;
        private long appended;
        private long completed;
        private int outOfOrder;

        Shard(int number, Journal journal, CountDownLatch done) {
            this.thread = Executors.newSingleThreadExecutor();
            this.number = number;
            this.journal = journal;
            this.done = done;
        }

        void begin() {
            for (int i = 0; i < IN_FLIGHT; i++) {
                appendNext();
            }
        }

        void close() {
            thread.shutdown();
        }

        @Override
        public String name() {
            return "shard-" + number;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public Cancellable schedule(long delayNs, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        private void appendNext() {
            if (appended == FRAMES) {
                return;
            }
            Frame frame = new Frame(number).stamp(++appended, 1, completed);
            byte[] body = new byte[(int) (appended % 1_500)];
            frame.add((byte) 1, new byte[8], 0, 8, body, 0, body.length, true);
            frame.onForced(forced -> {
                completed++;
                if (forced.logIndex() != completed) {
                    outOfOrder++;
                }
                appendNext();
                if (completed == FRAMES) {
                    done.countDown();
                }
            });
            journal.append(frame);
        }
    }
}
