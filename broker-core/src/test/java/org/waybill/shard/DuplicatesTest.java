package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Transaction;
import org.waybill.tx.TransactionId;

/** Messages that their sender sends again. */
class DuplicatesTest {
    private static final Destination QUEUE = Duplicates.address(NodeKind.QUEUE, "q");
    private static final TransactionId TRANSACTION = new TransactionId((byte) 1, new byte[] {7});

    private static final List<String> ON_EACH_SHARD = List.of(on(0), on(1));

    private final CrashDisk disk = new CrashDisk();

    private CoreFixture open() {
        return new CoreFixture(disk);
    }

    private static Message message(boolean durable, Object id, String text) {
        return CoreFixture.message(durable, text).forwarded(Annotations.of(Map.of("x-opt-waybill-duplicate-id", id)));
    }

    private static void send(TestProducer producer, Message... messages) {
        for (Message message : messages) {
            producer.sendAndWait(message);
        }
        assertThat(producer.outcomes).allMatch(Outcome.ACCEPTED::equals);
        assertThat(producer.refusals).isEmpty();
    }

    @Test
    void aDuplicateIsAcceptedAndNotStored() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            String lengthy = "x".repeat(1_000);
            send(
                    session.producer("q"),
                    message(true, "a", "m1"),
                    message(true, "b", "m2"),
                    message(true, "a", "m3"),
                    message(false, "b", "m4"),
                    message(true, 17L, "m5"),
                    message(true, 17L, "m6"),
                    message(true, lengthy, "m7"),
                    message(true, lengthy + "y", "m8"),
                    message(true, lengthy, "m9"));
            send(session.producer("other"), message(true, "a", "m10"));
            assertThat(session.consumer("q").drain()).containsExactly("m1", "m2", "m5", "m7", "m8");
            assertThat(session.consumer("other").drain()).containsExactly("m10");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void idsAreKnownAfterACrash(boolean checkpoint) {
        try (CoreFixture core = open()) {
            send(core.session().producer("q"), message(true, "a", "m1"), message(false, "b", "lost"));
            if (checkpoint) {
                core.checkpoint();
            }
        }
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            send(session.producer("q"), message(true, "a", "m2"), message(true, "b", "m3"));
            assertThat(session.consumer("q").drain()).containsExactly("m1", "m3");
        }
    }

    @Test
    void onlyTheNewestIdsAreRemembered() {
        AddressSettings defaults = AddressSettings.defaults();
        Duplicates duplicates = new Duplicates(name -> defaults);
        for (int i = 0; i <= defaults.duplicateIds(); i++) {
            duplicates.remembered(QUEUE, "id" + i, true, null);
        }
        assertThat(duplicates.knows(QUEUE, "id0")).isFalse();
        assertThat(duplicates.knows(QUEUE, "id1")).isTrue();
        duplicates.deleted(QUEUE);
        assertThat(duplicates.knows(QUEUE, "id1")).isFalse();
    }

    @Test
    void whatATransactionSendsIsKnownOnceItIsCommitted() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            Transaction rolledBack = session.session.begin();
            producer.producer.send(message(true, "a", "m1"), rolledBack);
            rolledBack.rollback(reply -> {});
            Transaction committed = session.session.begin();
            producer.producer.send(message(true, "a", "m2"), committed);
            producer.producer.send(message(true, "a", "m3"), committed);
            List<Reply<Boolean>> replies = new ArrayList<>();
            committed.commit(replies::add);
            session.session.flush();
            core.loop.until(() -> replies.size() == 1);
            send(producer, message(true, "a", "m4"));
            assertThat(session.consumer("q").drain()).containsExactly("m2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitOverShardsIsKnownOnEachOfThem(boolean committed) {
        try (CoreFixture core = onTwoShards()) {
            TestSession session = core.session();
            TestProducer producer = session.producer(null);
            Transaction transaction = session.session.begin();
            for (String queue : ON_EACH_SHARD) {
                producer.producer.send(to(queue, "m1"), transaction);
            }
            if (committed) {
                transaction.commit(reply -> assertThat(reply).isInstanceOf(Reply.Done.class));
            } else {
                transaction.rollback(reply -> {});
            }
            session.session.flush();
            core.loop.settle();
        }
        try (CoreFixture core = onTwoShards()) {
            TestSession session = core.session();
            for (String queue : ON_EACH_SHARD) {
                send(session.producer(null), to(queue, "m2"), to(queue, "m3"));
                assertThat(session.consumer(queue).drain()).containsExactly(committed ? "m1" : "m2");
            }
        }
    }

    private CoreFixture onTwoShards() {
        return new CoreFixture(disk, 2, 64L << 20, 1 << 16, name -> AddressSettings.defaults());
    }

    private static String on(int shard) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "q" + i)
                .filter(name -> Placement.shardOf(name, 2) == shard)
                .findFirst()
                .orElseThrow();
    }

    private static Message to(String queue, String text) {
        return CoreFixture.message(true, 4, 0, queue, text)
                .forwarded(Annotations.of(Map.of("x-opt-waybill-duplicate-id", "a")));
    }

    @Test
    void aPromiseIsForgottenWithItsTransaction() {
        Duplicates duplicates = new Duplicates(name -> AddressSettings.defaults());
        duplicates.remembered(QUEUE, "a", true, TRANSACTION);
        assertThat(duplicates.isPromised(QUEUE, "a")).isTrue();
        assertThat(duplicates.ids(QUEUE)).isEmpty();
        duplicates.concluded(TRANSACTION, false);
        assertThat(duplicates.knows(QUEUE, "a")).isFalse();
        duplicates.remembered(QUEUE, "a", true, TRANSACTION);
        duplicates.keepPromises(id -> true);
        duplicates.concluded(TRANSACTION, true);
        assertThat(duplicates.ids(QUEUE)).containsExactly("a");
        duplicates.remembered(QUEUE, "b", true, TRANSACTION);
        duplicates.keepPromises(id -> false);
        assertThat(duplicates.ids(QUEUE)).containsExactly("a");
    }

    @Test
    void whatIsPromisedIsRefusedUntilItIsDecided() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            core.shards[0].state().duplicates().remembered(QUEUE, "a", true, TRANSACTION);
            producer.sendAndWait(message(true, "a", "m1"));
            assertThat(producer.refusals).singleElement().satisfies(error -> {
                assertThat(error.code()).isEqualTo(Code.RESOURCE_LIMIT);
                assertThat(error.message()).contains("duplicate id a").contains("q");
            });
            assertThat(session.consumer("q").drain()).isEmpty();
        }
    }

    @Test
    void topicsKnowDuplicatesToo() {
        try (CoreFixture core = open()) {
            TestSession session = core.session();
            TestConsumer subscriber = session.consumer(TopicDeliveryTest.spec("t", null));
            TestProducer producer = session.producer("topic://t");
            send(producer, message(true, "a", "m1"), message(true, "a", "m2"), message(true, "b", "m3"));
            assertThat(subscriber.drain()).containsExactly("m1", "m3");
        }
    }
}
