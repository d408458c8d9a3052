package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

final class ReclaimTest {
    private final CrashDisk disk = new CrashDisk();
    private Harness harness;

    @BeforeEach
    void start() throws IOException {
        harness = Harness.started(disk);
    }

    @Test
    void recyclesASegmentWithoutLiveBytesOnceEveryShardIsPastIt() throws Exception {
        harness.fillUpTo(2);
        releaseAllBut(harness, disk, 1, "");
        long now = harness.journal.forcedPosition();
        harness.journal.checkpointed(0, now);
        harness.journal.checkpointed(1, now);
        harness.run();
        assertThat(disk.list()).contains(FileNames.segment(1));

        harness.journal.checkpointed(2, now);
        harness.run();
        assertThat(disk.list()).doesNotContain(FileNames.segment(1));
        assertThat(harness.journal.counters().freeSegments()).isEqualTo(2);
    }

    @Test
    void keepsASegmentThatHoldsALiveRecordUntilItIsReleased() throws Exception {
        Frame kept = harness.appendAndRun("kept");
        harness.fillUpTo(2);
        releaseAllBut(harness, disk, 1, "kept");
        checkpointAll();
        assertThat(disk.list()).contains(FileNames.segment(1));

        harness.journal.release(1, kept.recordBytes(0));
        harness.run();
        assertThat(disk.list()).doesNotContain(FileNames.segment(1));
    }

    @Test
    void namesMostlyDeadSegmentsForCleaningOldestFirst() throws Exception {
        harness.appendAndRun("one old message");
        harness.fillUpTo(2);
        harness.appendAndRun("another");
        harness.fillUpTo(4);
        releaseAllBut(harness, disk, 1, "one old message");
        releaseAllBut(harness, disk, 2, "another");
        assertThat(harness.journal.cleaningCandidates(9)).isEmpty();
        checkpointAll();

        assertThat(harness.journal.cleaningCandidates(9)).containsExactly(1, 2);
        assertThat(harness.journal.cleaningCandidates(1)).containsExactly(1);
    }

    @Test
    void deletesWhatThePoolDoesNotTake() throws Exception {
        harness.fillUpTo(7);
        for (int id = 1; id < 7; id++) {
            releaseAllBut(harness, disk, id, "");
        }
        checkpointAll();

        assertThat(harness.journal.counters().freeSegments())
                .isEqualTo(Harness.options().pooledSegments());
        assertThat(disk.list()).hasSize(1 + Harness.options().pooledSegments());
    }

    @Test
    void countsLiveBytes() {
        Frame frame = harness.appendAndRun("a", "b");
        assertThat(harness.journal.counters().liveBytes()).isEqualTo(frame.recordBytes(0) + frame.recordBytes(1));
        harness.journal.release(1, frame.recordBytes(0));
        assertThat(harness.journal.counters().liveBytes()).isEqualTo(frame.recordBytes(1));
        assertThatThrownBy(() -> harness.journal.release(1, 10_000)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesLiveBytesOfALostSegment() throws Exception {
        Harness recovering = new Harness(disk.afterKill());
        assertThatThrownBy(() -> recovering.journal.restoreLive(5, 100))
                .isInstanceOf(JournalDamage.class)
                .hasMessageContaining(FileNames.segment(5));
    }

    private void checkpointAll() {
        for (int shard = 0; shard < Harness.SHARDS; shard++) {
            harness.journal.checkpointed(shard, harness.journal.forcedPosition());
        }
        harness.run();
    }

    /** Releases what the frames of a segment retain, as their owner would, but for one payload. */
    static void releaseAllBut(Harness harness, CrashDisk disk, int segmentId, String kept) throws IOException {
        Harness reader = new Harness(disk.afterKill());
        reader.journal.replay(Position.of(segmentId, SegmentHeader.BYTES), reader);
        for (int i = 0; i < reader.positions.size(); i++) {
            if (Position.segmentId(reader.positions.get(i)) == segmentId
                    && !reader.replayed.get(i).equals(kept)) {
                harness.journal.release(segmentId, reader.recordBytes.get(i));
            }
        }
    }
}
