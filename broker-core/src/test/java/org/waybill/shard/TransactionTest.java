package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.Redelivery;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;
import org.waybill.tx.Part;

/** Transactions over queues on three shards, and over a topic, which is on the first. */
class TransactionTest {
    private static final int SHARDS = 3;

    private final CrashDisk disk = new CrashDisk();
    private final CoreFixture core =
            new CoreFixture(disk, SHARDS, 64L << 20, 1 << 20, name -> AddressSettings.defaults()
                    .withRedelivery(new Redelivery(3, 0, 1, 0), Optional.of("dead")));
    private final TestSession session = core.session();
    private final TestProducer anonymous = session.producer(null);

    @AfterEach
    void close() {
        core.close();
    }

    /** A queue on a shard. */
    private static String on(int shard) {
        return on(shard, "q");
    }

    private static String on(int shard, String prefix) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> prefix + i)
                .filter(name -> Placement.shardOf(name, SHARDS) == shard)
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
    }

    private void send(String to, String text, Transaction transaction) {
        anonymous.producer.send(CoreFixture.message(true, 4, 0, to, text), transaction);
    }

    private Reply<Boolean> commit(Transaction transaction) {
        return end(transaction::commit);
    }

    private Reply<Boolean> rollBack(Transaction transaction) {
        return end(transaction::rollback);
    }

    private Reply<Boolean> end(Consumer<Consumer<Reply<Boolean>>> how) {
        List<Reply<Boolean>> replies = new ArrayList<>();
        how.accept(replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    private static Code refusal(Reply<Boolean> reply) {
        assertThat(reply).isInstanceOf(Reply.Refused.class);
        return ((Reply.Refused<Boolean>) reply).error().code();
    }

    private List<String> browse(String queue) {
        return session.browser(queue, null).drain();
    }

    private List<String> queues() {
        core.loop.settle();
        List<String> names = new ArrayList<>();
        for (Shard shard : core.shards) {
            shard.state().nodes().forEach(node -> names.add(node.queue.name()));
        }
        return names.stream().sorted().toList();
    }

    private void checkNothingIsKept() {
        core.loop.settle();
        for (Shard shard : core.shards) {
            assertThat(shard.state().ledger().isEmpty()).isTrue();
        }
    }

    @Test
    void aCommitOverShardsTakesEffectWholeBeforeItIsAnswered() {
        session.producer(on(0)).sendDurable(0, 3);
        TestConsumer consumer = session.consumer(on(0));
        consumer.receive(2);
        Transaction transaction = session.session.begin();
        send(on(1), "a", transaction);
        send(on(1), "b", transaction);
        send(on(2), "c", transaction);
        consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, true);
        session.session.flush();
        core.loop.settle();
        assertThat(browse(on(1))).isEmpty();
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        for (int shard = 1; shard < SHARDS; shard++) {
            assertThat(core.shards[shard].state().node(on(shard)).queue.waiting())
                    .isZero();
        }
        assertThat(browse(on(0))).containsExactly("m2");
        assertThat(session.consumer(on(1)).drain()).containsExactly("a", "b");
        assertThat(session.consumer(on(2)).drain()).containsExactly("c");
        checkNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    void aRollbackRedeliversInOrderAheadOfNewerMessages(int prefetch) {
        session.producer(on(0)).sendDurable(0, 8);
        session.producer(on(1)).sendDurable(0, 8);
        Transaction transaction = session.session.begin();
        List<TestConsumer> consumers = List.of(session.consumer(on(0)), session.consumer(on(1)));
        for (TestConsumer consumer : consumers) {
            for (int taken = 0; taken < 5; taken++) {
                consumer.credit(taken + prefetch);
                core.loop.settle();
                consumer.consumer.settle(taken, taken, Outcome.ACCEPTED, transaction, true);
            }
        }
        send(on(2), "x", transaction);
        session.producer(on(0)).sendDurable(8, 2);
        for (TestConsumer consumer : consumers) {
            // what the client has and the application has not seen
            consumer.credit(0);
            core.loop.settle();
            consumer.consumer.settle(5, consumer.texts.size(), Outcome.RELEASED, false);
        }
        assertThat(rollBack(transaction)).isInstanceOf(Reply.Done.class);
        assertThat(browse(on(2))).isEmpty();
        consumers.forEach(consumer -> consumer.texts.clear());
        TestSession other = core.session();
        assertThat(other.consumer(on(0)).drain()).isEqualTo(texts(0, 10));
        assertThat(other.consumer(on(1)).drain()).isEqualTo(texts(0, 8));
        checkNothingIsKept();
    }

    @Test
    void aClientThatGoesRollsBackWhatItHasNotCommitted() {
        session.producer(on(0)).sendDurable(0, 2);
        session.producer(on(1)).sendDurable(0, 2);
        TestSession lost = core.session();
        Transaction transaction = lost.session.begin();
        for (int shard = 0; shard < 2; shard++) {
            TestConsumer consumer = lost.consumer(on(shard));
            consumer.receive(2);
            consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, true);
        }
        lost.producer(null).producer.send(CoreFixture.message(true, 4, 0, on(2), "x"), transaction);
        lost.session.flush();
        core.loop.settle();
        lost.close();
        core.loop.settle();
        assertThat(session.consumer(on(0)).drain()).isEqualTo(texts(0, 2));
        assertThat(session.consumer(on(1)).drain()).isEqualTo(texts(0, 2));
        assertThat(queues()).doesNotContain(on(2));
        assertThat(core.memory.bytes())
                .isEqualTo(4L * CoreFixture.message(true, "m0").size());
        checkNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 8, 13, 100})
    void aClientThatGoesBetweenThePhasesChangesNothing(int tasks) {
        session.producer(on(0)).sendDurable(0, 1);
        TestSession lost = core.session();
        TestConsumer consumer = lost.consumer(on(0));
        consumer.receive(1);
        Transaction transaction = lost.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, false);
        TestProducer producer = lost.producer(on(1));
        producer.producer.send(CoreFixture.message(true, "a"), transaction);
        lost.producer(on(2)).producer.send(CoreFixture.message(true, "b"), transaction);
        transaction.commit(reply -> {});
        lost.session.flush();
        for (int i = 0; i < tasks; i++) {
            core.loop.one();
            core.steps.append();
        }
        lost.close();
        core.loop.settle();
        assertThat(session.consumer(on(0)).drain()).isEmpty();
        assertThat(session.consumer(on(1)).drain()).containsExactly("a");
        assertThat(session.consumer(on(2)).drain()).containsExactly("b");
        checkNothingIsKept();
    }

    @Test
    void whatAClosedConsumerAcknowledgedAndAClosedProducerSentStaysWithTheTransaction() {
        session.producer(on(0)).sendDurable(0, 2);
        TestConsumer consumer = session.consumer(on(0));
        consumer.receive(2);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        consumer.consumer.close();
        for (int shard = 0; shard < 2; shard++) {
            TestProducer producer = session.producer(on(shard));
            producer.producer.send(CoreFixture.message(true, "x" + shard), transaction);
            producer.producer.close();
        }
        session.session.flush();
        core.loop.settle();
        assertThat(browse(on(0))).as("kept until the commit").isEqualTo(texts(0, 2));
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        assertThat(session.consumer(on(0)).drain()).containsExactly("m1", "x0");
        assertThat(session.consumer(on(1)).drain()).containsExactly("x1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aRefusalOnAnyShardChangesNothingAnywhere(int shard) {
        session.producer(on(0)).sendDurable(0, 2);
        TestConsumer consumer = session.consumer(on(0));
        consumer.receive(2);
        List<String> before = queues();
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, false);
        send(on(1), "a", transaction);
        send(on(2), "b", transaction);
        send(on(2), "c", transaction);
        send(on(shard, "$none"), "x", transaction);
        Reply<Boolean> reply = commit(transaction);
        assertThat(refusal(reply)).isEqualTo(Code.NOT_FOUND);
        assertThat(((Reply.Refused<Boolean>) reply).error().message()).contains(on(shard, "$none"));
        core.loop.settle();
        assertThat(queues()).isEqualTo(before);
        assertThat(consumer.receive(2)).isEqualTo(texts(0, 2));
        assertThat(consumer.heads.get(2)).as("not counted as failed").isNull();
        assertThat(consumer.confirmed).isEqualTo(-1);
        checkNothingIsKept();
    }

    @Test
    void aMessageWithoutAnAddressRefusesTheCommit() {
        Transaction transaction = session.session.begin();
        send(on(1), "a", transaction);
        anonymous.producer.send(CoreFixture.message(true, "nowhere"), transaction);
        send(on(1), "b", transaction);
        assertThat(refusal(commit(transaction))).isEqualTo(Code.INVALID_FIELD);
        assertThat(browse(on(1))).isEmpty();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void aTransactionDoesNotGoBeyondALimitThatRejects() {
        core.rules = name -> AddressSettings.defaults().withLimits(3, -1, AddressSettings.FullPolicy.REJECT);
        for (int shards = 1; shards <= 2; shards++) {
            Transaction transaction = session.session.begin();
            for (int i = 0; i < 4; i++) {
                send(on(1), "m" + i, transaction);
            }
            for (int i = 0; shards == 2 && i < 2; i++) {
                send(on(2), "x", transaction);
            }
            assertThat(refusal(commit(transaction))).isEqualTo(Code.RESOURCE_LIMIT);
            assertThat(queues()).isEmpty();
        }
        Transaction fits = session.session.begin();
        for (int i = 0; i < 3; i++) {
            send(on(1), "m" + i, fits);
        }
        assertThat(commit(fits)).isInstanceOf(Reply.Done.class);
        assertThat(browse(on(1))).hasSize(3);
    }

    @Test
    void deliveriesTheClientLeftUnsettledAreConfirmedFromEveryShard() {
        Transaction transaction = session.session.begin();
        List<TestConsumer> consumers = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            session.producer(on(shard)).sendDurable(0, 1);
            TestConsumer consumer = session.consumer(on(shard));
            consumer.receive(1);
            consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, false);
            consumers.add(consumer);
        }
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        core.loop.settle();
        assertThat(consumers).allMatch(consumer -> consumer.confirmed == 0);
        checkNothingIsKept();
    }

    @Test
    void outcomesOfAllKindsTakeEffectOnAParticipant() {
        session.producer(on(1)).sendDurable(0, 5);
        TestConsumer consumer = session.consumer(on(1));
        consumer.receive(5);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        consumer.consumer.settle(1, 1, Outcome.RELEASED, transaction, true);
        consumer.consumer.settle(2, 2, Outcome.FAILED, transaction, true);
        consumer.consumer.settle(3, 3, new Outcome.Rejected("x:bad", "no"), transaction, true);
        consumer.consumer.settle(4, 4, new Outcome.Modified(false, true, null), transaction, true);
        send(on(2), "x", transaction);
        send(on(2), "y", transaction);
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        core.loop.settle();
        assertThat(browse("dead")).containsExactly("m3");
        assertThat(consumer.receive(2)).containsExactly("m1", "m2");
        assertThat(consumer.heads.get(5)).isNull();
        assertThat(consumer.heads.get(6)).as("a failed delivery").isNotNull();
        assertThat(session.consumer(on(1)).drain()).containsExactly("m4");
    }

    @Test
    void aMessageThatIsRolledBackTooOftenGoesToTheDeadLetters() {
        session.producer(on(0)).sendDurable(0, 2);
        TestConsumer consumer = session.consumer(on(0));
        for (int round = 0; round < 3; round++) {
            assertThat(consumer.receive(1)).containsExactly("m0");
            Transaction transaction = session.session.begin();
            consumer.consumer.settle(round, round, Outcome.ACCEPTED, transaction, true);
            send(on(1), "x", transaction);
            assertThat(rollBack(transaction)).isInstanceOf(Reply.Done.class);
        }
        core.loop.settle();
        assertThat(browse("dead")).containsExactly("m0");
        assertThat(consumer.receive(1)).containsExactly("m1");
    }

    // ---- topics

    private TestConsumer subscribe(String name) {
        SubscriptionSpec named = new SubscriptionSpec(new SubscriptionId(name, "client"), true, false);
        return session.consumer(
                new ConsumerSpec("t", NodeKind.TOPIC, false, false, Outcome.RELEASED, null, named, false, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageToATopicGoesToWhoIsSubscribedAtTheCommit(boolean topicDecides) {
        TestConsumer early = subscribe("early");
        Transaction transaction = session.session.begin();
        for (int i = 0; i < (topicDecides ? 3 : 1); i++) {
            send("topic://t", "m" + i, transaction);
        }
        send(on(1), "x", transaction);
        send(on(1), "y", transaction);
        TestConsumer late = subscribe("late");
        early.credit(10);
        late.credit(10);
        session.session.flush();
        core.loop.settle();
        assertThat(early.texts).isEmpty();
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        core.loop.settle();
        assertThat(early.texts).isEqualTo(texts(0, topicDecides ? 3 : 1));
        assertThat(late.texts).isEqualTo(early.texts);
        early.settle(0, 9, Outcome.ACCEPTED);
        late.settle(0, 9, Outcome.ACCEPTED);
        TestConsumer queue = session.consumer(on(1));
        assertThat(queue.drain()).hasSize(2);
        queue.settle(0, 1, Outcome.ACCEPTED);
        core.loop.settle();
        assertThat(core.memory.bytes()).isZero();
        assertThat(core.journal.counters().liveBytes()).isZero();
    }

    @Test
    void aRefusedCommitLeavesNothingInSubscriptions() {
        TestConsumer one = subscribe("one");
        TestConsumer two = subscribe("two");
        Transaction transaction = session.session.begin();
        send("topic://t", "m0", transaction);
        for (int i = 0; i < 3; i++) {
            send(on(1), "x", transaction);
        }
        send(on(2, "$none"), "x", transaction);
        assertThat(refusal(commit(transaction))).isEqualTo(Code.NOT_FOUND);
        core.loop.settle();
        assertThat(one.drain()).isEmpty();
        assertThat(two.drain()).isEmpty();
        assertThat(core.memory.bytes()).isZero();
        assertThat(core.journal.counters().liveBytes()).isZero();
        checkNothingIsKept();
    }

    // ---- bounds

    @Test
    void aTransactionHasBounds() {
        Message large = CoreFixture.message(true, 4, 0, on(1), "x".repeat(1 << 20));
        Transaction bytes = session.session.begin();
        for (int i = 0; i < 64; i++) {
            anonymous.producer.send(large, bytes);
        }
        session.session.flush();
        assertThat(core.memory.bytes()).as("none of it").isZero();
        assertThat(refusal(commit(bytes))).isEqualTo(Code.RESOURCE_LIMIT);

        Message small = CoreFixture.message(true, 4, 0, on(1), "x");
        Transaction messages = session.session.begin();
        for (int i = 0; i <= LocalTransaction.MAX_SENDS; i++) {
            anonymous.producer.send(small, messages);
        }
        assertThat(refusal(commit(messages))).isEqualTo(Code.RESOURCE_LIMIT);
        assertThat(queues()).isEmpty();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void aTransactionHoldsABoundedNumberOfDeliveries() {
        session.producer(on(0)).sendDurable(0, 3);
        TestConsumer consumer = session.consumer(on(0));
        consumer.receive(3);
        Shard shard = core.shards[0];
        Participant participant = new Participant(shard, shard.state(), shard.commands(), 2);
        Share share = new Share();
        Part.Stated accepted = new Part.Stated(Outcome.ACCEPTED, true);
        LocalConsumer from = (LocalConsumer) consumer.consumer;
        List<BrokerError> refused = new ArrayList<>();
        shard.execute(() -> {
            participant.settle(share, from, 0, 1, accepted);
            assertThat(share.refusal).isNull();
            participant.settle(share, from, 2, 2, accepted);
            refused.add(participant.commit(share));
        });
        core.loop.settle();

        assertThat(refused).singleElement().satisfies(error -> {
            assertThat(error.code()).isEqualTo(Code.RESOURCE_LIMIT);
            assertThat(error.message()).contains("outcomes for more than 2 deliveries");
        });
        assertThat(browse(on(0))).isEqualTo(texts(0, 3));
    }

    @Test
    void aSessionHasABoundedNumberOfOpenTransactions() {
        List<Transaction> open = new ArrayList<>();
        for (int i = 0; i <= OpenTransactions.MAX_OPEN; i++) {
            open.add(session.session.begin());
        }
        Transaction tooMany = open.remove(OpenTransactions.MAX_OPEN);
        send(on(1), "x", tooMany);
        assertThat(refusal(commit(tooMany))).isEqualTo(Code.RESOURCE_LIMIT);
        open.forEach(transaction -> assertThat(commit(transaction)).isInstanceOf(Reply.Done.class));
        assertThat(commit(session.session.begin())).isInstanceOf(Reply.Done.class);
    }

    @Test
    void whatWaitsForACommitCountsInMemory() {
        Message message = CoreFixture.message(true, 4, 0, on(1), "x".repeat(1_000));
        for (int shards = 1; shards <= 2; shards++) {
            Transaction transaction = session.session.begin();
            anonymous.producer.send(message, transaction);
            long bytes = message.size();
            if (shards == 2) {
                Message other = CoreFixture.message(true, 4, 0, on(2), "x".repeat(1_000));
                bytes += other.size();
                anonymous.producer.send(other, transaction);
            }
            session.session.flush();
            assertThat(core.memory.bytes()).isEqualTo(bytes);
            assertThat(rollBack(transaction)).isInstanceOf(Reply.Done.class);
            assertThat(core.memory.bytes()).isZero();
        }
        Transaction transaction = session.session.begin();
        anonymous.producer.send(message, transaction);
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        assertThat(core.memory.bytes()).isEqualTo(message.size());
    }

    // ---- time

    @Test
    void aTransactionThatIsOpenForTooLongIsRolledBack() {
        core.transactions = new TransactionSettings(5_000, 0, 1);
        TestSession timed = core.session();
        session.producer(on(0)).sendDurable(0, 2);
        TestConsumer consumer = timed.consumer(on(0));
        consumer.receive(2);
        TestProducer producer = timed.producer(on(1));
        int timers = core.loop.timers();
        Transaction idle = timed.session.begin();
        Transaction transaction = timed.session.begin();
        core.pass(4_000);
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        producer.producer.send(CoreFixture.message(true, "x"), transaction);
        timed.session.flush();
        core.pass(4_000);
        Transaction later = timed.session.begin();
        producer.producer.send(CoreFixture.message(true, "later"), later);
        assertThat(core.loop.timers()).as("one for all").isEqualTo(timers + 1);
        assertThat(browse(on(0))).hasSize(2);
        core.pass(1_000);
        assertThat(core.memory.bytes())
                .as("its sends are gone, those of the later one wait")
                .isEqualTo(2L * CoreFixture.message(true, "m0").size()
                        + CoreFixture.message(true, "later").size());
        TestConsumer other = session.consumer(on(0));
        assertThat(other.drain()).containsExactly("m0");

        consumer.consumer.settle(1, 1, Outcome.ACCEPTED, transaction, true);
        producer.producer.send(CoreFixture.message(true, "y"), transaction);
        timed.session.flush();
        core.loop.settle();
        assertThat(session.consumer(on(0)).drain()).as("given back at once").containsExactly("m1");
        assertThat(refusal(commitIn(timed, transaction))).isEqualTo(Code.TRANSACTION_TIMEOUT);
        assertThat(commitIn(timed, later)).isInstanceOf(Reply.Done.class);
        core.pass(20_000);
        producer.producer.send(CoreFixture.message(true, "not before it is used"), idle);
        assertThat(commitIn(timed, idle)).isInstanceOf(Reply.Done.class);
        assertThat(browse(on(1))).containsExactly("later", "not before it is used");
        timed.close();
        core.loop.settle();
        assertThat(core.loop.timers()).isEqualTo(timers);
    }

    private Reply<Boolean> commitIn(TestSession in, Transaction transaction) {
        List<Reply<Boolean>> replies = new ArrayList<>();
        transaction.commit(replies::add);
        in.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    @Test
    void aTransactionMayBeOpenForEverByDefault() {
        session.producer(on(0)).sendDurable(0, 1);
        TestConsumer consumer = session.consumer(on(0));
        consumer.receive(1);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        send(on(1), "x", transaction);
        core.pass(100L * 24 * 3_600_000);
        assertThat(commit(transaction)).isInstanceOf(Reply.Done.class);
        assertThat(browse(on(1))).containsExactly("x");
    }
}
