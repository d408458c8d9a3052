package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

final class JournalTest {
    private final CrashDisk disk = new CrashDisk();

    @Test
    void replaysWhatWasCompletedInOrder() throws Exception {
        Harness first = Harness.started(disk);
        first.append("a", "b");
        first.append("c");
        first.run();
        first.appendAndRun("d");

        Harness second = Harness.started(disk.afterPowerLoss(new Random(1)));

        assertThat(first.completed).containsExactly("a,b", "c", "d");
        assertThat(second.replayed).containsExactly("a", "b", "c", "d");
    }

    @Test
    void completesABatchWithOneForceAndOneTaskPerLoop() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("first");
        long forces = disk.forces();

        harness.journal.append(harness.frame(0, "a"));
        harness.journal.append(harness.frame(1, "b"));
        harness.journal.append(harness.frame(0, "c"));
        harness.batch();

        assertThat(disk.forces() - forces).isEqualTo(1);
        assertThat(harness.loop.waiting()).isEqualTo(1);
        harness.loop.runAll();
        assertThat(harness.completed).containsExactly("first", "a", "b", "c");
    }

    @Test
    void forcesWhatAKilledProcessLeftInThePageCache() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            CrashDisk killed = new CrashDisk();
            Harness first = Harness.started(killed);
            first.appendAndRun("a");
            // The write is done, the force is not.
            killed.crashBefore(2);
            first.appendAndRun("b");
            CrashDisk restarted = killed.afterKill();
            Harness second = Harness.started(restarted);
            assertThat(second.replayed).containsExactly("a", "b");
            second.appendAndRun("c");

            assertThat(Harness.started(restarted.afterPowerLoss(new Random(seed))).replayed)
                    .as("seed %d", seed)
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void completesNothingBeforeTheForce() throws Exception {
        Harness harness = Harness.started(disk);
        harness.append("a");
        harness.loop.runAll();
        assertThat(harness.completed).isEmpty();
    }

    @Test
    void writesWhatNobodyWaitsForAndForcesItWithWhatSomebodyWaitsFor() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("first");
        long forces = disk.forces();

        appendUnhurried(harness, "a");
        harness.run();
        assertThat(disk.forces()).isEqualTo(forces);
        assertThat(harness.completed).containsExactly("first");
        assertThat(Harness.started(disk.afterKill()).replayed).containsExactly("first", "a");

        harness.appendAndRun("b");
        assertThat(disk.forces()).isEqualTo(forces + 1);
        assertThat(harness.completed).containsExactly("first", "a", "b");
        assertThat(Harness.started(disk.afterPowerLoss(new Random(1))).replayed).containsExactly("first", "a", "b");
    }

    @Test
    void forcesWhatNobodyWaitsForWhenItsTimeIsUp() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("first");
        long forces = disk.forces();
        appendUnhurried(harness, "a");
        harness.run();
        harness.clock.advanceNs(Appender.MAX_UNFORCED_NS - 1);
        appendUnhurried(harness, "b");
        harness.run();
        assertThat(disk.forces()).isEqualTo(forces);

        harness.clock.advanceNs(1);
        harness.run();

        assertThat(disk.forces()).isEqualTo(forces + 1);
        assertThat(harness.completed).containsExactly("first", "a", "b");
    }

    @Test
    void completesWhatNobodyWaitsForBeforeItCloses() throws Exception {
        Harness harness = Harness.started(disk);
        appendUnhurried(harness, "a");
        harness.journal.close();
        harness.loop.runAll();

        assertThat(harness.completed).containsExactly("a");
        assertThat(Harness.started(disk.afterPowerLoss(new Random(1))).replayed).containsExactly("a");
    }

    private static void appendUnhurried(Harness harness, String payload) {
        Frame frame = harness.frame(0, payload);
        frame.unhurried();
        harness.journal.append(frame);
    }

    @Test
    void beginsANewSegmentAfterARestartAndReplaysAcrossIt() throws Exception {
        CrashDisk now = disk;
        List<String> expected = new ArrayList<>();
        for (int life = 0; life < 4; life++) {
            Harness harness = Harness.started(now);
            assertThat(harness.replayed).isEqualTo(expected);
            harness.appendAndRun("life " + life);
            expected.add("life " + life);
            now = now.afterKill();
        }
    }

    @Test
    void replaysFromAPosition() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("a");
        first.fillUpTo(2);
        first.appendAndRun("b");
        long from = first.journal.forcedPosition();
        first.appendAndRun("c");

        Harness second = new Harness(disk.afterKill());
        long end = second.journal.replay(from, second);

        assertThat(second.replayed).containsExactly("c");
        assertThat(end).isEqualTo(first.journal.forcedPosition());
    }

    @Test
    void givesAGreatFrameASegmentOfItsOwn() throws Exception {
        Harness first = Harness.started(disk);
        String great = "g".repeat(3 * Harness.SEGMENT_BYTES + 5);
        first.appendAndRun("before");
        Frame frame = first.appendAndRun(great, "small");
        first.appendAndRun("after");

        assertThat(Position.segmentId(frame.position(0))).isEqualTo(2);
        assertThat(disk.bytes(FileNames.segment(2))).hasSizeGreaterThan(great.length());
        assertThat(Harness.started(disk.afterPowerLoss(new Random(2))).replayed)
                .containsExactly("before", great, "small", "after");
    }

    @Test
    void refusesAFrameGreaterThanTheLimit() throws Exception {
        Harness harness = Harness.started(disk);
        assertThatThrownBy(() -> harness.append("x".repeat(1 << 20))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stopsForGoodWhenAForceFails() throws Exception {
        Harness harness = Harness.started(disk);
        harness.appendAndRun("a");
        disk.failForce(1);
        harness.append("b");
        harness.run();
        harness.append("c");
        harness.run();

        assertThat(harness.completed).containsExactly("a");
        assertThat(harness.failures).singleElement().isInstanceOf(IOException.class);
    }

    @Test
    void closingMarkMakesTheLossOfTheLastFrameKnown() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("a");
        Frame last = first.appendAndRun("b");
        first.journal.close();
        disk.flipBit(FileNames.segment(1), Position.offset(last.position(0)) * 8L + 130);

        assertDamage(disk, JournalDamage.Code.LOST_FORCED_DATA, FileNames.segment(1));
    }

    @Test
    void refusesABitFlippedInTheMiddleOfTheLastSegment() throws Exception {
        Harness first = Harness.started(disk);
        Frame frame = first.appendAndRun("aaaa");
        first.appendAndRun("bbbb");
        first.appendAndRun("cccc");
        int begin = Position.offset(frame.position(0)) - FrameLayout.HEADER_BYTES;
        for (long bit = begin * 8L; bit < (begin + frame.frameBytes() - 4L) * 8; bit++) {
            CrashDisk flipped = disk.afterKill();
            flipped.flipBit(FileNames.segment(1), bit);
            assertDamage(flipped, JournalDamage.Code.LOST_FORCED_DATA, FileNames.segment(1));
        }
    }

    @Test
    void refusesABitFlippedInASealedSegment() throws Exception {
        Harness first = Harness.started(disk);
        Frame frame = first.appendAndRun("aaaa");
        first.fillUpTo(2);
        disk.flipBit(FileNames.segment(1), Position.offset(frame.position(0)) * 8L);

        assertDamage(disk, JournalDamage.Code.BAD_FRAME, FileNames.segment(1) + ", offset 64");
    }

    @Test
    void refusesTheLossOfTheLastFrameOfASealedSegment() throws Exception {
        Harness first = Harness.started(disk);
        first.fillUpTo(2);
        byte[] sealed = disk.bytes(FileNames.segment(1));
        Arrays.fill(sealed, Harness.SEGMENT_BYTES - 10_000, Harness.SEGMENT_BYTES, (byte) 0);
        disk.put(FileNames.segment(1), sealed);

        assertDamage(disk, JournalDamage.Code.BAD_FRAME, FileNames.segment(1));
    }

    @Test
    void refusesAMissingSegment() throws Exception {
        Harness first = Harness.started(disk);
        first.fillUpTo(4);
        disk.lose(FileNames.segment(2));

        assertDamage(disk, JournalDamage.Code.MISSING_SEGMENT, FileNames.segment(2));
    }

    @Test
    void refusesALogThatEndsBeforeTheReplayPosition() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("a");
        CrashDisk before = disk.afterKill();
        first.appendAndRun("b");
        first.appendAndRun("c");
        long from = first.journal.forcedPosition();

        Harness second = new Harness(before);
        assertThatThrownBy(() -> second.journal.replay(from, second))
                .isInstanceOfSatisfying(JournalDamage.class, damage -> assertThat(damage.code())
                        .isEqualTo(JournalDamage.Code.LOST_FORCED_DATA));
        Harness third = new Harness(new CrashDisk());
        assertThatThrownBy(() -> third.journal.replay(from, third)).isInstanceOf(JournalDamage.class);
    }

    @Test
    void refusesADamagedSegmentHeader() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("a");
        for (long bit = 0; bit < SegmentHeader.BYTES * 8L; bit++) {
            CrashDisk flipped = disk.afterKill();
            flipped.flipBit(FileNames.segment(1), bit);
            assertThatThrownBy(() -> new Harness(flipped))
                    .isInstanceOf(JournalDamage.class)
                    .hasMessageContaining(FileNames.segment(1));
        }
    }

    @Test
    void refusesATruncatedSegment() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("a");
        disk.put(FileNames.segment(1), Arrays.copyOf(disk.bytes(FileNames.segment(1)), 4096));
        assertThatThrownBy(() -> new Harness(disk)).hasMessageContaining("4096 bytes instead of 65536");
    }

    @Test
    void cutsATornLastFrameWhereverItIsTorn() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("kept");
        byte[] before = disk.bytes(FileNames.segment(1)).clone();
        Frame torn = first.appendAndRun("torn one", "torn two and a bit more");
        byte[] after = disk.bytes(FileNames.segment(1)).clone();
        int begin = Position.offset(torn.position(0)) - FrameLayout.HEADER_BYTES;

        int significant = begin + torn.frameBytes();
        while (after[significant - 1] == 0) {
            significant--;
        }
        for (int cut = begin; cut < significant; cut++) {
            byte[] bytes = before.clone();
            System.arraycopy(after, begin, bytes, begin, cut - begin);
            CrashDisk crashed = disk.afterKill();
            crashed.put(FileNames.segment(1), bytes);
            Harness second = Harness.started(crashed);
            assertThat(second.replayed).as("torn at %d", cut).containsExactly("kept");
            second.appendAndRun("new");
            assertThat(Harness.started(crashed.afterKill()).replayed).containsExactly("kept", "new");
        }
    }

    @Test
    void cutsAFrameWhoseBeginningIsLostThoughALaterFrameOfTheSameBatchIsThere() throws Exception {
        Harness first = Harness.started(disk);
        first.appendAndRun("kept");
        byte[] before = disk.bytes(FileNames.segment(1)).clone();
        Frame lost = first.append("lost");
        first.append("unforced too");
        first.run();
        byte[] bytes = disk.bytes(FileNames.segment(1));
        int begin = Position.offset(lost.position(0)) - FrameLayout.HEADER_BYTES;
        System.arraycopy(before, begin, bytes, begin, lost.frameBytes());
        disk.put(FileNames.segment(1), bytes);

        CrashDisk cut = disk.afterKill();
        Harness second = Harness.started(cut);
        assertThat(second.replayed).containsExactly("kept");
        second.appendAndRun("lost");
        assertThat(Harness.started(cut.afterKill()).replayed).containsExactly("kept", "lost");
    }

    @Test
    void doesNotTakeTheFormerLifeOfARecycledSegmentForLog() throws Exception {
        Harness first = Harness.started(disk);
        first.fillUpTo(3);
        long from = first.journal.forcedPosition();
        ReclaimTest.releaseAllBut(first, disk, 1, "");
        ReclaimTest.releaseAllBut(first, disk, 2, "");
        for (int shard = 0; shard < Harness.SHARDS; shard++) {
            first.journal.checkpointed(shard, from);
        }
        first.run();
        assertThat(disk.list()).doesNotContain(FileNames.segment(1), FileNames.segment(2));
        first.fillUpTo(4);
        first.appendAndRun("the end");

        Harness second = new Harness(disk.afterKill());
        second.journal.replay(from, second);

        assertThat(second.replayed).last().isEqualTo("the end");
    }

    private static void assertDamage(CrashDisk damaged, JournalDamage.Code code, String where) throws IOException {
        Harness harness = new Harness(damaged);
        assertThatThrownBy(() -> harness.journal.replay(-1, harness))
                .isInstanceOfSatisfying(JournalDamage.class, damage -> {
                    assertThat(damage.code()).isEqualTo(code);
                    assertThat(damage).hasMessageContaining(where);
                });
    }
}
