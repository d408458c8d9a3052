package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.FullPolicy;
import org.waybill.io.CrashDisk;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

class TopicDeliveryTest {
    private static final SubscriptionId ID = new SubscriptionId("s", "client");

    private CrashDisk disk = new CrashDisk();
    private CoreFixture core = new CoreFixture(disk);
    private TestSession session = core.session();

    @AfterEach
    void close() {
        core.close();
    }

    private void restart() {
        core.loop.settle();
        core.close();
        disk = disk.afterKill();
        core = new CoreFixture(disk);
        session = core.session();
    }

    static ConsumerSpec spec(String topic, @Nullable SubscriptionSpec named) {
        return spec(topic, named, null, false);
    }

    static ConsumerSpec spec(
            String topic, @Nullable SubscriptionSpec named, @Nullable String selector, boolean noLocal) {
        Selector parsed = selector == null ? null : Selector.parse(selector);
        return new ConsumerSpec(topic, NodeKind.TOPIC, false, false, Outcome.FAILED, parsed, named, noLocal, 0);
    }

    private static SubscriptionSpec durable(boolean shared) {
        return new SubscriptionSpec(ID, true, shared);
    }

    private TestConsumer subscribe(String topic) {
        return session.consumer(spec(topic, null));
    }

    private TestConsumer durable(String topic) {
        return session.consumer(spec(topic, durable(false)));
    }

    private TestProducer producer(String topic) {
        return session.producer(topic, NodeKind.TOPIC);
    }

    private void close(TestConsumer consumer) {
        consumer.consumer.close();
        session.session.flush();
        core.loop.settle();
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
    }

