package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.FullPolicy;
import org.waybill.config.Redelivery;
import org.waybill.io.CrashDisk;
import org.waybill.message.Annotations;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Transaction;

/** What a queue does with messages and outcomes, seen from sessions. */
class QueueDeliveryTest {
    CoreFixture core;
    TestSession session;

    @BeforeEach
    void open() {
        core = new CoreFixture(new CrashDisk());
        session = core.session();
    }

    @AfterEach
    void close() {
        core.close();
    }

    private static List<String> texts(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
    }

    @Test
    void deliversInTheOrderOfSending() {
        session.producer("q").sendDurable(0, 2_000);
        assertThat(session.consumer("q").receive(2_000)).isEqualTo(texts(0, 2_000));
    }

    @Test
    void neverExceedsCredit() {
        session.producer("q").sendDurable(0, 10);
        TestConsumer consumer = session.consumer("q");
        consumer.credit(3);
        assertThat(consumer.texts).hasSize(3);
        consumer.credit(3);
        assertThat(consumer.texts).hasSize(3);
    }

    @Test
    void keepsNonDurableMessagesInTheirPlace() {
        TestProducer producer = session.producer("q");
        for (int i = 0; i < 100; i++) {
            producer.send(CoreFixture.message(i % 3 == 0, "m" + i));
        }
        assertThat(session.consumer("q").receive(100)).isEqualTo(texts(0, 100));
    }

    @Test
    void settlesDurableSendsOnlyAfterTheForce() {
        TestProducer producer = session.producer("q");
        long forces = core.journal.counters().forces();
        producer.sendAndWait(CoreFixture.message(true, "m"));
        assertThat(core.journal.counters().forces()).isGreaterThan(forces);
    }

    @Test
    void redeliversReleasedMessagesAtTheirOldPositionWithoutCounting() {
        session.producer("q").sendDurable(0, 5);
        TestConsumer first = session.consumer("q");
        first.receive(3);
        first.settle(1, 1, Outcome.RELEASED);
        TestConsumer second = session.consumer("q");
        assertThat(second.receive(3)).containsExactly("m1", "m3", "m4");
        assertThat(second.heads.get(0)).isNull();
    }

