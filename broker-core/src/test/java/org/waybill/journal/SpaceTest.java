package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

final class SpaceTest {
    private final CrashDisk disk = new CrashDisk();
    private final List<Boolean> told = new ArrayList<>();

    @Test
    void aFullDiskEndsRoomForSendsAndIsNoFailure() throws Exception {
        Harness harness = started();
        harness.appendAndRun("a");
        disk.usableSpaceBytes(0);
        harness.fillUpTo(2);

        assertThat(harness.journal.roomForSends()).isFalse();
        assertThat(told).containsExactly(false);
        assertThat(harness.failures).isEmpty();
    }

    @Test
    void acknowledgementsGoOnInThePreparedSegments() throws Exception {
        Harness harness = started();
        harness.appendAndRun("a");
        disk.usableSpaceBytes(0);
        harness.fillUpTo(2);
        harness.completed.clear();

        harness.appendAndRun("an acknowledgement");

        assertThat(harness.completed).containsExactly("an acknowledgement");
    }

    @Test
    void framesWithoutAnySpaceWaitAndGoOnWhenThereIsSpaceAgain() throws Exception {
        Harness harness = started();
        disk.usableSpaceBytes(0);
        for (int i = 0; i < 30; i++) {
            harness.appendAndRun("x".repeat(8_000));
        }
        int completed = harness.completed.size();
        assertThat(completed).isBetween(7, 29);

        disk.usableSpaceBytes(Long.MAX_VALUE / 2);
        harness.journal.prepareSegments();
        harness.run();

        assertThat(harness.completed).hasSize(30);
        assertThat(harness.journal.roomForSends()).isTrue();
        assertThat(told).containsExactly(false, true);
    }

    @Test
    void recycledSegmentsAreRoomToo() throws Exception {
        int[] free = {Harness.options().preparedSegments()};
        Space space = new Space(Harness.options(), disk, () -> free[0]);
        disk.usableSpaceBytes(0);
        space.check();
        assertThat(space.room()).isFalse();

        // the disk itself stays as full as it was: the segments of a drained queue are kept for reuse
        free[0] += (int) (Harness.options().reserveBytes() / Harness.SEGMENT_BYTES) + 1;
        space.check();
        assertThat(space.room()).isTrue();
    }

    @Test
    void theReserveIsKeptFromSends() throws Exception {
        Harness harness = started();
        long reserve = Harness.options().reserveBytes();
        disk.usableSpaceBytes(reserve - 1);
        harness.journal.prepareSegments();
        assertThat(harness.journal.roomForSends()).isFalse();

        disk.usableSpaceBytes(reserve + 1);
        harness.journal.prepareSegments();
        assertThat(harness.journal.roomForSends()).as("does not flutter").isFalse();

        disk.usableSpaceBytes(reserve + Harness.SEGMENT_BYTES);
        harness.journal.prepareSegments();
        assertThat(harness.journal.roomForSends()).isTrue();
    }

    private Harness started() throws Exception {
        Harness harness = new Harness(disk);
        harness.journal.onRoomChanged(told::add);
        harness.journal.replay(-1, harness);
        harness.start();
        return harness;
    }
}
