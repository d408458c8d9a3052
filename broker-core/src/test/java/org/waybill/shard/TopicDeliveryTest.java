package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
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
    void relievedSubscriptionLetsTheProducersGoOn() {
        core.rules = name -> AddressSettings.defaults().withLimits(10, -1, FullPolicy.BLOCK);
        TestConsumer slow = subscribe("t");
        TestConsumer pattern = subscribe("#");
        TestProducer producer = producer("t");
        for (int i = 0; i < 10; i++) {
            producer.sendAndWait(CoreFixture.message(false, "m" + i));
        }
        core.loop.settle();
        TestProducer late = producer("t");
        core.loop.settle();
        assertThat(late.blocked).isNotNull();
        close(pattern);
        assertThat(producer.blocked).isNotNull();
        slow.receive(10);
        slow.settle(0, 9, Outcome.ACCEPTED);
        core.loop.settle();
        assertThat(producer.blocked).isNull();
        assertThat(late.blocked).isNull();
    }

    @Test
    void fullSubscriptionThatRejectsRefusesTheMessageForAll() {
        core.rules = name -> AddressSettings.defaults().withLimits(name.equals("#") ? 2 : -1, -1, FullPolicy.REJECT);
        TestConsumer all = subscribe("t");
        subscribe("#");
        TestProducer producer = producer("t");
        for (int i = 0; i < 3; i++) {
            producer.sendAndWait(CoreFixture.message(true, "m" + i));
        }
        assertThat(producer.refusals).extracting(error -> error.code()).containsExactly(Code.RESOURCE_LIMIT);
        assertThat(all.drain()).containsExactly("m0", "m1");
    }

    @Test
    void ringKeepsTheNewestForTheSubscriptionAlone() {
        core.rules =
                name -> AddressSettings.defaults().withLimits(name.equals("#") ? 2 : -1, -1, FullPolicy.DROP_OLDEST);
        TestConsumer all = subscribe("t");
        TestConsumer ring = subscribe("#");
        TestProducer producer = producer("t");
        producer.sendDurable(0, 1);
        producer.sendDurable(1, 1);
        producer.sendDurable(2, 2);
        core.loop.settle();
        assertThat(ring.drain()).isEqualTo(texts(2, 2));
        assertThat(all.drain()).isEqualTo(texts(0, 4));
    }

    @Test
    void deadLettersOfSubscriptionGoWhereItsTopicSays() {
        TestConsumer first = durable("t");
        TestConsumer second = subscribe("t");
        producer("t").sendDurable(0, 1);
        first.receive(1);
        first.settle(0, 0, new Outcome.Rejected(null, "no"));
        core.loop.settle();
        assertThat(session.consumer("dead-letters").receive(1)).containsExactly("m0");
        assertThat(second.receive(1)).containsExactly("m0");
    }

    @Test
    void failuresCountForEachSubscription() {
        TestConsumer first = durable("t");
        TestConsumer second = subscribe("t");
        producer("t").sendDurable(0, 1);
        first.receive(1);
        first.settle(0, 0, Outcome.FAILED);
        first.receive(1);
        assertThat(first.heads.get(1)).isNotNull();
        second.receive(1);
        assertThat(second.heads.get(0)).isNull();
    }

    @Test
    void selectorsDecideWhatIsStored() {
        TestConsumer red = session.consumer(spec("t", null, "color = 'red'", false));
        TestConsumer warm = session.consumer(spec("#", durable(false), "color IN ('red', 'orange')", false));
        TestConsumer all = subscribe("t");
        TestProducer producer = producer("t");
        for (String color : List.of("red", "orange", "blue", "red")) {
            producer.sendAndWait(colored(color));
        }
        assertThat(red.drain()).containsExactly("red", "red");
        assertThat(warm.drain()).containsExactly("red", "orange", "red");
        assertThat(all.drain()).containsExactly("red", "orange", "blue", "red");
    }

    /** A durable message with the property {@code color}, and that as its text. */
    private static Message colored(String color) {
        byte[] text = color.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(100);
        out.put(new byte[] {0, 0x53, 0x70, (byte) 0xC0, 2, 1, 0x41});
        out.put(new byte[] {0, 0x53, 0x74, (byte) 0xC1, (byte) (10 + text.length), 2, (byte) 0xA1, 5});
        out.put("color".getBytes(StandardCharsets.UTF_8))
                .put((byte) 0xA1)
                .put((byte) text.length)
                .put(text);
        out.put(new byte[] {0, 0x53, 0x77, (byte) 0xB1}).putInt(text.length).put(text);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Message.of(bytes, 0);
    }

    @Test
    void bodiesLeaveFullMemoryAndComeBackForEachSubscription() {
        core.close();
        disk = new CrashDisk();
        core = new CoreFixture(disk, 1, 5_000, 1 << 16, name -> AddressSettings.defaults());
        session = core.session();
        TestConsumer first = durable("t");
        TestConsumer second = subscribe("t");
        TestProducer producer = producer("t");
        for (int i = 0; i < 100; i++) {
            producer.sendAndWait(CoreFixture.message(i % 2 == 0, i + " ".repeat(1_000)));
        }
        core.loop.settle();
        assertThat(core.memory.bytes()).isLessThan(8_000);
        first.receive(100);
        second.receive(100);
        assertThat(first.texts).isEqualTo(second.texts);
        core.loop.settle();
        assertThat(core.memory.bytes()).isLessThan(8_000);
        Bodies.check(core);
        first.settle(0, 99, Outcome.ACCEPTED);
        second.settle(0, 99, Outcome.ACCEPTED);
        core.loop.settle();
        Bodies.check(core);
        assertThat(core.journal.counters().liveBytes()).isZero();
    }

    @Test
    void cleaningMovesSharedRecordOnce() {
        TestConsumer first = durable("t");
        TestConsumer second = subscribe("t");
        TestConsumer third = subscribe("#");
        TestProducer producer = producer("t");
        producer.sendAndWait(CoreFixture.message(true, "stays" + " ".repeat(1_000)));
        for (int i = 0; i < 100; i++) {
            producer.sendAndWait(CoreFixture.message(true, " ".repeat(2_000)));
        }
        for (TestConsumer consumer : List.of(first, second, third)) {
            consumer.receive(101);
            consumer.settle(1, 100, Outcome.ACCEPTED);
        }
        core.checkpoint();
        long before = core.journal.counters().appendedBytes();
        core.shards[0].execute(
                () -> new Cleaner(core.shards[0], core.shards[0].state()).begin(core.journal.cleaningCandidates(16)));
        core.loop.settle();
        assertThat(core.journal.counters().appendedBytes() - before).isBetween(1_000L, 1_400L);
        Bodies.check(core);
    }

    // ---- which kind a name means

    private List<Map<String, Object>> manage(Operation operation) {
        List<Reply<List<Map<String, Object>>>> replies = new ArrayList<>();
        session.session.manage(operation, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        assertThat(replies.get(0)).isInstanceOf(Reply.Done.class);
        return ((Reply.Done<List<Map<String, Object>>>) replies.get(0)).value();
    }

    @Test
    void explicitTopicStaysAndWinsOverTheDefaultKind() {
        manage(new Operation.Create(new Operation.Target(Operation.Type.TOPIC, "n")));
        restart();
        core.checkpoint();
        restart();
        TestConsumer topic = subscribe("n");
        session.producer("n", NodeKind.ANY).sendAndWait(CoreFixture.message(true, "m"));
        assertThat(topic.receive(1)).containsExactly("m");
        assertThat(manage(new Operation.Query(Operation.Type.TOPIC, 0, 10)))
                .hasSize(1)
                .first()
                .satisfies(row -> assertThat(row)
                        .containsEntry("name", "n")
                        .containsEntry("durable", true)
                        .containsEntry("subscriptions", 1));
        assertThat(manage(new Operation.Query(Operation.Type.SUBSCRIPTION, 0, 10)))
                .hasSize(1);
        assertThat(manage(new Operation.Query(Operation.Type.QUEUE, 0, 10))).isEmpty();
        manage(new Operation.Delete(new Operation.Target(Operation.Type.TOPIC, "n")));
        assertThat(topic.error.code()).isEqualTo(Code.RESOURCE_DELETED);
        restart();
        assertThat(manage(new Operation.Query(Operation.Type.TOPIC, 0, 10))).isEmpty();
    }

    @Test
    void settingsSayWhatANameIsThatNobodyHasExplained() {
        AddressSettings topics = AddressSettings.defaults();
        core.rules = name -> name.startsWith("t") ? kind(topics) : topics;
        TestConsumer first = session.consumer(anyKind("t1"));
        TestConsumer second = session.consumer(anyKind("t1"));
        session.producer(null).sendAndWait(CoreFixture.message(true, 4, 0, "t1", "m"));
        assertThat(first.receive(1)).containsExactly("m");
        assertThat(second.receive(1)).containsExactly("m");
        session.producer("queue://t1", NodeKind.ANY).sendAndWait(CoreFixture.message(true, "q"));
        assertThat(session.consumer("t1").receive(1)).containsExactly("q");
    }

    private static ConsumerSpec anyKind(String address) {
        return new ConsumerSpec(address, NodeKind.ANY, false, false, Outcome.FAILED, null);
    }

    private static AddressSettings kind(AddressSettings as) {
        return new AddressSettings(
                as.match(),
                AddressSettings.Kind.TOPIC,
                as.autoCreate(),
                as.autoDelete(),
                as.maxMessages(),
                as.maxBytes(),
                as.fullPolicy(),
                as.redelivery(),
                as.deadLetterAddress(),
                as.expiryAddress(),
                as.exclusive(),
                as.lastValueKey(),
                as.duplicateIds(),
                as.durability());
    }

    @Test
    void anonymousMessageSaysItsKindByAnnotation() {
        TestConsumer topic = subscribe("n");
        TestProducer anonymous = session.producer(null);
        Message plain = CoreFixture.message(true, 4, 0, "n", "m");
        byte[] toTopic = {
            (byte) 0xC1,
            19,
            2,
            (byte) 0xA3,
            14,
            'x',
            '-',
            'o',
            'p',
            't',
            '-',
            'j',
            'm',
            's',
            '-',
            'd',
            'e',
            's',
            't',
            0x51,
            1
        };
        anonymous.sendAndWait(plain.forwarded(toTopic));
        anonymous.sendAndWait(plain.forwarded(Annotations.of(Map.of("x-opt-to-type", "topic,temporary"))));
        anonymous.sendAndWait(plain);
        assertThat(topic.drain()).containsExactly("m", "m");
        assertThat(session.consumer("n").drain()).containsExactly("m");
    }

    @Test
    void newerSubscriptionKeepsItsNameWhenAnOlderOneIsReplayed() {
        State state = new State(
                core.shards[0].storage(),
                name -> AddressSettings.defaults(),
                org.waybill.config.ExactlyOnceSettings.defaults());
        Subscription older = Subscription.of(spec("t", durable(false)), "t", "client");
        Subscription newer = Subscription.of(spec("u", durable(false)), "u", "client");
        // a checkpoint that was written late has the newer one; the log from its beginning has both
        Node kept = state.subscribed(9, newer);
        state.subscribed(5, older);
        state.deleted(5);
        state.subscribed(9, newer);
        assertThat(state.topics().named(ID, true)).isSameAs(kept);
        assertThat(state.topics().route(state.topics().use("u")).all).containsExactly(kept);
    }

    @Test
    void autoCreationMayBeForbidden() {
        core.rules = name -> AddressSettings.defaults().withCreation(false, false);
        assertThat(subscribe("t").error.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(producer("t").error.message()).contains("topic t does not exist");
    }
}
