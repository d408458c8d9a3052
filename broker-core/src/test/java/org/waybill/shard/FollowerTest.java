package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.io.CrashDisk;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.ReplayHandler;
import org.waybill.journal.SteppedJournal;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/** A shard that follows has what the one has that leads, on its own disk, and counts what is live there exactly. */
class FollowerTest {
    private static final int SEGMENT_BYTES = 1 << 16;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void hasWhatTheLeaderHas(long seed) {
        Random random = new Random(seed);
        try (CoreFixture core =
                new CoreFixture(new CrashDisk(), 1, 64L << 20, SEGMENT_BYTES, name -> AddressSettings.defaults())) {
            Twin twin = new Twin(core);
            twin.follow();
            core.shards[0].log(new Tee(core.shards[0].log(), twin));
            work(core, random, twin);
            twin.settle();
            assertThat(twin.live()).as("seed %d", seed).isEqualTo(live(core.shards[0]));
            assertThat(twin.liveBytes()).as("seed %d", seed).isEqualTo(twin.referredBytes());
            assertThat(twin.drained()).as("seed %d", seed).isEqualTo(queued());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void takesAStateOverWhileItChanges(long seed) {
        Random random = new Random(seed);
        try (CoreFixture core =
                new CoreFixture(new CrashDisk(), 1, 64L << 20, SEGMENT_BYTES, name -> AddressSettings.defaults())) {
            Twin twin = new Twin(core);
            core.shards[0].log(new Tee(core.shards[0].log(), twin));
            work(core, random, null);
            twin.take(core.shards[0], () -> step(core, random));
            work(core, random, null);
            twin.settle();
            assertThat(twin.live()).as("seed %d", seed).isEqualTo(live(core.shards[0]));
            assertThat(twin.liveBytes()).as("seed %d", seed).isEqualTo(twin.referredBytes());
            Twin again = twin.reopened();
            assertThat(again.live()).as("seed %d, from the disk", seed).isEqualTo(live(core.shards[0]));
            assertThat(again.drained()).as("seed %d", seed).isEqualTo(queued());
        }
    }

    private final List<TestConsumer> subscribers = new ArrayList<>();
    private TestSession session;
    private TestProducer toQueue;
    private TestProducer toTopic;
    private int sent;

    private void work(CoreFixture core, Random random, Twin twin) {
        if (session == null) {
            session = core.session();
            toQueue = session.producer("q");
            for (int i = 0; i < 3; i++) {
                subscribers.add(session.consumer(new ConsumerSpec(
                        "t",
                        NodeKind.TOPIC,
                        false,
                        false,
                        Outcome.FAILED,
                        null,
                        new SubscriptionSpec(new SubscriptionId("s" + i, null), i > 0, false),
                        false,
                        0)));
            }
            toTopic = session.producer("t", NodeKind.TOPIC);
        }
        for (int i = 0; i < 25; i++) {
            step(core, random);
            if (twin != null && random.nextInt(4) == 0) {
                twin.maintain(random);
            }
        }
    }

    private void step(CoreFixture core, Random random) {
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                int count = 1 + random.nextInt(120);
                toQueue.sendDurable(sent, count);
                sent += count;
            }
            case 2 -> {
                int count = 1 + random.nextInt(40);
                toTopic.sendDurable(sent, count);
                sent += count;
            }
            case 3 -> consume(core, random);
            case 4 -> {
                TestConsumer one = subscribers.get(random.nextInt(subscribers.size()));
                int before = one.texts.size();
                one.take(1 + random.nextInt(20));
                for (int i = before; i < one.texts.size(); i++) {
                    one.settle(i, i, random.nextInt(5) == 0 ? Outcome.FAILED : Outcome.ACCEPTED);
                }
            }
            default -> {
                Shard shard = core.shards[0];
                shard.execute(() -> new Cleaner(shard, shard.state()).begin(core.journal.cleaningCandidates(16)));
                core.loop.settle();
            }
        }
        core.loop.drain();
    }

