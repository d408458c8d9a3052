package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.Operation;

/** What a restart finds: the live set before it, whether from the log, a checkpoint, or after cleaning. */
class RecoveryTest {
    private static final Operation.Target QUEUE = new Operation.Target(Operation.Type.QUEUE, "q");

    private static final int SEGMENT_BYTES = 1 << 16;

    private final CrashDisk disk = new CrashDisk();

    private CoreFixture open() {
        return open(64L << 20);
    }

    private CoreFixture open(long memoryBytes) {
        return new CoreFixture(disk, 1, memoryBytes, SEGMENT_BYTES, name -> AddressSettings.defaults());
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
    }

    @Test
    void findsWhatWasSettledAndNothingThatWasConsumed() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            session.producer("q").sendDurable(0, 1_000);
            TestConsumer consumer = session.consumer("q");
            consumer.receive(500);
            consumer.settle(0, 99, Outcome.ACCEPTED);
            consumer.settle(200, 299, Outcome.ACCEPTED);
        }
        try (CoreFixture core = open()) {
            List<String> expected = new ArrayList<>(texts(100, 100));
            expected.addAll(texts(300, 700));
            assertThat(core.session().consumer("q").drain()).isEqualTo(expected);
        }
    }

    @Test
    void keepsDeliveryCountsAndForgetsNonDurableMessages() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            producer.sendAndWait(CoreFixture.message(true, "kept"));
            producer.sendAndWait(CoreFixture.message(false, "lost"));
            TestConsumer consumer = session.consumer("q");
            consumer.receive(1);
            consumer.settle(0, 0, Outcome.FAILED);
        }
        try (CoreFixture core = open()) {
            TestConsumer consumer = core.session().consumer("q");
            assertThat(consumer.drain()).containsExactly("kept");
            assertThat(consumer.heads.get(0)).isNotNull();
        }
    }

    @Test
    void deletedQueuesStayDeleted() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            session.producer("q").sendDurable(0, 10);
            boolean[] done = {false};
            session.session.manage(new Operation.Delete(QUEUE), reply -> done[0] = true);
            session.session.flush();
            core.loop.until(() -> done[0]);
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("q").drain()).isEmpty();
        }
    }

    @Test
    void aCleanStopLeavesACheckpointThatHoldsEverything() {
        try (CoreFixture core = open()) {
            core.session().producer("q").sendDurable(0, 3_000);
            core.stop();
        }
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            session.producer("q").sendDurable(3_000, 10);
            assertThat(session.consumer("q").receive(3_010)).isEqualTo(texts(0, 3_010));
        }
    }

    @Test
    void whatACheckpointAndTheLogBehindItBothHoldIsThereOnce() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            session.producer("a").sendDurable(0, 5_000);
            TestProducer late = session.producer("b");
            for (int i = 0; i < 10; i++) {
                late.send(CoreFixture.message(true, "m" + i));
            }
            core.loop.drain();
            boolean[] done = {false};
            Shard shard = core.shards[0];
            shard.execute(() -> new Checkpointer(shard, shard.state()).begin(() -> done[0] = true));
            core.loop.one();
            // forced behind the position from which this checkpoint wants the log, and before it comes to queue b
            core.steps.append();
            core.loop.until(() -> done[0]);
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("b").drain()).isEqualTo(texts(0, 10));
            assertThat(core.session().consumer("a").drain()).isEqualTo(texts(0, 5_000));
        }
    }

    @Test
    void aQueueOfACheckpointKeepsItsNameWhenAnOlderOneOfThatNameIsReplayed() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            TestProducer anonymous = session.producer(null);
            session.session.manage(new Operation.Create(QUEUE), reply -> {});
            session.session.manage(new Operation.Delete(QUEUE), reply -> {});
            session.session.manage(new Operation.Create(QUEUE), reply -> {});
            anonymous.send(CoreFixture.message(true, 4, 0, "q", "m0"));
            core.loop.drain();
            core.checkpoint();
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("q").drain()).containsExactly("m0");
        }
    }

    @Test
    void oneOldMessageDoesNotPinTheDisk() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            session.producer("old").sendDurable(0, 1);
            TestProducer producer = session.producer("q");
            TestConsumer consumer = session.consumer("q");
            for (int round = 0; round < 40; round++) {
                producer.sendDurable(round * 1_000, 1_000);
                consumer.receive(1_000);
                consumer.settle(round * 1_000L, round * 1_000L + 999, Outcome.ACCEPTED);
                core.checkpoint();
                boolean[] looked = {false};
                Shard shard = core.shards[0];
                shard.execute(() -> {
                    new Cleaner(shard, shard.state()).begin(core.journal.cleaningCandidates(16));
                    looked[0] = true;
                });
                core.loop.until(() -> looked[0]);
                core.loop.settle();
            }
            assertThat(core.journal.counters().appendedBytes()).isGreaterThan(20L * SEGMENT_BYTES);
            core.checkpoint();
            assertThat(core.journal.counters().segments()).isLessThan(20);
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("old").drain()).containsExactly("m0");
        }
    }

    @Test
    void readsADeepQueueBackWithoutKeepingItInMemory() {
        try (CoreFixture core = open(100_000)) {
            TestSession session = core.session();
            session.producer("q").sendDurable(0, 5_000);
            assertThat(core.memory.bytes()).isLessThan(200_000);
            TestConsumer consumer = session.consumer("q");
            for (int i = 0; i < 5_000; i += 500) {
                assertThat(consumer.receive(500)).isEqualTo(texts(i, 500));
                consumer.settle(i, i + 499, Outcome.ACCEPTED);
                assertThat(core.memory.bytes()).isLessThan(400_000);
            }
        }
    }

    @Test
    void nonDurableMessagesBeyondMemoryGoThroughTheJournalAndEndWithTheBroker() {
        try (CoreFixture core = open(10_000)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            for (int i = 0; i < 2_000; i++) {
                producer.sendAndWait(CoreFixture.message(false, "m" + i));
            }
            core.loop.settle();
            assertThat(core.memory.bytes()).isLessThan(20_000);
            assertThat(session.consumer("q").receive(1_000)).isEqualTo(texts(0, 1_000));
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("q").drain()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void recoversTheModelAfterAnyHistory(long seed) {
        Random random = new Random(seed);
        List<String> model = new ArrayList<>();
        int sent = 0;
        for (int life = 0; life < 4; life++) {
            try (CoreFixture core = open(random.nextBoolean() ? 20_000 : 64L << 20)) {
                TestSession session = core.session();
                TestProducer producer = session.producer("q");
                for (int step = 0; step < 12; step++) {
                    int action = random.nextInt(10);
                    if (action < 4) {
                        int count = 1 + random.nextInt(400);
                        producer.sendDurable(sent, count);
                        model.addAll(texts(sent, count));
                        sent += count;
                    } else if (action < 8) {
                        consumeSome(core, session, model, random);
                    } else if (action < 9) {
                        core.checkpoint();
                    } else {
                        Shard shard = core.shards[0];
                        shard.execute(
                                () -> new Cleaner(shard, shard.state()).begin(core.journal.cleaningCandidates(16)));
                        core.loop.settle();
                    }
                }
                assertThat(session.browser("q", null).drain())
                        .as("seed %d, life %d", seed, life)
                        .isEqualTo(model);
                if (random.nextBoolean()) {
                    core.stop();
                }
            }
        }
        try (CoreFixture core = open()) {
            assertThat(core.session().consumer("q").drain()).as("seed %d", seed).isEqualTo(model);
        }
    }

    private static void consumeSome(CoreFixture core, TestSession session, List<String> model, Random random) {
        if (model.isEmpty()) {
            return;
        }
        TestConsumer consumer = session.consumer("q");
        int count = 1 + random.nextInt(Math.min(300, model.size()));
        assertThat(consumer.receive(count)).isEqualTo(model.subList(0, count));
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (random.nextInt(4) > 0) {
                consumer.settle(i, i, Outcome.ACCEPTED);
            } else {
                rest.add(model.get(i));
            }
        }
        rest.addAll(model.subList(count, model.size()));
        model.clear();
        model.addAll(rest);
        consumer.consumer.close();
        session.session.flush();
        core.loop.drain();
    }
}
