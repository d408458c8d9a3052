package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.Redelivery;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Origin;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/** A queue that moves from one shard to another by command. */
class QueueMoveTest {
    private static final int SHARDS = 3;
    private static final String QUEUE = ShardNetwork.queue("q", 0, SHARDS);
    private static final String DEAD = ShardNetwork.queue("dead", 0, SHARDS);
    private static final Target TARGET = new Target(Operation.Type.QUEUE, QUEUE);
    private static final UUID PRODUCER = new UUID(1, 2);

    private CrashDisk disk = new CrashDisk();
    private CoreFixture core = open();
    private TestSession session = core.session();

    private CoreFixture open() {
        return new CoreFixture(disk, SHARDS, 64L << 20, 1 << 16, name -> {
            AddressSettings usual = AddressSettings.defaults();
            return name.equals(QUEUE)
                    ? usual.withRedelivery(new Redelivery(3, 1_000, 1, 1_000), Optional.of(DEAD))
                    : usual;
        });
    }

    @AfterEach
    void close() {
        core.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itsMessagesAreAsTheyWere(boolean checkpoint) {
        TestSession users = core.session();
        TestProducer producer = users.producer(QUEUE);
        producer.sendDurable(0, 600);
        producer.sendAndWait(CoreFixture.message(true, 7, 0, null, "urgent"));
        producer.sendAndWait(CoreFixture.message(true, 4, 5_000, null, "expires"));
        producer.sendAndWait(CoreFixture.message(false, 4, 0, null, "volatile"));
        producer.sendAndWait(CoreFixture.scheduled("x-opt-delivery-delay", 60_000, 0, "later"));
        TestConsumer failing = users.consumer(QUEUE);
        assertThat(failing.receive(2)).containsExactly("urgent", "m0");
        failing.settle(0, 0, Outcome.RELEASED);
        failing.settle(1, 1, Outcome.FAILED);
        users.close();

        assertThat(move(2)).containsEntry("moving-to", 2).containsEntry("messages", 604L);
        core.pass(200);
        assertThat(core.shards[0].state().node(QUEUE)).isNull();
        assertThat(one(new Operation.Read(TARGET)))
                .containsEntry("shard", 2)
                .doesNotContainKey("moving-to")
                .containsEntry("messages", 604L);
        restart(checkpoint);

        TestConsumer consumer = session.consumer(QUEUE);
        assertThat(consumer.receive(2)).containsExactly("urgent", "m1");
        core.pass(1_000);
        assertThat(consumer.receive(1)).containsExactly("m0");
        assertThat(consumer.heads.get(2)).as("has failed once").contains(0x70, 0, 0, 0, 1);
        core.pass(5_000);
        assertThat(consumer.receive(598)).startsWith("m2").endsWith("m599");
        consumer.take(10);
        assertThat(consumer.texts).doesNotContain("expires", "later", "volatile");
        core.pass(60_000);
        assertThat(consumer.texts).endsWith("later");
    }

    @Test
    void whatAnAnonymousProducerSendsDoesNotOvertakeWhatItSentBefore() {
        List<BrokerError> ends = new ArrayList<>();
        TestProducer sent = new TestProducer(session);
        LocalSession far = new LocalSession(core.far, core.loop, "far", core.transactions, ending(ends));
        Producer producer = far.openProducer(new ProducerSpec(null, NodeKind.ANY), sent);
        session.producer(QUEUE).sendDurable(0, 1);
        core.fill(1);
        producer.send(to(QUEUE, "m1"), 1);
        far.flush();
        session.close();
        session = core.session();
        move(2);
        core.pass(200);

        producer.send(to(QUEUE, "m2"), 2);
        producer.send(to(QUEUE, "m3"), 3);
        far.flush();
        core.empty(1);
        core.loop.settle();

        assertThat(ends).extracting(BrokerError::code).contains(Code.MOVED);
        TestConsumer consumer = core.session().consumer(QUEUE);
        consumer.take(10);
        assertThat(consumer.texts)
                .as("m1 is sent again, and must not be the last")
                .containsExactly("m0");
    }

    @Test
    void anAnonymousProducerThatWaitsForNoAnswerGoesOn() {
        List<BrokerError> ends = new ArrayList<>();
        TestProducer sent = new TestProducer(session);
        LocalSession far = new LocalSession(core.far, core.loop, "far", core.transactions, ending(ends));
        Producer producer = far.openProducer(new ProducerSpec(null, NodeKind.ANY), sent);
        producer.send(to(QUEUE, "m1"), 1);
        far.flush();
        core.loop.until(() -> sent.settled == 1);
        move(2);
        core.pass(200);

        producer.send(to(QUEUE, "m2"), 2);
        far.flush();
        core.loop.until(() -> sent.settled == 2);

        assertThat(ends).isEmpty();
        assertThat(core.session().consumer(QUEUE).receive(2)).containsExactly("m1", "m2");
    }

    private static Message to(String queue, String text) {
        return CoreFixture.message(true, 4, 0, queue, text);
    }

    private static SessionHandler ending(List<BrokerError> ends) {
        return new SessionHandler() {
            @Override
            public void batchEnd() {}

            @Override
            public void closed(BrokerError error) {
                ends.add(error);
            }
        };
    }

    @Test
    void whatIsSentAgainIsKnownThere() {
        TestSession users = core.session();
        TestProducer producer = users.producer(QUEUE);
        producer.sendAndWait(ExactlyOnceTest.message(new Origin(PRODUCER, 0, 1), true, "numbered"));
        producer.sendAndWait(named("named"));
        users.close();
        move(1);
        core.pass(200);

        producer = session.producer(QUEUE);
        producer.sendAndWait(ExactlyOnceTest.message(new Origin(PRODUCER, 0, 1), true, "again"));
        producer.sendAndWait(named("again"));
        assertThat(producer.refusals).isEmpty();
        assertThat(session.browser(QUEUE, null).drain()).containsExactly("numbered", "named");
        assertThat(core.shards[1].state().node(QUEUE)).isNotNull();
    }

    @Test
    void comesHomeAndGoesAwayAgain() {
        send(3);
        for (int shard : new int[] {2, 0, 1, 0, 1}) {
            move(shard);
            core.pass(200);
            assertThat(one(new Operation.Read(TARGET))).containsEntry("shard", shard);
            assertThat(done(new Operation.Query(Operation.Type.QUEUE, 0, 10)))
                    .filteredOn(row -> QUEUE.equals(row.get("name")))
                    .hasSize(1);
            restart(shard == 1);
        }
        assertThat(session.consumer(QUEUE).drain()).containsExactly("m0", "m1", "m2");
    }

    @Test
    void endsTheSessionsThatUseIt() {
        send(3);
        Ended consuming = new Ended(core);
        consuming.session.openConsumer(
                new ConsumerSpec(QUEUE, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), new Deaf());
        Ended producing = new Ended(core);
        Producer producer = producing.session.openProducer(new ProducerSpec(QUEUE, NodeKind.QUEUE), new Deaf());
        Ended other = new Ended(core);
        Producer anonymous = other.session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), new Deaf());
        List.of(consuming, producing, other).forEach(one -> one.session.flush());
        core.loop.drain();

