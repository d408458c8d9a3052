package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.FullPolicy;
import org.waybill.config.Redelivery;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Queue;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/** Messages that wait, expire, fail, and where they go. */
class TimeTest {
    private static final long START_MS = 1_700_000_000_000L;
    private static final String TIME = "x-opt-delivery-time";
    private static final String DELAY = "x-opt-delivery-delay";

    private final CrashDisk disk = new CrashDisk();
    private CoreFixture core = open(1, 64L << 20);
    private TestSession session = core.session();

    @AfterEach
    void end() {
        core.close();
    }

    private CoreFixture open(int shards, long memoryBytes) {
        return new CoreFixture(disk, shards, memoryBytes, 1 << 16, name -> AddressSettings.defaults());
    }

    private void restart(boolean cleanly) {
        long now = core.clock.epochMs;
        if (cleanly) {
            core.stop();
        } else {
            core.close();
        }
        AddressRules rules = core.rules;
        core = open(core.shards.length, 64L << 20);
        core.rules = rules;
        core.clock.epochMs = now;
        session = core.session();
    }

    private void again(int shards, long memoryBytes) {
        core.close();
        core = open(shards, memoryBytes);
        session = core.session();
    }

    private Queue queue(String name) {
        return core.shards[Placement.shardOf(name, core.shards.length)].state().node(name).queue;
    }

    private static AddressSettings rule(int maxDeliveries, long delayMs, double multiplier, long maxDelayMs) {
        return AddressSettings.defaults()
                .withRedelivery(
                        new Redelivery(maxDeliveries, delayMs, multiplier, maxDelayMs), Optional.of("dead-letters"));
    }

    private static String annotations(Message message) {
        return new String(message.annotations(), StandardCharsets.ISO_8859_1);
    }

    // ---- scheduled delivery