    private Reply<Boolean> unsubscribe() {
        List<Reply<Boolean>> replies = new ArrayList<>();
        session.session.unsubscribe(ID, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    private Reply<Map<String, Object>> find() {
        List<Reply<Map<String, Object>>> replies = new ArrayList<>();
        session.session.findSubscription(ID, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    private static Code refusal(Reply<?> reply) {
        assertThat(reply).isInstanceOf(Reply.Refused.class);
        return ((Reply.Refused<?>) reply).error().code();
    }

    @Test
    void everySubscriptionGetsEveryMessageInOrder() {
        TestConsumer first = subscribe("t");
        TestConsumer second = subscribe("t");
        TestProducer producer = producer("t");
        producer.sendDurable(0, 1_200);
        assertThat(first.receive(1_200)).isEqualTo(texts(0, 1_200));
        assertThat(second.receive(1_200)).isEqualTo(texts(0, 1_200));
    }

    @Test
    void topicAndQueueOfOneNameAreTwo() {
        TestConsumer ofQueue = session.consumer("n");
        TestConsumer ofTopic = subscribe("n");
        producer("n").sendAndWait(CoreFixture.message(true, "to the topic"));
        session.producer("n").sendAndWait(CoreFixture.message(true, "to the queue"));
        assertThat(ofTopic.receive(1)).containsExactly("to the topic");
        assertThat(ofQueue.receive(1)).containsExactly("to the queue");
    }

    @Test
    void nobodyInterestedMeansNothingStored() {
        TestProducer producer = producer("t");
        long appended = core.journal.counters().appendedBytes();
        producer.sendAndWait(CoreFixture.message(true, "m"));
        assertThat(producer.outcomes).containsExactly(Outcome.ACCEPTED);
        assertThat(core.journal.counters().appendedBytes()).isEqualTo(appended);
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void subscriptionGetsOnlyWhatIsSentAfterIt() {
        TestProducer producer = producer("t");
        producer.sendDurable(0, 3);
        TestConsumer consumer = subscribe("t");
        producer.sendDurable(3, 2);
        assertThat(consumer.receive(2)).isEqualTo(texts(3, 2));
    }

    @Test
    void patternTakesFromEveryTopicItMatches() {
        TestConsumer one = subscribe("a.*");
        TestConsumer any = subscribe("a.#");
        producer("a.b").sendAndWait(CoreFixture.message(true, "a.b"));
        producer("a.b.c").sendAndWait(CoreFixture.message(false, "a.b.c"));
        producer("a").sendAndWait(CoreFixture.message(false, "a"));
        assertThat(one.drain()).containsExactly("a.b");
        assertThat(any.drain()).containsExactly("a.b", "a.b.c", "a");
    }

    @Test
    void malformedPatternIsRefused() {
        TestConsumer consumer = subscribe("a.b*");
        assertThat(consumer.error.code()).isEqualTo(Code.INVALID_FIELD);
        assertThat(consumer.error.message()).contains("a.b*");
        assertThat(producer("a.*").error.code()).isEqualTo(Code.INVALID_FIELD);
    }

    @Test
    void durableSubscriptionKeepsWhatComesWhileItIsAway() {
        close(durable("t"));
        producer("t").sendDurable(0, 700);
        TestConsumer again = durable("t");
        assertThat(again.receive(700)).isEqualTo(texts(0, 700));
    }

    @Test
    void durableSubscriptionSurvivesRestart() {
        close(durable("t"));
        producer("t").sendDurable(0, 700);
        restart();
        TestConsumer again = durable("t");
        assertThat(again.receive(700)).isEqualTo(texts(0, 700));
        again.settle(0, 699, Outcome.ACCEPTED);
        restart();
        assertThat(durable("t").drain()).isEmpty();
    }

    @Test
    void bodyIsStoredOnceAndLivesUntilTheLastSubscriptionIsDone() {
        List<TestConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            consumers.add(
                    session.consumer(spec("t", new SubscriptionSpec(new SubscriptionId("s" + i, null), true, true))));
        }
        long before = core.journal.counters().appendedBytes();
        producer("t").sendAndWait(CoreFixture.message(true, "x".repeat(3_000)));
        assertThat(core.journal.counters().appendedBytes() - before).isBetween(3_000L, 3_200L);
        assertThat(core.memory.bytes()).isBetween(3_000L, 3_200L);
        for (TestConsumer consumer : consumers) {
            assertThat(core.journal.counters().liveBytes()).isBetween(3_000L, 3_200L);
            consumer.receive(1);
            consumer.settle(0, 0, Outcome.ACCEPTED);
        }
        core.loop.settle();
        assertThat(core.journal.counters().liveBytes()).isZero();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void sharedBodiesAreSharedAgainAfterRestart() {
        for (boolean checkpoint : new boolean[] {false, true}) {
            for (int i = 0; i < 3; i++) {
                close(session.consumer(spec("t", new SubscriptionSpec(new SubscriptionId("s" + i, null), true, true))));
            }
            producer("t").sendDurable(0, 20);
            long live = core.journal.counters().liveBytes();
            if (checkpoint) {
                core.checkpoint();
            }
            restart();
            assertThat(core.journal.counters().liveBytes()).isEqualTo(live);
            for (int i = 0; i < 3; i++) {
                TestConsumer consumer = session.consumer(
                        spec("t", new SubscriptionSpec(new SubscriptionId("s" + i, null), true, true)));
                assertThat(consumer.receive(20)).isEqualTo(texts(0, 20));
                consumer.settle(0, 19, Outcome.ACCEPTED);
                close(consumer);
            }
            core.loop.settle();
            assertThat(core.journal.counters().liveBytes()).isZero();
            assertThat(core.memory.bytes()).isZero();
        }
    }

    @Test
    void unnamedSubscriptionEndsWithItsConsumer() {
        TestConsumer consumer = subscribe("t");
        producer("t").sendDurable(0, 10);
        consumer.credit(3);
        close(consumer);
        core.loop.settle();
        assertThat(core.shards[0].state().nodes()).isEmpty();
        assertThat(core.journal.counters().liveBytes()).isZero();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void sharedSubscriptionDividesItsMessages() {
        SubscriptionSpec shared = new SubscriptionSpec(ID, false, true);
        TestConsumer first = session.consumer(spec("t", shared));
        TestConsumer second = session.consumer(spec("t", shared));
        first.credit(100);
        second.credit(100);
        producer("t").sendDurable(0, 50);
        core.loop.settle();
        List<String> all = new ArrayList<>(first.texts);
        all.addAll(second.texts);
        assertThat(all).containsExactlyInAnyOrderElementsOf(texts(0, 50));
        assertThat(first.texts).hasSize(25);
        close(first);
        assertThat(core.shards[0].state().nodes()).hasSize(1);
        close(second);
        assertThat(core.shards[0].state().nodes()).isEmpty();
    }

    @Test
    void durableSubscriptionHasOneConsumer() {
        durable("t");
        TestConsumer second = durable("t");
        assertThat(second.error.code()).isEqualTo(Code.RESOURCE_LOCKED);
        assertThat(second.error.message()).contains("subscription s of client client");
    }

    @Test
    void sharedAndUnsharedDurableOfOneNameExcludeEachOther() {
        close(durable("t"));
        TestConsumer shared = session.consumer(spec("t", durable(true)));
        assertThat(shared.error.code()).isEqualTo(Code.NOT_ALLOWED);
        TestConsumer sharedVolatile = session.consumer(spec("t", new SubscriptionSpec(ID, false, true)));
        assertThat(sharedVolatile.opened).isTrue();
    }

    @Test
    void changedSubscriptionIsMadeAnewWithoutItsMessages() {
        close(durable("t"));
        producer("t").sendDurable(0, 5);
        TestConsumer changed = session.consumer(spec("t", durable(false), "a = 1", false));
        assertThat(changed.drain()).isEmpty();
        assertThat(core.journal.counters().liveBytes()).isZero();
        close(changed);
        restart();
        assertThat(find()).isInstanceOf(Reply.Done.class);
        assertThat(((Reply.Done<Map<String, Object>>) find()).value())
                .containsEntry("selector", "a = 1")
                .containsEntry("name", "s")
                .containsEntry("client-id", "client")
                .containsEntry("address", "t")
                .containsEntry("shared", false)
                .containsEntry("no-local", false);
    }

    @Test
    void changingSharedSubscriptionInUseIsRefused() {
        session.consumer(spec("t", durable(true)));
        TestConsumer other = session.consumer(spec("u", durable(true)));
        assertThat(other.error.code()).isEqualTo(Code.RESOURCE_LOCKED);
    }

    @Test
    void unsubscribeRemovesAndIsRefusedWhileInUse() {
        assertThat(refusal(unsubscribe())).isEqualTo(Code.NOT_FOUND);
        TestConsumer consumer = durable("t");
        assertThat(refusal(unsubscribe())).isEqualTo(Code.RESOURCE_LOCKED);
        producer("t").sendDurable(0, 5);
        close(consumer);
        assertThat(unsubscribe()).isInstanceOf(Reply.Done.class);
        core.loop.settle();
        assertThat(core.journal.counters().liveBytes()).isZero();
        assertThat(refusal(find())).isEqualTo(Code.NOT_FOUND);
        restart();
        assertThat(refusal(find())).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void noLocalTakesNothingFromItsOwnConnection() {
        TestConsumer local = session.consumer(spec("t", null, null, true));
        TestConsumer stored = session.consumer(spec("t", durable(false), null, true));
        close(stored);
        TestSession other = core.session("other");
        producer("t").sendAndWait(CoreFixture.message(true, "mine"));
        other.producer("t", NodeKind.TOPIC).sendAndWait(CoreFixture.message(true, "theirs"));
        assertThat(local.drain()).containsExactly("theirs");
        assertThat(session.consumer(spec("t", durable(false), null, true)).drain())
                .containsExactly("theirs");
    }

    @Test
    void temporaryTopicLivesAsLongAsItsSession() {
        List<Reply<String>> replies = new ArrayList<>();
        session.session.createTemporary(NodeKind.TOPIC, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        String name = ((Reply.Done<String>) replies.get(0)).value();
        TestSession other = core.session("other");
        assertThat(other.consumer(spec(name, null)).error.code()).isEqualTo(Code.NOT_ALLOWED);
        TestConsumer own = session.consumer(spec(name, null));
        TestProducer producer = other.producer(name, NodeKind.ANY);
        producer.sendAndWait(CoreFixture.message(true, "hello"));
        assertThat(own.receive(1)).containsExactly("hello");
        session.close();
        core.loop.settle();
        assertThat(producer.error.code()).isEqualTo(Code.RESOURCE_DELETED);
        assertThat(other.producer(name, NodeKind.TOPIC).error.code()).isEqualTo(Code.NOT_FOUND);
        TestProducer anonymous = other.producer(null);
        anonymous.sendAndWait(CoreFixture.message(true, 4, 0, name, "late"));
        assertThat(anonymous.refusals).extracting(error -> error.code()).containsExactly(Code.NOT_FOUND);
        assertThat(core.shards[0].state().nodes()).isEmpty();
        assertThat(core.shards[0].state().topics().all()).isEmpty();
    }

    @Test
    void anonymousSendsLeaveNoTopicBehind() {
        TestProducer anonymous = session.producer(null);
        TestConsumer all = subscribe("#");
        for (int i = 0; i < 50; i++) {
            anonymous.sendAndWait(CoreFixture.message(false, 4, 0, "topic://t" + i, "m" + i));
        }
        assertThat(all.receive(50)).isEqualTo(texts(0, 50));
        assertThat(core.shards[0].state().topics().all()).isEmpty();
    }

    @Test
    void fullSubscriptionBlocksTheProducersOfItsTopic() {
        core.rules = name -> AddressSettings.defaults().withLimits(10, -1, FullPolicy.BLOCK);
        TestConsumer slow = subscribe("t");
        subscribe("t").credit(1_000);
        TestProducer producer = producer("t");
        for (int i = 0; i < 10; i++) {
            producer.sendAndWait(CoreFixture.message(false, "m" + i));
        }
        core.loop.settle();
        assertThat(producer.blocked).contains("subscription to t is full");
        close(slow);
        assertThat(producer.blocked).isNotNull();
    }

    @Test
    void autoCreationMayBeForbidden() {
        core.rules = name -> AddressSettings.defaults().withCreation(false, false);
        assertThat(subscribe("t").error.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(producer("t").error.message()).contains("topic t does not exist");
    }
}
