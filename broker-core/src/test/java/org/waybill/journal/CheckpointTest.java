package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;
import org.waybill.io.Disk;

final class CheckpointTest {
    private final CrashDisk disk = new CrashDisk();
    private final RecordingListener listener = new RecordingListener();

    @Test
    void givesBackChunksMetaAndReplayPosition() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("a");
        long from = harness.journal.forcedPosition();
        write(harness, from, "meta", "one", "", "three");

        assertThat(listener.told).containsExactly("committed");
        assertThat(read(disk)).isEqualTo("meta:one,,three@" + from);
    }

    @Test
    void replacesTheOlderCheckpoint() throws Exception {
        Harness harness = Harness.started(disk);
        write(harness, 0, "m", "old");
        write(harness, 0, "m", "new");

        assertThat(read(disk)).isEqualTo("m:new@0");
        assertThat(disk.list())
                .filteredOn(name -> name.startsWith("checkpoint"))
                .hasSize(1);
    }

    @Test
    void isNotHeldUpByOneThatCouldNotBeRemoved() throws Exception {
        Harness harness = Harness.started(disk);
        write(harness, 0, "m", "old");
        disk.open(FileNames.checkpoint(0, 2) + FileNames.TEMPORARY, Disk.Access.CREATE);
        write(harness, 0, "m", "new");

        assertThat(listener.told).containsExactly("committed", "committed");
        assertThat(read(disk)).isEqualTo("m:new@0");
    }

    @Test
    void isCommittedOnlyAfterWhatItsShardAppendedIsForced() throws Exception {
        Harness harness = Harness.started(disk);
        CheckpointWriter writer = harness.journal.checkpoint(0, listener);
        writer.append(new byte[8], 0, 8);
        harness.append("not yet forced");
        writer.commit(0, new byte[0]);
        harness.journal.runPending();
        assertThat(CheckpointReader.newest(disk, 0)).isEmpty();

        harness.run();
        assertThat(CheckpointReader.newest(disk, 0)).isPresent();
    }

    @Test
    void oldOrNewIsInForceWhereverACrashStopsTheWriting() throws Exception {
        Harness first = Harness.started(disk);
        write(first, 0, "m", "old");
        first.journal.close();
        for (int step = 1; step <= 20; step++) {
            for (int fate = 0; fate < 8; fate++) {
                CrashDisk crashing = disk.afterKill();
                Harness harness = Harness.started(crashing);
                crashing.crashBefore(step);
                listener.told.clear();
                write(harness, 0, "m", "new");
                CrashDisk after = crashing.afterPowerLoss(new Random(step * 100L + fate));
                Harness.started(after);

                if (listener.told.contains("committed")) {
                    assertThat(read(after)).isEqualTo("m:new@0");
                } else {
                    assertThat(read(after)).isIn("m:old@0", "m:new@0");
                }
                assertThat(after.list()).noneMatch(name -> name.endsWith(FileNames.TEMPORARY));
            }
        }
        assertThat(listener.told).containsExactly("committed");
    }

    @Test
    void aCheckpointThatCannotBeWrittenLeavesThePreviousOne() throws Exception {
        Harness harness = Harness.started(disk);
        write(harness, 0, "m", "old");
        CheckpointWriter writer = harness.journal.checkpoint(0, listener);
        writer.append(new byte[8], 0, 8);
        harness.run();
        // The first force is that of the log, on which the commit waits.
        disk.failForce(2);
        writer.commit(0, new byte[0]);
        harness.run();

        assertThat(listener.told).containsExactly("committed", "failed");
        assertThat(read(disk)).isEqualTo("m:old@0");
        assertThat(harness.failures).isEmpty();
    }

    @Test
    void anAbortedCheckpointLeavesNothing() throws Exception {
        Harness harness = Harness.started(disk);
        CheckpointWriter writer = harness.journal.checkpoint(0, listener);
        writer.append(new byte[8], 0, 8);
        harness.run();
        writer.abort();
        harness.run();

        assertThat(disk.list()).noneMatch(name -> name.startsWith("checkpoint"));
        assertThat(listener.told).isEmpty();
    }

    @Test
    void refusesChunksWhileTooMuchIsUnderWayAndSaysWhenItIsReady() throws Exception {
        Harness harness = Harness.started(disk);
        CheckpointWriter writer = harness.journal.checkpoint(0, listener);
        byte[] chunk = new byte[1 << 20];
        int taken = 0;
        while (writer.append(chunk, 0, chunk.length)) {
            taken++;
        }
        assertThat(taken).isEqualTo(4);
        harness.run();
        assertThat(listener.told).containsExactly("ready");
        assertThat(writer.append(chunk, 0, chunk.length)).isTrue();
    }

    @Test
    void refusesAnyFlippedBitThatMatters() throws Exception {
        Harness harness = Harness.started(disk);
        write(harness, 0, "metameta", "contents");
        String name = FileNames.checkpoint(0, 1);
        for (long bit = 0; bit < disk.bytes(name).length * 8L; bit++) {
            CrashDisk flipped = disk.afterKill();
            flipped.flipBit(name, bit);
            assertThatThrownBy(() -> read(flipped))
                    .as("bit %d", bit)
                    .isInstanceOf(JournalDamage.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void refusesATruncatedFile() throws Exception {
        Harness harness = Harness.started(disk);
        write(harness, 0, "meta", "contents");
        String name = FileNames.checkpoint(0, 1);
        byte[] whole = disk.bytes(name);
        for (int length = 0; length < whole.length; length++) {
            CrashDisk cut = disk.afterKill();
            cut.put(name, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> read(cut)).as("length %d", length).isInstanceOf(JournalDamage.class);
        }
    }

    private void write(Harness harness, long from, String meta, String... chunks) {
        CheckpointWriter writer = harness.journal.checkpoint(0, listener);
        for (String chunk : chunks) {
            byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
            writer.append(bytes, 0, bytes.length);
        }
        writer.commit(from, meta.getBytes(StandardCharsets.UTF_8));
        harness.run();
    }

    private static String read(CrashDisk disk) throws IOException {
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, 0);
        List<String> chunks = new ArrayList<>();
        try (CheckpointReader reader = newest.orElseThrow()) {
            for (ByteBuffer chunk = reader.next(); chunk != null; chunk = reader.next()) {
                chunks.add(StandardCharsets.UTF_8.decode(chunk).toString());
            }
            return new String(reader.meta(), StandardCharsets.UTF_8) + ":" + String.join(",", chunks) + "@"
                    + reader.replayFromPosition();
        }
    }
}
