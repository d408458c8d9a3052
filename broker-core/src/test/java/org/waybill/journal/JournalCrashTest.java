package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.io.CrashDisk;
import org.waybill.io.ManualLoop;

/**
 * Stops a random workload before every step of the disk in turn, loses what a crash may lose, recovers, and compares with
 * what was appended: all that was completed is there, nothing is half there, the order is kept, every live body can be read.
 */
final class JournalCrashTest {
    private static final int SHARDS = 2;
    private static final int STEPS = 400;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNothingCompletedWhereverItStops(long seed) throws Exception {
        long steps = 1;
        for (long crashBefore = 1; crashBefore <= steps; crashBefore++) {
            Run run = new Run(seed, new Random(seed * 1_000_003 + crashBefore));
            try {
                steps = Math.max(steps, run.live(crashBefore));
                run.recoverAndGoOn();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", stopped before step " + crashBefore, e);
            }
        }
        assertThat(steps).isGreaterThan(200);
    }

    @Test
    void recyclesAndCleansOnTheWay() throws Exception {
        Run run = new Run(4, new Random(4));
        run.live(Long.MAX_VALUE / 2);
        assertThat(run.disk.list()).doesNotContain(FileNames.segment(1));
        assertThat(run.relocated).isPositive();
    }

    /** Several lives of one directory. */
    private static final class Run implements ReplayHandler {
        private static final int LIVES = 3;

        private final Random workload;
        private final Random fate;
        private final List<ModelShard> shards = new ArrayList<>();
        private CrashDisk disk = new CrashDisk();
        private int current;
        private int relocated;

        Run(long seed, Random fate) {
            this.workload = new Random(seed);
            this.fate = fate;
            for (int shard = 0; shard < SHARDS; shard++) {
                shards.add(new ModelShard(shard, workload));
            }
        }

        /** Recovers, then works until the disk stops; returns the disk's steps if it did not. */
        long live(long crashBefore) throws IOException {
            disk.crashBefore(crashBefore);
            try {
                work();
            } catch (CrashDisk.Crashed e) {
                return 0;
            }
            return disk.hasCrashed() ? crashBefore + 1 : disk.steps();
        }

        void recoverAndGoOn() throws IOException {
            for (int life = 1; life < LIVES; life++) {
                disk = fate.nextInt(4) == 0 ? disk.afterKill() : disk.afterPowerLoss(fate);
                live(1 + fate.nextInt(300));
            }
            disk = disk.afterPowerLoss(fate);
            recover(new ManualLoop("last"));
        }

        private void work() throws IOException {
            ManualLoop loop = new ManualLoop("shards");
            List<Throwable> failures = new ArrayList<>();
            Journal journal = recover(loop);
            Appender appender = journal.startWithoutThreads(failures::add);
            shards.forEach(shard -> shard.readAll(journal, loop));
            for (int step = 0; step < STEPS && !disk.hasCrashed(); step++) {
                step(journal, appender, loop);
            }
            boolean busy = true;
            while (busy && !disk.hasCrashed()) {
                busy = appender.runOnce();
                busy |= journal.runPending();
                loop.runAll();
            }
            loop.runAll();
            assertThat(failures).allMatch(failure -> disk.hasCrashed());
        }

        private void step(Journal journal, Appender appender, ManualLoop loop) {
            ModelShard shard = shards.get(workload.nextInt(SHARDS));
            switch (workload.nextInt(8)) {
                case 0, 1, 2 -> shard.appendSomething(journal);
                case 3, 4 -> appender.runOnce();
                case 5 -> journal.runPending();
                case 6 -> {
                    // As a task of the loop, it comes after the completions that were posted before.
                    loop.runAll();
                    shard.checkpointStep(journal);
                }
                default -> {
                    for (int segment : journal.cleaningCandidates(1)) {
                        relocated++;
                        shards.forEach(owner -> owner.relocate(journal, segment));
                    }
                    shard.readAll(journal, loop);
                }
            }
            if (workload.nextBoolean()) {
                loop.runAll();
            }
        }

        private Journal recover(ManualLoop loop) throws IOException {
            Journal journal = Journal.open(Harness.options(), disk, new TestClock());
            long from = Long.MAX_VALUE;
            List<Long> replayFrom = new ArrayList<>();
            for (ModelShard shard : shards) {
                long needed = shard.recoverCheckpoint(disk);
                replayFrom.add(needed);
                from = Math.min(from, needed);
            }
            journal.replay(from, this);
            for (ModelShard shard : shards) {
                shard.endReplay(replayFrom.get(shard.number) >= 0);
                shard.restoreLive(journal);
                journal.registerShard(shard.number, loop);
                if (replayFrom.get(shard.number) >= 0) {
                    journal.checkpointed(shard.number, replayFrom.get(shard.number));
                }
            }
            return journal;
        }

        @Override
        public void frame(int shard, long logIndex, long epoch, long commitIndex) {
            current = shard;
            shards.get(shard).replayFrame(logIndex);
        }

        @Override
        public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
            shards.get(current).replayRecord(type, position, recordBytes, payload);
        }
    }
}