    @ParameterizedTest
    @CsvSource({DELAY + ",5000", TIME + ",1700000005000"})
    void aScheduledMessageIsDeliveredAtItsTimeAndNotBefore(String annotation, long value) {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.scheduled(annotation, value, 0, "later"));
        producer.sendAndWait(CoreFixture.message(true, "now"));
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10);
        assertThat(session.browser("q", null).drain()).containsExactly("now");
        assertThat(queue("q").waiting()).isEqualTo(1);
        assertThat(queue("q").messages()).isEqualTo(2);
        core.pass(4_999);
        assertThat(consumer.texts).containsExactly("now");
        core.pass(1);
        assertThat(consumer.texts).containsExactly("now", "later");
        assertThat(queue("q").waiting()).isZero();
    }

    @Test
    void aDeliveryTimeInThePastIsNow() {
        session.producer("q").sendAndWait(CoreFixture.scheduled(TIME, START_MS - 1, 0, "m"));
        assertThat(session.consumer("q").receive(1)).containsExactly("m");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void scheduledMessagesSurviveARestart(boolean cleanly) {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.scheduled(DELAY, 5_000, 0, "soon"));
        producer.sendAndWait(CoreFixture.scheduled(DELAY, 60_000, 0, "later"));
        restart(cleanly);
        assertThat(queue("q").waiting()).isEqualTo(2);
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10);
        core.pass(4_000);
        assertThat(consumer.texts).isEmpty();
        core.pass(1_000);
        assertThat(consumer.texts).containsExactly("soon");
        consumer.settle(0, 0, Outcome.ACCEPTED);
        core.clock.epochMs += 55_000;
        restart(cleanly);
        core.pass(Alarm.LONGEST_SLEEP_MS);
        assertThat(session.consumer("q").drain()).containsExactly("later");
    }

    @Test
    void aScheduledMessageCanBeCancelled() {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.scheduled(DELAY, 5_000, 0, "cancelled"));
        producer.sendAndWait(CoreFixture.scheduled(DELAY, 5_000, 0, "m"));
        List<Long> ids = new ArrayList<>();
        queue("q").lines().visit(4, 0, 100, (block, index) -> {
            assertThat(block.isWaiting(index)).isTrue();
            assertThat(block.dueAtMs(index)).isEqualTo(START_MS + 5_000);
            ids.add(block.id(index));
        });
        assertThat(queue("q").intervention().cancel(ids.get(0))).isTrue();
        assertThat(queue("q").intervention().cancel(ids.get(0))).isFalse();
        core.shards[0].schedule();
        core.loop.settle();
        restart(false);
        core.pass(5_000);
        assertThat(session.consumer("q").drain()).containsExactly("m");
    }

    @ParameterizedTest
    @CsvSource({"false,false,67108864", "true,true,67108864", "true,false,67108864", "false,false,10000"})
    void messagesComeInTheOrderOfTheirTimesThoughNobodyWasThere(boolean restart, boolean cleanly, long memoryBytes) {
        again(1, memoryBytes);
        TestProducer producer = session.producer("q");
        Random random = new Random(7);
        TreeMap<Integer, List<String>> byTime = new TreeMap<>();
        for (int i = 0; i < 3_000; i++) {
            int delay = 1_000 + random.nextInt(2_000);
            producer.send(CoreFixture.scheduled(DELAY, delay, 100_000_000, "m" + i));
            byTime.computeIfAbsent(delay, key -> new ArrayList<>()).add("m" + i);
        }
        core.loop.settle();
        producer.sendAndWait(CoreFixture.message(true, "before all"));
        if (restart) {
            restart(cleanly);
            core.clock.epochMs += 5_000;
            core.pass(Alarm.LONGEST_SLEEP_MS);
        } else {
            for (int i = 0; i < 300; i++) {
                core.pass(10);
            }
        }
        session.producer("q").sendAndWait(CoreFixture.message(true, "after all"));
        List<String> expected = new ArrayList<>(List.of("before all"));
        byTime.values().forEach(expected::addAll);
        expected.add("after all");
        assertThat(queue("q").waiting()).isZero();
        assertThat(session.browser("q", null).drain()).isEqualTo(expected);
        restart(false);
        assertThat(session.browser("q", null).drain()).isEqualTo(expected);
        assertThat(queue("q").messages()).isEqualTo(3_002);
        core.pass(100_000_000);
        assertThat(queue("q").messages()).isEqualTo(2);
    }

    @Test
    void whatComesDueInOrderStaysAtItsPlace() {
        TestProducer producer = session.producer("q");
        for (int i = 0; i < 600; i++) {
            producer.send(CoreFixture.scheduled(DELAY, 1_000 + i / 10, 0, "m" + i));
        }
        core.loop.settle();
        long bytes = core.journal.counters().appendedBytes();
        core.pass(2_000);
        assertThat(core.journal.counters().appendedBytes()).isEqualTo(bytes);
        assertThat(queue("q").enqueued()).isEqualTo(600);
        assertThat(session.consumer("q").drain()).hasSize(600);
    }

    @Test
    void aMessageThatComesDueBeforeItIsForcedIsDeliveredAfterThat() {
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10);
        TestProducer producer = session.producer("q");
        producer.send(CoreFixture.scheduled(DELAY, 1, 0, "m"));
        core.loop.drain();
        for (int i = 0; i < 5; i++) {
            core.clock.epochMs++;
            core.loop.fire(1_000_000);
            core.loop.drain();
        }
        assertThat(producer.settled).isZero();
        assertThat(consumer.texts).isEmpty();
        core.pass(1);
        assertThat(consumer.texts).containsExactly("m");
    }

    @Test
    void manyWaitingMessagesShareOneTimer() {
        TestProducer producer = session.producer("q");
        int before = core.loop.timers();
        for (int i = 0; i < 5_000; i++) {
            producer.send(CoreFixture.scheduled(DELAY, 1_000 + i, 0, "m" + i));
        }
        core.loop.settle();
        assertThat(core.loop.timers()).isEqualTo(before + 1);
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10_000);
        for (int i = 0; i < 5_000; i += 500) {
            core.pass(i == 0 ? 1_499 : 500);
            assertThat(consumer.texts).hasSize(i + 500);
        }
        assertThat(core.loop.timers()).isEqualTo(before);
    }

    @Test
    void aClockSetForwardShowsWithinASecond() {
        session.producer("q").sendAndWait(CoreFixture.scheduled(DELAY, 3_600_000, 0, "m"));
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10);
        core.clock.epochMs += 3_600_000;
        core.loop.pass(Alarm.LONGEST_SLEEP_MS * 1_000_000);
        core.loop.settle();
        assertThat(consumer.texts).containsExactly("m");
    }

    @Test
    void aClockSetBackMakesMessagesWaitForTheirTime() {
        session.producer("q").sendAndWait(CoreFixture.scheduled(DELAY, 1_000, 0, "m"));
        TestConsumer consumer = session.consumer("q");
        consumer.credit(10);
        core.clock.epochMs -= 10_000;
        core.pass(10_999);
        assertThat(consumer.texts).isEmpty();
        core.pass(1);
        assertThat(consumer.texts).containsExactly("m");
    }

    // ---- redelivery

    @Test
    void aFailedMessageWaitsLongerEachTimeAndOthersPassIt() {
        core.rules = name -> rule(10, 1_000, 3, 5_000);
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 2);
        assertThat(consumer.receive(1)).containsExactly("m0");
        consumer.settle(0, 0, Outcome.FAILED);
        assertThat(consumer.receive(1)).containsExactly("m1");
        consumer.credit(10);
        long[] waits = {1_000, 3_000, 5_000, 5_000};
        for (int i = 0; i < waits.length; i++) {
            core.pass(waits[i] - 1);
            assertThat(consumer.texts).hasSize(i + 2);
            core.pass(1);
            assertThat(consumer.texts).hasSize(i + 3).last().isEqualTo("m0");
            consumer.settle(i + 2, i + 2, Outcome.FAILED);
        }
    }

    @Test
    void whatWasOnlyGivenBackDoesNotWait() {
        core.rules = name -> rule(10, 1_000, 1, 0);
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 1);
        consumer.receive(1);
        consumer.settle(0, 0, Outcome.RELEASED);
        assertThat(consumer.receive(1)).containsExactly("m0");
        consumer.settle(1, 1, new Outcome.Modified(false, false, null));
        assertThat(consumer.receive(1)).containsExactly("m0");
    }

    @Test
    void whatATransactionRollsBackWaits() {
        core.rules = name -> rule(10, 1_000, 1, 0);
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 1);
        consumer.receive(1);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        transaction.rollback(reply -> {});
        session.session.flush();
        core.loop.settle();
        assertThat(queue("q").waiting()).isEqualTo(1);
        consumer.credit(10);
        core.pass(1_000);
        assertThat(consumer.texts).containsExactly("m0", "m0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWaitOfAFailedMessageSurvivesARestart(boolean cleanly) {
        core.rules = name -> rule(10, 5_000, 1, 0);
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 2);
        consumer.receive(1);
        consumer.settle(0, 0, Outcome.FAILED);
        restart(cleanly);
        consumer = session.consumer("q");
        consumer.credit(10);
        core.pass(4_999);
        assertThat(consumer.texts).containsExactly("m1");
        core.pass(1);
        assertThat(consumer.texts).containsExactly("m1", "m0");
        assertThat(consumer.heads.get(1)).endsWith(0, 0, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({"false,0", "true,0", "false,100", "true,100"})
    void aFailedMessageKeepsItsPlaceOverARestart(boolean cleanly, long delayMs) {
        core.rules = name -> rule(10, 5_000, 1, 0);
        TestConsumer consumer = session.consumer("q");
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.scheduled(DELAY, delayMs, 0, "first"));
        core.pass(delayMs);
        consumer.receive(1);
        consumer.settle(0, 0, Outcome.FAILED);
        producer.sendDurable(0, 2);
        restart(cleanly);
        core.pass(5_000);
        assertThat(session.browser("q", null).drain()).containsExactly("first", "m0", "m1");
    }

    // ---- expiry

    @Test
    void messagesExpireWithoutConsumers() {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.message(true, 4, 1_000, null, "logged"));
        producer.sendAndWait(CoreFixture.message(false, 4, 1_000, null, "in memory"));
        producer.sendAndWait(CoreFixture.message(true, 4, 2_000, null, "kept"));
        core.pass(999);
        assertThat(queue("q").messages()).isEqualTo(3);
        core.pass(1);
        assertThat(queue("q").messages()).isEqualTo(1);
        assertThat(queue("q").expired()).isEqualTo(2);
        restart(false);
        assertThat(queue("q").messages()).isEqualTo(1);
        core.pass(1_000);
        assertThat(queue("q").messages()).isZero();
    }

    @Test
    void expiredMessagesGoToTheExpiryAddressForGood() {
        core.rules = name -> AddressSettings.defaults().withExpiry(Optional.of("expired"));
        Message sent = CoreFixture.message(true, 7, 1_000, "to", "m");
        session.producer("q").sendAndWait(sent);
        core.pass(1_000);
        assertThat(queue("q").messages()).isZero();
        assertThat(queue("q").expired()).isEqualTo(1);
        core.pass(100_000);
        restart(false);
        TestConsumer consumer = session.consumer("expired");
        assertThat(consumer.receive(1)).containsExactly("m");
        Message moved = consumer.messages.get(0);
        assertThat(annotations(moved))
                .contains("x-opt-expired-queue", "x-opt-expired-reason", "x-opt-expired-time", "x-opt-expired-count")
                .contains("x-opt-ORIG-ADDRESS", "x-opt-ORIG-QUEUE", "x-opt-ACTUAL-EXPIRY");
        assertThat(moved.ttlMs()).isZero();
        assertThat(moved.priority()).isEqualTo(7);
        assertThat(bare(moved)).isEqualTo(bare(sent));
    }

    private static byte[] bare(Message message) {
        return Arrays.copyOfRange(message.bytes(), message.bareAt(), message.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void manyExpireThatAreNotInMemory(int shards) {
        again(shards, 10_000);
        core.rules = name -> AddressSettings.defaults().withExpiry(Optional.of("expired"));
        TestProducer producer = session.producer("q");
        for (int i = 0; i < 6_000; i++) {
            producer.send(CoreFixture.message(true, 4, 1_000, null, "m" + i));
            core.loop.drain();
        }
        core.pass(1_000);
        for (int i = 0; i < 100; i++) {
            core.pass(10);
        }
        assertThat(queue("q").messages()).isZero();
        assertThat(queue("expired").messages()).isEqualTo(6_000);
        TestConsumer consumer = session.consumer("expired");
        assertThat(consumer.drain()).hasSize(6_000).doesNotHaveDuplicates();
        restart(false);
        assertThat(session.consumer("q").drain()).isEmpty();
        assertThat(session.consumer("expired").drain()).hasSize(6_000);
    }

    @Test
    void aHeldMessageExpiresWhenItComesBack() {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.message(true, 4, 1_000, null, "m"));
        TestConsumer consumer = session.consumer("q");
        consumer.receive(1);
        core.pass(5_000);
        assertThat(queue("q").messages()).isEqualTo(1);
        consumer.settle(0, 0, Outcome.RELEASED);
        core.pass(1);
        assertThat(queue("q").messages()).isZero();
        assertThat(queue("q").expired()).isEqualTo(1);
        assertThat(consumer.texts).hasSize(1);
    }

    @Test
    void aMessageThatExpiresBeforeItsTimeIsNeverDelivered() {
        session.producer("q").sendAndWait(CoreFixture.scheduled(DELAY, 5_000, 2_000, "m"));
        core.pass(2_000);
        assertThat(queue("q").messages()).isZero();
        assertThat(queue("q").expired()).isEqualTo(1);
    }

    @Test
    void whatTheExpiryAddressDoesNotTakeIsTriedAgain() {
        core.rules = name ->
                AddressSettings.defaults().withExpiry(Optional.of("expired")).withCreation(name.equals("q"), false);
        session.producer("q").sendAndWait(CoreFixture.message(true, 4, 1_000, null, "m"));
        core.pass(1_000);
        assertThat(queue("q").waiting()).isEqualTo(1);
        core.pass(Mover.RETRY_MS);
        assertThat(queue("q").waiting()).isEqualTo(1);
        core.rules = name -> AddressSettings.defaults().withExpiry(Optional.of("expired"));
        core.pass(Mover.RETRY_MS);
        assertThat(queue("q").messages()).isZero();
        assertThat(session.consumer("expired").drain()).hasSize(1);
    }

    // ---- dead letters

    @Test
    void aDeadLetterMovesWithinAShardInOneFrame() {
        core.rules = name -> rule(1, 0, 1, 0);
        TestConsumer consumer = session.consumer("q");
        session.consumer("dead-letters");
        session.producer("q").sendDurable(0, 1);
        consumer.receive(1);
        core.loop.settle();
        consumer.consumer.settle(0, 0, new Outcome.Rejected("my:bad", "no"), false);
        session.session.flush();
        long frames = core.journal.counters().frames();
        core.loop.settle();
        assertThat(core.journal.counters().frames() - frames).isEqualTo(1);
        restart(false);
        assertThat(session.consumer("q").drain()).isEmpty();
        TestConsumer dead = session.consumer("dead-letters");
        assertThat(dead.drain()).containsExactly("m0");
        assertThat(annotations(dead.messages.get(0)))
                .contains("x-opt-dead-letter-queue", "x-opt-dead-letter-time", "x-opt-dead-letter-count")
                .contains("x-opt-dead-letter-reason", "rejected: my:bad: no", "x-opt-ORIG-QUEUE");
    }

    @Test
    void aDeadLetterThatIsRejectedStaysWhereItIs() {
        TestConsumer consumer = session.consumer("dead-letters");
        session.producer("dead-letters").sendDurable(0, 1);
        consumer.receive(1);
        consumer.settle(0, 0, new Outcome.Rejected(null, null));
        assertThat(queue("dead-letters").waiting()).isEqualTo(1);
        consumer.credit(10);
        core.pass(Mover.RETRY_MS - 1);
        assertThat(consumer.texts).hasSize(1);
        core.pass(1);
        assertThat(consumer.texts).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"1,REJECT", "3,REJECT"})
    void whatAFullDeadLetterAddressDoesNotTakeIsOfferedAgain(int shards, FullPolicy policy) {
        again(shards, 64L << 20);
        core.rules = name -> name.equals("dead-letters")
                ? AddressSettings.defaults().withLimits(1, -1, policy)
                : AddressSettings.defaults();
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 2);
        consumer.receive(2);
        consumer.settle(0, 1, new Outcome.Rejected(null, null));
        core.loop.settle();
        assertThat(queue("dead-letters").messages()).isEqualTo(1);
        assertThat(queue("q").waiting()).isEqualTo(1);
        consumer.credit(10);
        core.pass(Mover.RETRY_MS);
        assertThat(consumer.texts).containsExactly("m0", "m1", "m1");
    }

    @Test
    void aDeadLetterAddressThatBlocksItsSendersTakesWhatTheBrokerMoves() {
        core.rules = name -> name.equals("dead-letters")
                ? AddressSettings.defaults().withLimits(1, -1, FullPolicy.BLOCK)
                : AddressSettings.defaults();
        TestConsumer consumer = session.consumer("q");
        session.producer("q").sendDurable(0, 3);
        consumer.receive(3);
        consumer.settle(0, 2, new Outcome.Rejected(null, null));
        core.loop.settle();
        assertThat(queue("q").messages()).isZero();
        assertThat(session.consumer("dead-letters").drain()).containsExactly("m0", "m1", "m2");
    }

    // ---- topics

    private TestConsumer durable(String name) {
        SubscriptionSpec named = new SubscriptionSpec(new SubscriptionId(name, "client"), true, false);
        return session.consumer(TopicDeliveryTest.spec("t", named));
    }

    @Test
    void aMessageScheduledForATopicWaitsInEachSubscription() {
        TestConsumer first = durable("first");
        TestConsumer second = durable("second");
        TestProducer producer = session.producer("t", NodeKind.TOPIC);
        producer.sendAndWait(CoreFixture.scheduled(DELAY, 5_000, 0, "later"));
        producer.sendAndWait(CoreFixture.message(true, "now"));
        first.credit(10);
        second.credit(10);
        core.pass(4_999);
        assertThat(first.texts).containsExactly("now");
        first.settle(0, 0, Outcome.ACCEPTED);
        restart(false);
        TestConsumer again = durable("first");
        TestConsumer late = durable("late");
        late.credit(10);
        again.credit(10);
        core.pass(Alarm.LONGEST_SLEEP_MS);
        assertThat(again.texts).containsExactly("later");
        assertThat(late.texts).isEmpty();
        assertThat(durable("second").drain()).containsExactly("later", "now");
    }

    @Test
    void messagesExpireInSubscriptionsAndGoToTheExpiryAddressFromEach() {
        core.rules = name -> AddressSettings.defaults().withExpiry(Optional.of("expired"));
        durable("first");
        durable("second");
        session.producer("t", NodeKind.TOPIC).sendAndWait(CoreFixture.message(true, 4, 1_000, null, "m"));
        core.pass(1_000);
        TestConsumer consumer = session.consumer("expired");
        assertThat(consumer.drain()).containsExactly("m", "m");
        assertThat(consumer.messages.stream().map(TimeTest::annotations))
                .anyMatch(text -> text.contains("first"))
                .anyMatch(text -> text.contains("second"));
    }
}
