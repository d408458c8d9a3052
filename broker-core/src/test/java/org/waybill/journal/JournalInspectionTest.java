package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

final class JournalInspectionTest {
    private final CrashDisk disk = new CrashDisk();

    @Test
    void printsSegmentsFramesRecordsAndCheckpoints() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("abc", "d");
        CheckpointWriter writer = harness.journal.checkpoint(1, new RecordingListener());
        writer.append(new byte[8], 0, 8);
        writer.commit(Position.of(1, 64), new byte[3]);
        harness.run();
        harness.journal.close();

        StringBuilder out = new StringBuilder();
        int damaged = JournalInspection.print(disk, true, type -> "type-" + type, out);

        assertThat(damaged).isZero();
        assertThat(out.toString())
                .isEqualTo(
                        """
                segment 1  file segment-0000000001.log  bytes 65536  begun 2023-11-14T22:13:20Z
                  frame 1:64  bytes 104  shard 0  index 1  epoch 1  commit 0  forced 1:64  records 2
                    record 1:120  bytes 24  payload 3  type type-7  crc ok
                    record 1:144  bytes 24  payload 1  type type-7  crc ok
                  frame 1:168  mark
                  frame 1:224  mark
                end of segment 1 at offset 280, the end of the log
                checkpoint checkpoint-00001-0000000000000000001.dat  shard 1  chunks 1  replay from 1:64  meta bytes 3
                free segments: 1
                damaged places: 0
                """);
    }

    @Test
    void countsDamage() throws Exception {
        Harness harness = Harness.started(disk);
        Frame frame = harness.appendAndRun("abc");
        harness.fillUpTo(2);
        harness.append("last");
        harness.run();
        disk.flipBit(FileNames.segment(1), Position.offset(frame.position(0)) * 8L + 130);

        StringBuilder out = new StringBuilder();
        assertThat(JournalInspection.print(disk, true, Integer::toString, out)).isEqualTo(1);
        assertThat(out).contains("DAMAGE Journal segment segment-0000000001.log, offset 64:");
        assertThat(JournalInspection.print(disk, false, Integer::toString, new StringBuilder()))
                .isZero();
    }
}