    private void consume(CoreFixture core, Random random) {
        TestConsumer consumer = session.consumer("q");
        consumer.take(1 + random.nextInt(150));
        for (int i = 0; i < consumer.texts.size(); i++) {
            if (random.nextInt(3) > 0) {
                consumer.settle(i, i, Outcome.ACCEPTED);
            }
        }
        consumer.consumer.close();
        session.session.flush();
        core.loop.drain();
    }

    /** What is in the queues, by their ids: ids and failures, in order. */
    private static Map<Integer, List<String>> live(Shard shard) {
        Map<Integer, List<String>> live = new TreeMap<>();
        for (Node node : shard.state().nodes()) {
            List<String> entries = new ArrayList<>();
            node.queue.lines().forEachLive((block, index) -> {
                if (block.logged(index)) {
                    entries.add(block.id(index) + "/" + block.deliveryCount(index));
                }
            });
            if (!node.queue.temporary()) {
                live.put(node.queue.id(), entries);
            }
        }
        return live;
    }

    private List<String> queued() {
        return session.browser("q", null).drain();
    }

    /** Records as the leader does, and has the other follow what is committed. */
    private static final class Tee implements ShardLog {
        private final ShardLog own;
        private final Twin twin;

        Tee(ShardLog own, Twin twin) {
            this.own = own;
            this.twin = twin;
        }

        @Override
        public void append(Frame frame, Runnable committed) {
            own.append(frame, () -> {
                twin.committed(frame);
                committed.run();
            });
        }