        // between the command and its end
        session.session.manage(new Operation.MoveQueue(TARGET, 1), reply -> {});
        session.session.flush();
        producer.send(CoreFixture.message(true, "too late"), 0);
        producing.session.flush();
        core.pass(200);
        assertThat(consuming.codes).contains(Code.MOVED);
        assertThat(producing.codes).contains(Code.MOVED);
        assertThat(other.codes).isEmpty();

        anonymous.send(CoreFixture.message(true, 4, 0, QUEUE, "found"), 0);
        other.session.flush();
        core.loop.drain();
        assertThat(other.codes).isEmpty();
        assertThat(session.browser(QUEUE, null).drain()).containsExactly("m0", "m1", "m2", "found");
    }

    @Test
    void whoAsksTheShardThatItHasLeftIsSentAway() {
        send(1);
        move(1);
        core.pass(200);
        Ended late = new Ended(core);
        LocalProducer producer = new LocalProducer(late.session, 7, null);
        Batch batch = new Batch(late.session);
        batch.add(Batch.Kind.SEND, producer, 0, 0, CoreFixture.message(true, "late"), QUEUE);
        core.shards[0].submit(batch);
        core.loop.drain();
        assertThat(late.codes).containsExactly(Code.MOVED);
        assertThat(core.shards[0].state().node(QUEUE)).isNull();
    }

    @Test
    void whoWasSentAwaySendsNothingMoreThoughTheQueueIsBack() {
        send(1);
        move(1);
        core.pass(200);
        Ended late = new Ended(core);
        LocalProducer producer = new LocalProducer(late.session, 7, null);
        sendHome(late, producer, 1);
        core.loop.drain();
        assertThat(late.codes).containsExactly(Code.MOVED);
        move(0);
        core.pass(200);
        // before it has heard that its session is ended
        sendHome(late, producer, 2);
        core.loop.drain();
        assertThat(session.browser(QUEUE, null).drain())
                .as("1 is sent again, and must not be the last")
                .containsExactly("m0");
    }

    private void sendHome(Ended from, LocalProducer producer, int number) {
        Batch batch = new Batch(from.session);
        batch.add(Batch.Kind.SEND, producer, number, 0, CoreFixture.message(true, String.valueOf(number)), QUEUE);
        core.shards[0].submit(batch);
    }

    @Test
    void whatCannotBeMovedIsRefused() {
        assertThat(refused(new Operation.MoveQueue(TARGET, 1)).code()).isEqualTo(Code.NOT_FOUND);
        send(1);
        assertThat(refused(new Operation.MoveQueue(TARGET, 0)).code()).isEqualTo(Code.PRECONDITION_FAILED);
        assertThat(refused(new Operation.MoveQueue(TARGET, SHARDS)).message()).contains("0 to 2");
        Target topic = new Target(Operation.Type.TOPIC, "news");
        assertThat(refused(new Operation.MoveQueue(topic, 1)).code()).isEqualTo(Code.NOT_IMPLEMENTED);
        move(1);
        core.pass(200);
        assertThat(refused(new Operation.MoveQueue(TARGET, 2)).message()).contains("home, shard 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionThatSettlesTooLateIsNotCommitted(boolean overShards) {
        send(2);
        String elsewhere = ShardNetwork.queue("other", 2, SHARDS);
        Ended client = new Ended(core);
        Producer producer = client.session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), new Deaf());
        org.waybill.spi.Consumer consumer = client.session.openConsumer(
                new ConsumerSpec(QUEUE, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), new Deaf());
        consumer.credit(2, false);
        client.session.flush();
        core.loop.settle();
        Transaction transaction = client.session.begin();
        consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        client.session.flush();
        core.loop.settle();

        // the command has come to the shard, and the client has not heard of it yet
        session.session.manage(new Operation.MoveQueue(TARGET, 1), reply -> {});
        session.session.flush();
        consumer.settle(1, 1, Outcome.ACCEPTED, transaction, true);
        if (overShards) {
            producer.send(CoreFixture.message(true, 4, 0, elsewhere, "out"), transaction);
        }
        List<Reply<Boolean>> replies = new ArrayList<>();
        transaction.commit(replies::add);
        client.session.flush();
        core.pass(60_000);
        assertThat(client.codes).contains(Code.MOVED);
        assertThat(replies).noneMatch(reply -> reply instanceof Reply.Done<Boolean>);
        client.session.close();
        core.pass(1_000);

        assertThat(one(new Operation.Read(TARGET))).containsEntry("shard", 1);
        assertThat(session.consumer(QUEUE).drain()).containsExactly("m0", "m1");
        assertThat(session.browser(elsewhere, null).drain()).isEmpty();
        for (Shard shard : core.shards) {
            assertThat(shard.state().ledger().isEmpty()).isTrue();
            assertThat(shard.parts().isEmpty()).isTrue();
        }
    }

    @Test
    void aPreparedTransactionIsInTheWay() {
        send(1);
        BranchClient client = new BranchClient(core);
        Xid sends = BranchClient.xid(1, SHARDS, 1);
        client.work(sends, QUEUE);
        assertThat(client.prepare(sends)).isEqualTo(XaCode.OK);
        assertThat(refused(new Operation.MoveQueue(TARGET, 1)).code()).isEqualTo(Code.RESOURCE_LOCKED);
        assertThat(client.commit(sends)).isEqualTo(XaCode.OK);
        move(1);
        core.pass(200);
        assertThat(session.browser(QUEUE, null).drain()).containsExactly("m0", "in " + sends);
    }

    @Test
    void waitsForWhatATransactionHolds() {
        send(2);
        BranchClient client = new BranchClient(core);
        Xid takes = BranchClient.xid(1, SHARDS, 1);
        Transaction work = client.start(takes);
        client.take(QUEUE, work).consumer.close();
        client.end(work);
        client.session.close();
        move(1);
        core.pass(60_000);
        assertThat(one(new Operation.Read(TARGET)))
                .containsEntry("moving-to", 1)
                .containsEntry("messages", 2L);
        assertThat(refused(new Operation.Purge(TARGET)).code()).isEqualTo(Code.MOVED);

        assertThat(new BranchClient(core).rollback(takes)).isEqualTo(XaCode.OK);
        core.pass(200);
        core.pass(1_000);
        assertThat(one(new Operation.Read(TARGET))).containsEntry("shard", 1);
        assertThat(session.consumer(QUEUE).drain()).containsExactly("m0", "m1");
    }

    // ---- helpers

    private static Message named(String text) {
        return CoreFixture.message(true, text).forwarded(Annotations.of(Map.of("x-opt-waybill-duplicate-id", "named")));
    }

    private void send(int count) {
        TestSession users = core.session();
        users.producer(QUEUE).sendDurable(0, count);
        users.close();
    }

    private Map<String, Object> move(int shard) {
        return one(new Operation.MoveQueue(TARGET, shard));
    }

    private void restart(boolean checkpoint) {
        if (checkpoint) {
            core.stop();
        } else {
            core.loop.settle();
            core.close();
        }
        disk = disk.afterKill();
        core = open();
        session = core.session();
    }

    private Map<String, Object> one(Operation operation) {
        List<Map<String, Object>> rows = done(operation);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private List<Map<String, Object>> done(Operation operation) {
        if (ask(operation) instanceof Reply.Done<List<Map<String, Object>>> done) {
            return done.value();
        }
        throw new AssertionError(operation);
    }

    private BrokerError refused(Operation operation) {
        if (ask(operation) instanceof Reply.Refused<List<Map<String, Object>>> refused) {
            return refused.error();
        }
        throw new AssertionError(operation);
    }

    private Reply<List<Map<String, Object>>> ask(Operation operation) {
        List<Reply<List<Map<String, Object>>>> replies = new ArrayList<>();
        session.session.manage(operation, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    /** A session that remembers with what it was ended. */
    private static final class Ended implements SessionHandler {
        final List<Code> codes = new ArrayList<>();
        final LocalSession session;

        Ended(CoreFixture core) {
            session = new LocalSession(
                    CoreFixture.FAR ? core.far : core.table, core.loop, "ended", TransactionSettings.defaults(), this);
        }

        @Override
        public void closed(BrokerError error) {
            codes.add(error.code());
        }

        @Override
        public void batchEnd() {}
    }

    /** Uses a queue, and must not hear that anything of it is refused. */
    private static final class Deaf implements ProducerHandler, ConsumerHandler {
        @Override
        public void opened() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {}

        @Override
        public void refused(long token, BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {}

        @Override
        public void drained(long limitToken) {}

        @Override
        public void settled(long firstToken, long lastToken) {}
    }
}
