package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

/** The bytes on disk, held fast: a change here is a change of the format and needs a new version. */
final class FormatTest {
    private final CrashDisk disk = new CrashDisk();

    @Test
    void writesTheSegmentAndFrameThatTheDocumentDraws() throws Exception {
        Harness harness = Harness.started(disk);
        Frame frame = new Frame(2).stamp(0x1112131415161718L, 0x2122232425262728L, 0x3132333435363738L);
        frame.add((byte) 0xA1, new byte[] {1, 2, 3}, 1, 2, new byte[] {9, 8, 7, 6}, 1, 3, true);
        frame.add((byte) 0x05, new byte[0], 0, 0, null, 0, 0, false);
        harness.journal.append(frame);
        harness.run();

        assertHex(
                0,
                64,
                """
                57415942494c4c4a 870f9b75 01000000 01000000 00000100 00000000 00000000 0068e5cf8b010000
                000000000000000000000000000000000000000000000000""");
        assertHex(
                64,
                56,
                """
                251d1c53 60000000 0100 0200 02000000 40000000 01000000 1817161514131211 2827262524232221
                3837363534333231 4000000001000000""");
        assertHex(120, 24, "81009153 05000000 a1000000 01000000 0203080706 000000");
        assertHex(144, 16, "afe0049e 00000000 05000000 01000000");
        assertHex(160, 8, "0000000000000000");
        assertThat(frame.position(0)).isEqualTo(Position.of(1, 120));
        assertThat(frame.recordBytes(0)).isEqualTo(24);
        assertThat(frame.position(1)).isEqualTo(Position.of(1, 144));
        assertThat(frame.recordBytes(1)).isEqualTo(16);
    }

    @Test
    void writesTheCheckpointThatTheDocumentDraws() throws Exception {
        Harness harness = Harness.started(disk);
        CheckpointWriter writer = harness.journal.checkpoint(1, new RecordingListener());
        writer.append(new byte[] {1, 2, 3, 4, 5}, 1, 3);
        writer.commit(Position.of(1, 64), new byte[] {7, 7});
        harness.run();

        String expected =
                """
                57415942494c4c43 5ad1b630 01000000 01000000 00000000 0100000000000000
                98be8f47 03000000 0000000000000000 0203040000000000
                0707000000000000 00b4e815 02000000 0100000000000000 4000000001000000 3800000000000000""";
        assertThat(HexFormat.of().formatHex(disk.bytes(FileNames.checkpoint(1, 1))))
                .isEqualTo(expected.replaceAll("\\s", ""));
    }

    private void assertHex(int offset, int length, String expected) {
        byte[] actual = Arrays.copyOfRange(disk.bytes(FileNames.segment(1)), offset, offset + length);
        assertThat(HexFormat.of().formatHex(actual)).isEqualTo(expected.replaceAll("\\s", ""));
    }
}