    @Test
    void countsFailedDeliveriesAndMergesAnnotations() {
        session.producer("q").sendDurable(0, 1);
        TestConsumer consumer = session.consumer("q");
        consumer.receive(1);
        byte[] annotations = Annotations.of(java.util.Map.of("x-opt-a", "b"));
        consumer.settle(0, 0, new Outcome.Modified(true, false, annotations));
        consumer.receive(1);
        byte[] head = consumer.heads.get(1);
        assertThat(head).isNotNull();
        // header: durable, priority, no ttl, not first acquirer, delivery-count 1
        assertThat(head).startsWith(0, 0x53, 0x70, 0xC0, 11, 5, 0x41, 0x50, 4, 0x40, 0x42, 0x70, 0, 0, 0, 1);
        assertThat(new String(head, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("x-opt-a");
    }

    @Test
    void undeliverableHereGoesToSomebodyElse() {
        session.producer("q").sendDurable(0, 2);
        TestConsumer first = session.consumer("q");
        first.receive(1);
        first.settle(0, 0, new Outcome.Modified(false, true, null));
        assertThat(first.receive(1)).containsExactly("m1");
        first.credit(10);
        assertThat(first.texts).containsExactly("m0", "m1");
        assertThat(session.consumer("q").receive(1)).containsExactly("m0");
    }

    @Test
    void competingConsumersTakeTurns() {
        TestConsumer first = session.consumer("q");
        TestConsumer second = session.consumer("q");
        first.credit(10);
        second.credit(10);
        session.producer("q").sendDurable(0, 6);
        core.loop.until(() -> first.texts.size() + second.texts.size() == 6);
        assertThat(first.texts).hasSize(3);
        assertThat(second.texts).hasSize(3);
    }

    @Test
    void givesBackInOrderWhatAClosedConsumerHeld() {
        session.producer("q").sendDurable(0, 10);
        TestSession lost = core.session();
        lost.consumer("q").receive(6);
        lost.close();
        TestConsumer next = session.consumer("q");
        assertThat(next.receive(10)).isEqualTo(texts(0, 10));
        assertThat(next.heads.get(5)).isNotNull();
        assertThat(next.heads.get(6)).isNull();
    }

    @Test
    void browsersSeeEverythingAndTakeNothing() {
        session.producer("q").sendDurable(0, 20);
        session.consumer("q").receive(5);
        assertThat(session.browser("q", null).drain()).isEqualTo(texts(0, 20));
        assertThat(session.consumer("q").receive(15)).isEqualTo(texts(5, 15));
    }

    @Test
    void drainAnswersOnAnEmptyQueueAgainAndAgain() {
        TestConsumer consumer = session.consumer("q");
        assertThat(consumer.drain()).isEmpty();
        assertThat(consumer.drain()).isEmpty();
        session.producer("q").sendDurable(0, 3);
        assertThat(consumer.texts).isEmpty();
        assertThat(consumer.drain()).isEqualTo(texts(0, 3));
    }

    @Test
    void higherPrioritiesComeFirst() {
        TestProducer producer = session.producer("q");
        for (int priority = 0; priority < 10; priority++) {
            producer.sendAndWait(CoreFixture.message(true, priority, 0, null, "p" + priority));
        }
        assertThat(session.consumer("q").receive(10))
                .containsExactly("p9", "p8", "p7", "p6", "p5", "p4", "p3", "p2", "p1", "p0");
    }

    @Test
    void expiredMessagesAreNeitherDeliveredNorBrowsed() {
        TestProducer producer = session.producer("q");
        producer.sendAndWait(CoreFixture.message(true, 4, 1_000, null, "short"));
        producer.sendAndWait(CoreFixture.message(true, 4, 0, null, "long"));
        core.clock.epochMs += 1_001;
        assertThat(session.browser("q", null).drain()).containsExactly("long");
        assertThat(session.consumer("q").receive(1)).containsExactly("long");
    }

    @Test
    void aSelectorDoesNotStopAtTheHead() {
        TestProducer producer = session.producer("q");
        for (int i = 0; i < 1_000; i++) {
            producer.send(CoreFixture.message(true, i % 10, 0, null, "m" + i));
        }
        ConsumerSpec spec = new ConsumerSpec(
                "q",
                NodeKind.QUEUE,
                false,
                false,
                Outcome.FAILED,
                org.waybill.selector.Selector.parse("JMSPriority = 3"));
        TestConsumer chooser = session.consumer(spec);
        assertThat(chooser.receive(100)).hasSize(100).allMatch(text -> text.endsWith("3"));
    }

    @Test
    void preSettledDeliveriesAreGoneAtOnce() {
        session.producer("q").sendDurable(0, 3);
        TestSession lost = core.session();
        TestConsumer once = lost.consumer(new ConsumerSpec("q", NodeKind.QUEUE, false, true, Outcome.RELEASED, null));
        assertThat(once.receive(2)).containsExactly("m0", "m1");
        lost.close();
        assertThat(session.consumer("q").receive(1)).containsExactly("m2");
    }

    @Test
    void countsWhatALostClientHeldAsFailedAndWhatALeavingOneHeldNot() {
        session.producer("q").sendDurable(0, 1);
        for (int round = 0; round < 3; round++) {
            TestSession leaving = core.session();
            leaving.consumer("q").receive(1);
            leaving.session.leave();
            TestConsumer closing = session.consumer("q");
            closing.receive(1);
            closing.consumer.close();
            session.session.flush();
        }
        TestConsumer unseen = session.consumer("q");
        unseen.receive(1);
        assertThat(unseen.heads.get(0)).as("the header as it was sent").isNull();
        unseen.settle(0, 0, Outcome.RELEASED);
        unseen.consumer.close();
        TestSession lost = core.session();
        lost.consumer("q").receive(1);
        lost.close();
        TestConsumer again = session.consumer("q");
        again.receive(1);
        assertThat(again.heads.get(0))
                .startsWith(0, 0x53, 0x70, 0xC0, 11, 5, 0x41, 0x50, 4, 0x40, 0x42, 0x70, 0, 0, 0, 1);
    }

    @Test
    void anonymousProducersReachEveryAddressAndHearOfBadOnes() {
        TestProducer producer = session.producer(null);
        producer.sendAndWait(CoreFixture.message(true, 4, 0, "a", "for a"));
        producer.sendAndWait(CoreFixture.message(true, 4, 0, "$secret", "for nobody"));
        producer.sendAndWait(CoreFixture.message(true, 4, 0, null, "no address"));
        assertThat(session.consumer("a").receive(1)).containsExactly("for a");
        assertThat(producer.refusals)
                .extracting(error -> error.code())
                .containsExactly(Code.NOT_FOUND, Code.INVALID_FIELD);
    }

    @Test
    void temporaryQueuesDieWithTheirSessionAndBelongToItAlone() {
        String[] name = {null};
        session.session.createTemporary(NodeKind.QUEUE, reply -> name[0] = ((Reply.Done<String>) reply).value());
        session.session.flush();
        core.loop.until(() -> name[0] != null);
        TestSession other = core.session();
        TestProducer producer = other.producer(name[0]);
        producer.sendAndWait(CoreFixture.message(true, "reply"));
        assertThat(other.consumer(name[0]).error.code()).isEqualTo(Code.NOT_ALLOWED);
        assertThat(session.consumer(name[0]).receive(1)).containsExactly("reply");
        session.close();
        core.loop.until(() -> producer.error != null);
        assertThat(producer.error.code()).isEqualTo(Code.RESOURCE_DELETED);
        assertThat(other.producer(name[0]).error.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void aLongSearchLetsOtherQueuesGoFirst() {
        TestProducer deep = session.producer("deep");
        deep.sendDurable(0, 30_000);
        TestConsumer searching = session.consumer(new ConsumerSpec(
                "deep", NodeKind.QUEUE, false, false, Outcome.FAILED, Selector.parse("JMSPriority = 9")));
        TestConsumer draining = session.consumer(new ConsumerSpec(
                "deep", NodeKind.QUEUE, false, false, Outcome.FAILED, Selector.parse("JMSPriority = 8")));
        TestConsumer browsing = session.browser("deep", "JMSPriority = 7");
        TestConsumer other = session.consumer("other");
        session.producer("other").sendAndWait(CoreFixture.message(true, "quick"));

        searching.consumer.credit(1, false);
        draining.consumer.credit(1, true);
        browsing.consumer.credit(1, true);
        other.consumer.credit(1, false);
        session.session.flush();
        core.loop.until(() -> !other.texts.isEmpty());

        assertThat(List.of(draining.drained, browsing.drained)).containsOnly(-1L);
        core.loop.until(() -> draining.drained == 1 && browsing.drained == 1);
        assertThat(searching.texts).isEmpty();
        deep.sendAndWait(CoreFixture.message(true, "m30000"));
        assertThat(session.consumer("deep").drain()).hasSize(30_001).endsWith("m29999", "m30000");
    }

    @Test
    void refusesWhatSettingsForbidToCreate() {
        core.rules = name -> rule(false, -1, FullPolicy.BLOCK, 0, null);
        assertThat(session.producer("new").error.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void blocksRejectsOrDropsAtItsLimit() {
        core.rules = name -> rule(true, 10, FullPolicy.valueOf(name), 0, null);
        TestProducer blocked = session.producer("BLOCK");
        blocked.sendDurable(0, 10);
        core.loop.until(() -> blocked.blocked != null);
        TestConsumer relief = session.consumer("BLOCK");
        relief.receive(5);
        relief.settle(0, 4, Outcome.ACCEPTED);
        core.loop.until(() -> blocked.blocked == null);

        TestProducer rejected = session.producer("REJECT");
        rejected.sendDurable(0, 12);
        assertThat(rejected.refusals).hasSize(2).allMatch(error -> error.code() == Code.RESOURCE_LIMIT);

        session.producer("DROP_OLDEST").sendDurable(0, 12);
        core.loop.drain();
        assertThat(session.consumer("DROP_OLDEST").drain())
                .endsWith("m11")
                .hasSizeLessThanOrEqualTo(12)
                .doesNotContain("m0");
    }

    @Test
    void movesRejectedAndExhaustedMessagesToTheDeadLetterAddress() {
        core.rules = name -> rule(true, -1, FullPolicy.BLOCK, 2, "dead");
        session.producer("q").sendDurable(0, 2);
        TestConsumer consumer = session.consumer("q");
        consumer.receive(2);
        consumer.settle(0, 0, new Outcome.Rejected("my:bad", "no good"));
        consumer.settle(1, 1, Outcome.FAILED);
        consumer.receive(1);
        consumer.settle(2, 2, Outcome.FAILED);
        TestConsumer dead = session.consumer("dead");
        assertThat(dead.receive(2)).containsExactly("m0", "m1");
        String annotations =
                new String(dead.messages.get(0).annotations(), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(annotations).contains("x-opt-dead-letter-queue").contains("my:bad: no good");
        consumer.credit(10);
        assertThat(consumer.texts).hasSize(3);
    }

    @Test
    void aCommittedTransactionTakesEffectWhole() {
        session.producer("in").sendDurable(0, 2);
        TestConsumer consumer = session.consumer("in");
        consumer.receive(2);
        TestProducer out = session.producer("out");
        Transaction transaction = session.session.begin();
        out.producer.send(CoreFixture.message(true, "answer"), transaction);
        consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, true);
        session.session.flush();
        core.loop.drain();
        assertThat(session.browser("out", null).drain()).isEmpty();
        assertThat(end(transaction, true)).isInstanceOf(Reply.Done.class);
        assertThat(session.consumer("out").receive(1)).containsExactly("answer");
        assertThat(session.browser("in", null).drain()).isEmpty();
    }

    @Test
    void aRolledBackTransactionLeavesNothingAndRedeliversInOrder() {
        session.producer("in").sendDurable(0, 4);
        TestConsumer consumer = session.consumer("in");
        consumer.receive(2);
        TestProducer out = session.producer("out");
        Transaction transaction = session.session.begin();
        out.producer.send(CoreFixture.message(true, "answer"), transaction);
        consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, true);
        assertThat(end(transaction, false)).isInstanceOf(Reply.Done.class);
        assertThat(session.browser("out", null).drain()).isEmpty();
        assertThat(consumer.receive(4)).containsExactly("m0", "m1", "m2", "m3");
        assertThat(consumer.heads.get(2)).isNotNull();
        assertThat(consumer.heads.get(4)).isNull();
    }

    @Test
    void aClosedConsumersAcknowledgementsStayWithTheTransaction() {
        session.producer("in").sendDurable(0, 3);
        TestConsumer consumer = session.consumer("in");
        consumer.receive(2);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        consumer.consumer.close();
        session.session.flush();
        core.loop.drain();
        assertThat(end(transaction, true)).isInstanceOf(Reply.Done.class);
        assertThat(session.consumer("in").receive(2)).containsExactly("m1", "m2");
    }

    @Test
    void aSessionThatEndsRollsBack() {
        session.producer("in").sendDurable(0, 2);
        TestSession lost = core.session();
        TestConsumer consumer = lost.consumer("in");
        consumer.receive(2);
        Transaction transaction = lost.session.begin();
        consumer.consumer.settle(0, 1, Outcome.ACCEPTED, transaction, true);
        lost.close();
        assertThat(session.consumer("in").receive(2)).containsExactly("m0", "m1");
    }

    @Test
    void aRefusedCommitChangesNothing() {
        session.producer("in").sendDurable(0, 1);
        TestConsumer consumer = session.consumer("in");
        consumer.receive(1);
        TestProducer anonymous = session.producer(null);
        Transaction transaction = session.session.begin();
        anonymous.producer.send(CoreFixture.message(true, 4, 0, "fine", "x"), transaction);
        anonymous.producer.send(CoreFixture.message(true, 4, 0, "$none", "y"), transaction);
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        assertThat(end(transaction, true)).isInstanceOf(Reply.Refused.class);
        assertThat(session.browser("fine", null).drain()).isEmpty();
        assertThat(consumer.receive(1)).containsExactly("m0");
    }

    @Test
    void largeTransactionsOfOneReadDoNotShareAFrame() {
        TestProducer out = session.producer("out");
        long frames = core.journal.counters().frames();
        List<Reply<Boolean>> replies = new java.util.ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Transaction transaction = session.session.begin();
            out.producer.send(CoreFixture.message(true, "x".repeat(5 << 20)), transaction);
            transaction.commit(replies::add);
        }
        session.session.flush();
        core.loop.until(() -> replies.size() == 3);
        assertThat(replies).allMatch(reply -> reply instanceof Reply.Done);
        assertThat(core.journal.counters().frames() - frames).isEqualTo(3);
        assertThat(session.consumer("out").receive(3)).hasSize(3);
    }

    private Reply<Boolean> end(Transaction transaction, boolean commit) {
        List<Reply<Boolean>> replies = new java.util.ArrayList<>();
        if (commit) {
            transaction.commit(replies::add);
        } else {
            transaction.rollback(replies::add);
        }
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    private static AddressSettings rule(
            boolean autoCreate, long maxMessages, FullPolicy policy, int maxDeliveries, String deadLetters) {
        return AddressSettings.defaults()
                .withCreation(autoCreate, false)
                .withLimits(maxMessages, -1, policy)
                .withRedelivery(new Redelivery(maxDeliveries, 0, 1, 0), Optional.ofNullable(deadLetters));
    }
}