        @Override
        public void appendUnhurried(Frame frame, Runnable committed) {
            own.appendUnhurried(frame, () -> {
                twin.committed(frame);
                committed.run();
            });
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

    /** The shard on another node: its own journal and loop. */
    private static final class Twin {
        private final CoreFixture core;
        private final CrashDisk disk;
        private final TestLoop loop = new TestLoop();
        private final Journal journal;
        private final SteppedJournal steps;
        private final List<Frame> early = new ArrayList<>();
        private Shard shard;
        private Follower follower;
        private boolean follows;
        private long committedIndex;
        private long replayFrom;

        Twin(CoreFixture core) {
            this(core, new CrashDisk(), false);
        }

        private Twin(CoreFixture core, CrashDisk disk, boolean recovers) {
            this.core = core;
            this.disk = disk;
            try {
                journal = Journal.open(
                        new JournalOptions(SEGMENT_BYTES, 2, 4, 64 << 20, 1 << 20, 0, 0, 1_000), disk, core.clock);
                shard = newShard();
                follower = new Follower(shard);
                long from = -1;
                if (recovers) {
                    try (CheckpointReader reader =
                            CheckpointReader.newest(disk, 0).orElseThrow()) {
                        follower.restore(reader);
                        from = reader.replayFromPosition();
                    }
                }
                long replayed = from;
                journal.replay(from, new ReplayHandler() {
                    @Override
                    public void frame(int shardNumber, long logIndex, long epoch, long commitIndex) {
                        // everything of it was committed
                    }

                    @Override
                    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
                        if (position >= replayed) {
                            follower.record(type, position, recordBytes, payload);
                        }
                    }
                });
                if (recovers) {
                    follower.countLive();
                }
                journal.registerShard(0, loop);
                journal.checkpointed(0, from);
                steps = SteppedJournal.start(journal, cause -> {
                    throw new AssertionError(cause);
                });
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private Shard newShard() {
            return new Shard(
                    0,
                    loop,
                    core.clock,
                    journal,
                    new Memory(64L << 20),
                    name -> AddressSettings.defaults(),
                    ExactlyOnceSettings.defaults(),
                    SEGMENT_BYTES);
        }

        void follow() {
            follower.follow(new Idle(this));
            follows = true;
        }

        /** An entry is committed where the shard is led. */
        void committed(Frame frame) {
            if (!follows) {
                early.add(frame);
                return;
            }
            Frame copy = new Frame(0).stamp(frame.logIndex(), 1, frame.logIndex() - 1);
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < frame.records(); i++) {
                byte[] payload = new byte[frame.payloadBytes(i)];
                frame.copyPayload(i, payload, 0);
                payloads.add(payload);
                copy.add(frame.type(i), payload, 0, 0, payload, 0, payload.length, Follower.isRetained(frame.type(i)));
            }
            copy.onForced(forced -> {
                for (int i = 0; i < payloads.size(); i++) {
                    ByteBuffer in = ByteBuffer.wrap(payloads.get(i)).order(ByteOrder.LITTLE_ENDIAN);
                    follower.record(forced.type(i), forced.position(i), forced.recordBytes(i), in);
                }
                committedIndex = forced.logIndex();
                follower.committed(committedIndex);
            });
            journal.append(copy);
            settle();
        }

        void settle() {
            boolean busy = true;
            while (busy) {
                busy = loop.one();
                busy = steps.append() || busy;
                busy = steps.work() || busy;
            }
        }

        /** A checkpoint, or cleaning. */
        void maintain(Random random) {
            if (random.nextBoolean()) {
                shard.execute(() -> new Checkpointer(shard, shard.state()).begin(() -> {}));
            } else {
                shard.execute(() -> new Cleaner(shard, shard.state()).begin(journal.cleaningCandidates(16)));
            }
            settle();
        }

        /** Takes the state of the leader, which goes on working. */
        void take(Shard from, Runnable meanwhile) {
            early.clear();
            StateTaker taker = new StateTaker(shard);
            StateGiver giver = new StateGiver(from);
            boolean[] last = {false};
            while (!last[0]) {
                boolean[] there = {false};
                giver.read(5_000, new StateGiver.Receiver() {
                    @Override
                    public void piece(byte[] bytes, boolean isLast) {
                        last[0] = isLast;
                        taker.write(bytes, () -> there[0] = true);
                    }

                    @Override
                    public void failed() {
                        throw new AssertionError("a message cannot be read");
                    }
                });
                meanwhile.run();
                core.loop.until(() -> {
                    settle();
                    return there[0];
                });
            }
            boolean[] done = {false};
            settle();
            replayFrom = journal.forcedPosition();
            taker.commit(replayFrom, new byte[0], inForce -> done[0] = inForce);
            settle();
            assertThat(done[0]).isTrue();
            follower = taker.follower();
            follow();
            List<Frame> missed = List.copyOf(early);
            early.clear();
            missed.forEach(this::committed);
        }

        Twin reopened() {
            settle();
            try {
                journal.close();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            Twin again = new Twin(core, disk, true);
            again.follow();
            return again;
        }

        Map<Integer, List<String>> live() {
            return FollowerTest.live(shard);
        }

        long liveBytes() {
            return journal.counters().liveBytes();
        }

        /** What the state refers to in the journal. */
        long referredBytes() {
            Map<Long, Integer> records = new TreeMap<>();
            for (Node node : shard.state().nodes()) {
                node.queue
                        .lines()
                        .forEachLive((block, index) -> records.put(block.position(index), block.recordBytes(index)));
            }
            return records.values().stream().mapToLong(Integer::longValue).sum();
        }

        /** Leads, and gives what is in the queue to a client. */
        List<String> drained() {
            Shards table = Shards.ledHere(new Shard[] {shard});
            shard.log(new LocalLog(journal, committedIndex, lastIndex -> Bytes.NONE));
            shard.execute(() -> follower.lead(table, RemoteShards.NONE, 0, core.transactions, cause -> {
                throw new AssertionError(cause);
            }));
            settle();
            List<String> texts = new ArrayList<>();
            CoreFixture.browse(table, loop, "q", texts);
            IntStream.range(0, 200).forEach(i -> settle());
            return texts;
        }
    }

    /** The log of a shard that only follows. */
    private record Idle(Twin twin) implements ShardLog {
        @Override
        public void append(Frame frame, Runnable committed) {
            throw new AssertionError("it does not lead");
        }

        @Override
        public void appendUnhurried(Frame frame, Runnable committed) {
            append(frame, committed);
        }

        @Override
        public long lastIndex() {
            return 0;
        }

        @Override
        public boolean mayAct() {
            return false;
        }

        @Override
        public boolean isBacklogged() {
            return false;
        }

        @Override
        public long replayFrom() {
            return twin.journal.forcedPosition();
        }

        @Override
        public byte[] meta() {
            return new byte[0];
        }
    }
}
