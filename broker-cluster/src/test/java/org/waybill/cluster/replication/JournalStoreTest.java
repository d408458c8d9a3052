package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.waybill.io.Clock;
import org.waybill.io.CrashDisk;
import org.waybill.io.ManualLoop;
import org.waybill.io.SystemClock;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.Position;
import org.waybill.journal.SteppedJournal;

/** What a log retains of its journal's space, where a checkpoint's replay begins, and what is found from there. */
final class JournalStoreTest {
    private static final int SHARD = 3;
    private static final int TAIL_BYTES = 100;
    /** Of a record of this type bytes are live until they are released. */
    private static final byte MESSAGE = 1;

    private static final Clock CLOCK = new SystemClock();

    private CrashDisk disk = new CrashDisk();
    private final List<String> told = new ArrayList<>();
    private @Nullable Started started;
    private long knownCommitted;

    /** A journal that runs, with the log in it. */
    private record Started(
            Journal journal, SteppedJournal steps, ManualLoop loop, JournalStore store, LogStore.Recovered recovered) {
        long liveBytes() {
            return journal.counters().liveBytes();
        }

        void force() {
            boolean busy = true;
            while (busy) {
                busy = steps.append();
                busy |= steps.work();
                loop.runAll();
            }
        }
    }

    @Test
    void releasesWhatIsCutAwayOnceItIsForced() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 100), 0);
        log.store().append(message(2, 1, 500), 0);
        log.force();
        assertThat(log.liveBytes()).isEqualTo(liveOf(100) + liveOf(500));
        log.store().append(message(2, 2, 700), 0);
        assertThat(log.liveBytes()).isEqualTo(liveOf(100));
        log.store().append(message(2, 3, 900), 0);
        log.force();
        assertThat(log.liveBytes()).isEqualTo(liveOf(100) + liveOf(900));
    }

    @Test
    void whatIsCommittedIsTheMachinesToRelease() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 100), 0);
        log.force();
        log.store().committed(1);
        log.store().append(message(2, 1, 300), 1);
        log.force();
        log.store().installed();
        assertThat(log.liveBytes()).isEqualTo(liveOf(100));
    }

    @Test
    void spaceIsUsedAgainOnceAStartKnowsWhatIsCommitted() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 100), 0);
        log.force();
        int segment = Position.segmentId(log.store().committed(1));
        log.store().release(segment, liveOf(100) - 1);
        log.store().release(segment, 1);
        log.force();
        assertThat(log.liveBytes())
                .as("a start finds entry 1, and not that it is committed")
                .isEqualTo(liveOf(100));

        log.store().append(message(2, 1, 300), 1);
        assertThat(log.liveBytes()).as("what says so may be lost").isEqualTo(liveOf(100));
        log.force();
        assertThat(log.liveBytes()).isEqualTo(liveOf(300));
        log.store().release(segment, 1);
        assertThat(log.liveBytes()).as("that is known").isEqualTo(liveOf(300) - 1);
    }

    @Test
    void aSnapshotSaysWhatIsCommitted() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 100), 0);
        log.force();
        log.store().release(Position.segmentId(log.store().committed(1)), liveOf(100));
        log.store().installed();
        assertThat(log.liveBytes()).isZero();
    }

    @Test
    void whatALeaderAppendsIsRetainedAsItsFrameSays() throws IOException {
        Started log = start(-1, null);
        Entry entry = message(1, 1, 200);
        Frame frame = new Frame(SHARD).stamp(1, 1, 0);
        entry.addTo(frame, type -> true);
        log.store().append(entry, frame);
        log.force();
        assertThat(log.liveBytes()).isEqualTo(liveOf(200));
        assertThat(log.store().committed(1)).isEqualTo(frame.position(0));
    }

    @Test
    void tellsWhatIsCommittedAsSoonAsTheLogSaysSoAndKeepsTheRest() throws IOException {
        Started log = start(-1, null);
        for (int i = 1; i <= 6; i++) {
            log.store().append(message(i, 1, 40), Math.max(0, i - 2));
        }
        log.force();
        Started again = restart(-1, null);
        assertThat(told).containsExactly("1(1)", "2(1)", "3(1)", "4(1)");
        assertThat(again.recovered().commitIndex()).isEqualTo(4);
        assertThat(again.recovered().meta().index()).isEqualTo(2);
        assertThat(again.recovered().tail()).extracting(Entry::index).containsExactly(3L, 4L, 5L, 6L);
        // the machine has restored nothing
        assertThat(again.liveBytes()).isEqualTo(2L * liveOf(40));
        again.store().committed(5);
    }

    @Test
    void tellsWhatIsKnownToBeCommittedFromElsewhere() throws IOException {
        Started log = start(-1, null);
        for (int i = 1; i <= 3; i++) {
            log.store().append(message(i, 1, 40), 0);
        }
        log.force();
        knownCommitted = 2;
        Started again = restart(-1, null);
        assertThat(told).containsExactly("1(1)", "2(1)");
        assertThat(again.recovered().commitIndex()).isEqualTo(2);
    }

    @Test
    void beginsAReplayAtTheFirstEntryThatIsNotCommitted() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 40), 0);
        log.force();
        log.store().committed(1);
        log.store().append(message(2, 1, 40), 0);
        log.force();
        log.store().append(message(3, 1, 40), 0);
        long replayFrom = log.store().replayFrom();
        log.force();
        restart(replayFrom, meta(1));
        assertThat(started().recovered().tail()).extracting(Entry::index).containsExactly(2L, 3L);
    }

    @Test
    void passesOverWhatWasReplacedBeforeTheReplayBegan() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 40), 0);
        log.store().append(message(2, 1, 40), 1);
        log.force();
        log.store().committed(1);
        long end = log.store().endPosition();
        log.store().append(message(3, 1, 40), 1);
        log.force();
        log.store().append(message(2, 2, 40), 1);
        log.force();
        restart(end, meta(1));
        assertThat(started().recovered().tail()).extracting(Entry::toString).containsExactly("2(2)");
        assertThat(started().liveBytes()).isEqualTo(liveOf(40));
    }

    @Test
    void refusesALogWithAGap() throws IOException {
        Started log = start(-1, null);
        log.store().append(message(1, 1, 40), 0);
        log.force();
        long end = log.store().endPosition();
        log.store().append(message(2, 1, 40), 0);
        log.force();
        assertThatThrownBy(() -> restart(end, meta(0))).hasMessageContaining("gaps");
    }

    private static LogStore.Meta meta(long index) {
        long[] epochs = index == 0 ? new long[0] : new long[] {1, 1};
        return new LogStore.Meta(Promise.NONE, index, epochs, ReplicaSet.NOBODY, false);
    }

    /** What a message of this many bytes occupies. */
    private static int liveOf(int bytes) {
        Frame frame = new Frame(SHARD);
        message(1, 1, bytes).addTo(frame, type -> type == MESSAGE);
        return (int) frame.retainedBytes();
    }

    private static Entry message(long index, long epoch, int bytes) {
        byte[] records = Entry.record(MESSAGE, new byte[bytes]);
        return new Entry(index, epoch, records, 0, records.length);
    }

    private Started restart(long replayFrom, LogStore.@Nullable Meta meta) throws IOException {
        disk = disk.afterKill();
        return start(replayFrom, meta);
    }

    private Started started() {
        Started running = started;
        assertThat(running).isNotNull();
        return running;
    }

    private Started start(long replayFrom, LogStore.@Nullable Meta meta) throws IOException {
        told.clear();
        ManualLoop loop = new ManualLoop("shard");
        Journal journal =
                Journal.open(new JournalOptions(64 << 10, 1, 3, 1 << 20, 1 << 12, 0, 1 << 10, 1_000), disk, CLOCK);
        LogRecovery recovery = new LogRecovery(
                SHARD, type -> type == MESSAGE, TAIL_BYTES, (entry, position) -> told.add(entry.toString()));
        if (meta != null) {
            recovery.checkpoint(replayFrom, LogRecovery.encode(meta));
        }
        journal.replay(recovery.replayFrom(), recovery);
        recovery.committedUpTo(knownCommitted);
        LogStore.Recovered recovered = recovery.recovered();
        recovery.restoreLive(journal);
        journal.registerShard(SHARD, loop);
        SteppedJournal steps = SteppedJournal.start(journal, cause -> {
            throw new AssertionError(cause);
        });
        JournalStore store = new JournalStore(journal, SHARD, loop, type -> type == MESSAGE, recovery);
        store.listener(ticket -> {});
        Started running = new Started(journal, steps, loop, store, recovered);
        running.force();
        started = running;
        return running;
    }
}
