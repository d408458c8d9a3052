package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.journal.Frame;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.journal.ReplayHandler;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestSession;

/** Space of the journal when a message is copied forward and its removal is not committed yet, or never. */
final class StraysTest {
    private static final int SEGMENT_BYTES = 1 << 16;

    private final CoreFixture core =
            new CoreFixture(new CrashDisk(), 1, 64L << 20, SEGMENT_BYTES, name -> AddressSettings.defaults());
    private final Shard shard = core.shards[0];
    private final long beginning = core.journal.forcedPosition();
    private final Held log = new Held(shard.log());
    private long one;

    @BeforeEach
    void threeMessagesOfWhichTheFirstIsCopiedAndRemoved() {
        shard.log(log);
        TestSession session = core.session();
        session.producer("q").sendDurable(0, 3);
        TestConsumer consumer = session.consumer("q");
        consumer.receive(3);
        core.loop.settle();
        one = core.journal.counters().liveBytes() / 3;
        Turn copy = copyOfTheFirst();
        log.holds = true;
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, true);
        session.session.flush();
        core.loop.settle();
        shard.appendLocally(copy);
        core.loop.settle();
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void bothRecordsAreKeptUntilTheRemovalIsCommitted() {
        assertThat(core.journal.counters().liveBytes()).isEqualTo(4 * one);
        log.release();
        core.loop.settle();
        assertThat(core.journal.counters().liveBytes()).isEqualTo(2 * one);
    }

    @Test
    void theCopyIsTheRecordOfAMessageWhoseRemovalIsNotCommittedAfterAll() throws IOException {
        Shard again = madeAgain(log.committedIndex);
        assertThat(texts(again)).isEqualTo(3);
        assertThat(core.journal.counters().liveBytes()).isEqualTo(3 * one);
    }

    @Test
    void neitherIsKeptWhenTheRemovalWasCommittedAndItsEffectsTookPlace() throws IOException {
        log.releaseOne();
        Shard again = madeAgain(log.committedIndex);
        assertThat(texts(again)).isEqualTo(2);
        assertThat(core.journal.counters().liveBytes()).isEqualTo(2 * one);
    }

    @Test
    void aCopyThatIsOnItsWayWhenTheStateIsVoidCountsForWhoeverReadsTheJournalThen() throws IOException {
        log.release();
        core.loop.settle();
        shard.appendLocally(copyOfTheFirst());
        Shard again = madeAgain(log.committedIndex);
        long at = positionOfTheFirst(again);
        core.loop.settle();
        Shard oncemore = madeAgain(again, log.committedIndex);
        assertThat(positionOfTheFirst(oncemore)).as("the record that is live").isEqualTo(at);
        assertThat(core.journal.counters().liveBytes()).isEqualTo(2 * one);
    }

    private static long positionOfTheFirst(Shard of) {
        List<Long> positions = new ArrayList<>();
        of.state().nodes().forEach(node -> node.queue
                .lines()
                .forEachLive((block, index) -> positions.add(block.position(index))));
        return positions.get(0);
    }

    private static int texts(Shard of) {
        int[] live = {0};
        of.state().nodes().forEach(node -> node.queue.lines().forEachLive((block, index) -> live[0]++));
        return live[0];
    }

    private Turn copyOfTheFirst() {
        Queue queue = shard.state().nodes().iterator().next().queue;
        List<Block> blocks = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        queue.lines().forEachLive((each, at) -> {
            blocks.add(each);
            indexes.add(at);
        });
        Block block = blocks.get(0);
        int index = indexes.get(0);
        Turn copy = new Turn(shard);
        boolean[] done = {false};
        shard.journal()
                .read(
                        new long[] {block.position(index)},
                        new int[] {block.recordBytes(index)},
                        1,
                        core.loop,
                        new ReadCallback() {
                            @Override
                            public void record(int i, byte[] payload) {
                                shard.storage().relocate(copy, queue, block, index, payload);
                            }

                            @Override
                            public void damaged(int i, JournalDamage damage) {
                                throw new AssertionError(damage);
                            }

                            @Override
                            public void done() {
                                done[0] = true;
                            }
                        });
        core.loop.until(() -> done[0]);
        return copy;
    }

    /** The shard is given up, and its state read from the log up to an index. */
    private Shard madeAgain(long upTo) throws IOException {
        return madeAgain(shard, upTo);
    }

    private Shard madeAgain(Shard former, long upTo) throws IOException {
        long[] end = {-1};
        former.abandon(position -> end[0] = position);
        core.loop.until(() -> end[0] >= 0);
        Shard again = core.shard(0, SEGMENT_BYTES);
        Follower follower = new Follower(again);
        core.journal.reread(beginning, end[0], new ReplayHandler() {
            private boolean counts;

            @Override
            public void frame(int number, long logIndex, long epoch, long commitIndex) {
                counts = logIndex <= upTo;
            }

            @Override
            public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
                if (counts) {
                    follower.record(type, position, recordBytes, payload);
                }
            }
        });
        follower.follow(log);
        follower.succeed(former);
        return again;
    }

    /** Keeps back what is committed while it holds. */
    private static final class Held implements ShardLog {
        private final ShardLog own;
        private final List<Runnable> held = new ArrayList<>();
        private long committedIndex;
        private boolean holds;

        Held(ShardLog own) {
            this.own = own;
        }

        @Override
        public void append(Frame frame, Runnable committed) {
            own.append(frame, () -> {
                Runnable effects = () -> {
                    committedIndex = frame.logIndex();
                    committed.run();
                };
                if (holds) {
                    held.add(effects);
                } else {
                    effects.run();
                }
            });
        }

        @Override
        public void appendUnhurried(Frame frame, Runnable committed) {
            append(frame, committed);
        }

        void releaseOne() {
            held.remove(0).run();
        }

        void release() {
            holds = false;
            while (!held.isEmpty()) {
                releaseOne();
            }
        }

        @Override
        public long lastIndex() {
            return own.lastIndex();
        }

        @Override
        public boolean mayAct() {
            return true;
        }

        @Override
        public boolean isBacklogged() {
            return false;
        }

        @Override
        public long replayFrom() {
            return own.replayFrom();
        }

        @Override
        public byte[] meta() {
            return own.meta();
        }
    }
}
