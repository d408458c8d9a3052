package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

final class RecordReaderTest {
    private final CrashDisk disk = new CrashDisk();
    private final List<String> answers = new ArrayList<>();

    @Test
    void readsRecordsInAnyOrderAcrossSegments() throws Exception {
        Harness harness = Harness.started(disk);
        Frame one = harness.appendAndRun("a", "b");
        harness.fillUpTo(2);
        String great = "g".repeat(Harness.SEGMENT_BYTES * 2);
        Frame two = harness.appendAndRun(great, "c");

        read(harness, two, 1, one, 0, two, 0, one, 1);

        assertThat(answers).containsExactly("c", "a", great, "b", "done");
    }

    @Test
    void deliversTheGoodOnesBesideADamagedOne() throws Exception {
        Harness harness = Harness.started(disk);
        Frame frame = harness.appendAndRun("good one", "bad", "good two");
        disk.flipBit(FileNames.segment(1), (Position.offset(frame.position(1)) + 17) * 8L);

        read(harness, frame, 0, frame, 1, frame, 2);

        assertThat(answers).containsExactly("good one", "BAD_RECORD", "good two", "done");
    }

    @Test
    void saysDamageForAPlaceThatHoldsNoSuchRecord() throws Exception {
        Harness harness = Harness.started(disk);
        Frame frame = harness.appendAndRun("abcdefgh", "b");
        readAt(harness, frame.position(0) + 8, frame.recordBytes(0));
        readAt(harness, frame.position(0), frame.recordBytes(0) + 8);
        readAt(harness, Position.of(9, 64), 24);
        readAt(harness, Position.of(1, Harness.SEGMENT_BYTES - 8), 24);

        assertThat(answers)
                .containsExactly(
                        "BAD_RECORD", "done", "BAD_RECORD", "done", "MISSING_SEGMENT", "done", "BAD_RECORD", "done");
    }

    @Test
    void readsARecordThatIsReleasedWhileItsReadIsUnderWay() throws Exception {
        Harness harness = Harness.started(disk);
        Frame frame = harness.appendAndRun("pinned");
        harness.fillUpTo(2);
        ReclaimTest.releaseAllBut(harness, disk, 1, "pinned");
        for (int shard = 0; shard < Harness.SHARDS; shard++) {
            harness.journal.checkpointed(shard, harness.journal.forcedPosition());
        }
        harness.run();

        harness.journal.read(
                new long[] {frame.position(0)}, new int[] {frame.recordBytes(0)}, 1, harness.loop, callback());
        harness.journal.release(1, frame.recordBytes(0));
        harness.run();

        assertThat(answers).containsExactly("pinned", "done");
        assertThat(disk.list()).doesNotContain(FileNames.segment(1));
    }

    private void read(Harness harness, Object... framesAndOrdinals) {
        int count = framesAndOrdinals.length / 2;
        long[] positions = new long[count];
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            Frame frame = (Frame) framesAndOrdinals[2 * i];
            int ordinal = (Integer) framesAndOrdinals[2 * i + 1];
            positions[i] = frame.position(ordinal);
            bytes[i] = frame.recordBytes(ordinal);
        }
        harness.journal.read(positions, bytes, count, harness.loop, callback());
        harness.run();
    }

    private void readAt(Harness harness, long position, int recordBytes) {
        harness.journal.read(new long[] {position}, new int[] {recordBytes}, 1, harness.loop, callback());
        harness.run();
    }

    private ReadCallback callback() {
        return new ReadCallback() {
            @Override
            public void record(int index, byte[] payload) {
                answers.add(new String(payload, StandardCharsets.UTF_8));
            }

            @Override
            public void damaged(int index, JournalDamage damage) {
                answers.add(damage.code().name());
            }

            @Override
            public void done() {
                answers.add("done");
            }
        };
    }
}
