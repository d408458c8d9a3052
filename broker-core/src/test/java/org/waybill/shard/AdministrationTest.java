package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Selection;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/** What administrators see and do, against the core. */
class AdministrationTest {
    private static final Selection ALL = new Selection(List.of(), null, null);
    private static final Target ORDERS = new Target(Operation.Type.QUEUE, "orders");

    private CrashDisk disk = new CrashDisk();
    private CoreFixture core = new CoreFixture(disk, 2, 64L << 20, 1 << 16, name -> AddressSettings.defaults());
    private TestSession session = core.session();

    @AfterEach
    void close() {
        core.close();
    }

    // ---- nodes

    @Test
    void createsListsByPagesAndDeletesQueuesOfAllShards() {
        for (int i = 0; i < 25; i++) {
            assertThat(one(new Operation.Create(queue("q" + (100 + i))))).containsEntry("name", "q" + (100 + i));
        }

        assertThat(names(new Operation.Query(Operation.Type.QUEUE, 0, 10)))
                .startsWith("q100", "q101")
                .hasSize(10)
                .endsWith("q109");
        assertThat(names(new Operation.Query(Operation.Type.QUEUE, 20, 10)))
                .containsExactly("q120", "q121", "q122", "q123", "q124");
        assertThat(names(new Operation.Query(Operation.Type.QUEUE, 99, 10))).isEmpty();
        assertThat(refused(new Operation.Create(queue("q103"))).code()).isEqualTo(Code.PRECONDITION_FAILED);
        one(new Operation.Delete(queue("q103")));
        assertThat(refused(new Operation.Read(queue("q103"))))
                .isEqualTo(new BrokerError(Code.NOT_FOUND, "queue q103 does not exist"));
    }

    @Test
    void refusesPagesBeyondTheBounds() {
        assertThat(refused(new Operation.Query(Operation.Type.QUEUE, -1, 10)).message())
                .contains("offset")
                .contains("-1");
        assertThat(refused(new Operation.Query(Operation.Type.QUEUE, 0, 1_001)).message())
                .contains("count")
                .contains("1001");
        assertThat(refused(new Operation.QueryMessages(ORDERS, ALL, 0, 0)).code())
                .isEqualTo(Code.INVALID_FIELD);
        assertThat(refused(new Operation.Query(Operation.Type.ADDRESS, 0, 1)).code())
                .isEqualTo(Code.NOT_IMPLEMENTED);
    }

    @Test
    void tellsWhatIsSetForAnAddress() {
        assertThat(one(new Operation.Read(new Target(Operation.Type.ADDRESS, "anything"))))
                .containsEntry("kind", "queue")
                .containsEntry("auto-create", true)
                .containsEntry("dead-letter-address", "dead-letters")
                .containsEntry("full-policy", "block");
        assertThat(refused(new Operation.Delete(new Target(Operation.Type.ADDRESS, "anything")))
                        .code())
                .isEqualTo(Code.NOT_IMPLEMENTED);
    }

    @Test
    void topicsAreCreatedAndDeletedWithTheirSubscriptions() {
        Target news = new Target(Operation.Type.TOPIC, "news");
        one(new Operation.Create(news));
        TestConsumer consumer = session.consumer(subscriber("news", "all", null));
        TestConsumer other = session.consumer(subscriber("news", "mine", "client"));

        assertThat(one(new Operation.Read(news)))
                .containsEntry("subscriptions", 2)
                .containsEntry("durable", true);
        assertThat(refused(new Operation.Create(news)).code()).isEqualTo(Code.PRECONDITION_FAILED);
        assertThat(refused(new Operation.Purge(news)).code()).isEqualTo(Code.NOT_IMPLEMENTED);
        assertThat(names(new Operation.Query(Operation.Type.SUBSCRIPTION, 0, 10)))
                .containsExactly("all", "mine");

        one(new Operation.Delete(news));
        assertThat(consumer.error).isNotNull();
        assertThat(other.error).isNotNull();
        assertThat(done(new Operation.Query(Operation.Type.SUBSCRIPTION, 0, 10)))
                .isEmpty();
        assertThat(refused(new Operation.Delete(news)).code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void subscriptionsAreDeletedWhenNobodyUsesThem() {
        Target mine = new Target(Operation.Type.SUBSCRIPTION, "mine", "client");
        TestConsumer consumer = session.consumer(subscriber("news", "mine", "client"));
        session.producer("news", NodeKind.TOPIC).sendAndWait(CoreFixture.message(true, "one"));

        assertThat(one(new Operation.Read(mine)))
                .containsEntry("client-id", "client")
                .containsEntry("address", "news")
                .containsEntry("messages", 1L)
                .containsEntry("durable", true);
        BrokerError inUse = refused(new Operation.Delete(mine));
        assertThat(inUse.code()).isEqualTo(Code.RESOURCE_LOCKED);
        assertThat(inUse.message()).contains("mine of client client");
        assertThat(one(new Operation.Read(mine))).containsEntry("messages", 1L);
        assertThat(refused(new Operation.Create(new Target(Operation.Type.SUBSCRIPTION, "new")))
                        .code())
                .isEqualTo(Code.NOT_IMPLEMENTED);

        consumer.consumer.close();
        session.session.flush();
        assertThat(one(new Operation.Purge(mine))).containsEntry("purged", 1L);
        one(new Operation.Delete(mine));
        assertThat(refused(new Operation.Read(mine)).message()).contains("mine of client client does not exist");
    }

    @Test
    void showsConsumersAndClosesThem() {
        send("orders", 3);
        TestConsumer consumer = session.consumer("orders");
        consumer.credit(10);
        Map<String, Object> row =
                done(new Operation.Query(Operation.Type.CONSUMER, 0, 10)).get(0);

        assertThat(row)
                .containsEntry("container-id", "client")
                .containsEntry("address", "orders")
                .containsEntry("credit", 7L)
                .containsEntry("unsettled", 3)
                .containsEntry("delivered", 3L)
                .containsEntry("browse", false);
        Target target = new Target(Operation.Type.CONSUMER, (String) row.get("name"));
        assertThat(one(new Operation.Read(target))).isEqualTo(row);

        one(new Operation.Delete(target));
        assertThat(consumer.error).isNotNull();
        assertThat(refused(new Operation.Delete(target)).code()).isEqualTo(Code.NOT_FOUND);
        assertThat(session.consumer("orders").receive(3)).containsExactly("m0", "m1", "m2");
    }

    @Test
    void whatAClosedConsumerHasSettledTooLateIsNotCommitted() {
        send("orders", 2);
        TestConsumer consumer = session.consumer("orders");
        consumer.receive(2);
        Transaction transaction = session.session.begin();
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, transaction, true);
        session.session.flush();
        core.loop.settle();
        Map<String, Object> row =
                done(new Operation.Query(Operation.Type.CONSUMER, 0, 10)).get(0);
        one(new Operation.Delete(new Target(Operation.Type.CONSUMER, (String) row.get("name"))));
        consumer.consumer.settle(1, 1, Outcome.ACCEPTED, transaction, true);

        List<Reply<Boolean>> replies = new ArrayList<>();
        transaction.commit(replies::add);
        session.session.flush();
        core.loop.settle();
        assertThat(replies).hasSize(1).allMatch(reply -> reply instanceof Reply.Refused<Boolean>);
        assertThat(session.browser("orders", null).drain()).containsExactly("m0", "m1");
    }

    @Test
    void namesOfNoConsumerAreNotFound() {
        for (String name : List.of("", "x", "0-", "99-1", "-1", "0-1", "123456789012-1")) {
            assertThat(refused(new Operation.Read(new Target(Operation.Type.CONSUMER, name)))
                            .code())
                    .as(name)
                    .isEqualTo(Code.NOT_FOUND);
        }
    }

    // ---- messages

    @Test
    void listsMessagesByPagesAndSelector() {
        send("orders", 30);
        TestConsumer consumer = session.consumer("orders");
        consumer.credit(2);
        session.producer("orders").sendAndWait(CoreFixture.scheduled("x-opt-delivery-delay", 60_000, 0, "later"));

        List<Map<String, Object>> page = done(new Operation.QueryMessages(ORDERS, ALL, 0, 10));
        assertThat(page).hasSize(10);
        assertThat(page.get(0)).containsEntry("state", "acquired").containsEntry("delivery-count", 0);
        assertThat(page.get(2)).containsEntry("state", "available").containsEntry("priority", 4);
        assertThat(done(new Operation.QueryMessages(ORDERS, ALL, 28, 10))).hasSize(3);
        List<Map<String, Object>> scheduled = done(
                new Operation.QueryMessages(ORDERS, new Selection(List.of(), null, Operation.State.SCHEDULED), 0, 10));
        assertThat(scheduled).hasSize(1);
        assertThat(scheduled.get(0)).containsEntry("due-time", core.clock.epochMs + 60_000);
        assertThat(done(new Operation.QueryMessages(
                        ORDERS, new Selection(List.of(), Selector.parse("JMSPriority = 5"), null), 0, 10)))
                .isEmpty();
        assertThat(refused(new Operation.QueryMessages(queue("nothing"), ALL, 0, 10))
                        .code())
                .isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void seesMessagesThatAreNotInMemory() {
        core.close();
        core = new CoreFixture(new CrashDisk(), 1, 1, 1 << 16, name -> AddressSettings.defaults());
        session = core.session();
        send("orders", 600);

        Selection last = new Selection(List.of(), Selector.parse("JMSPriority = 4"), null);
        List<Map<String, Object>> page = done(new Operation.QueryMessages(ORDERS, last, 590, 100));

        assertThat(page).hasSize(10).allSatisfy(row -> assertThat(row).containsEntry("durable", true));
    }

    @Test
    void readsAMessageUpToABound() {
        send("orders", 2);
        long id = (Long)
                done(new Operation.QueryMessages(ORDERS, ALL, 1, 1)).get(0).get("id");

        byte[] whole =
                (byte[]) one(new Operation.ReadMessage(ORDERS, id, 1 << 16)).get("encoded");
        assertThat(CoreFixture.text(Message.of(whole, 0))).isEqualTo("m1");
        assertThat((byte[]) one(new Operation.ReadMessage(ORDERS, id, 5)).get("encoded"))
                .hasSize(5);
        assertThat(refused(new Operation.ReadMessage(ORDERS, id + 99, 5)).message())
                .isEqualTo("queue orders has no message " + (id + 99));
    }

    @Test
    void deletesWhatNobodyHolds() {
        send("orders", 5);
        session.producer("orders").sendAndWait(CoreFixture.scheduled("x-opt-delivery-delay", 60_000, 0, "later"));
        TestConsumer consumer = session.consumer("orders");
        consumer.credit(1);
        List<Long> ids = ids("orders");

        assertThat(refused(delete(ids.get(0))).message()).contains(ids.get(0) + " that nobody holds");
        assertThat(one(delete(ids.get(1)))).containsEntry("deleted", 1L);
        assertThat(one(delete(ids.get(5)))).as("scheduled").containsEntry("deleted", 1L);
        assertThat(refused(delete(ids.get(1))).code()).isEqualTo(Code.NOT_FOUND);
        assertThat(one(new Operation.DeleteMessages(ORDERS, ALL, 2))).containsEntry("deleted", 2L);
        assertThat(one(new Operation.DeleteMessages(ORDERS, ALL, 100))).containsEntry("deleted", 1L);
        consumer.consumer.close();
        session.session.flush();
        assertThat(ids("orders")).containsExactly(ids.get(0));

        restart();
        assertThat(ids("orders")).hasSize(1);
    }

    @Test
    void movesWithinAndBetweenShards() {
        send("orders", 6);
        String near = nameOn("near", Placement.shardOf("orders", 2));
        String far = nameOn("far", 1 - Placement.shardOf("orders", 2));
        List<Long> ids = ids("orders");

        assertThat(one(move(near, new Selection(List.of(ids.get(4), ids.get(1)), null, null), 10)))
                .isEqualTo(Map.of("moved", 2L));
        assertThat(one(move(far, ALL, 3))).isEqualTo(Map.of("moved", 3L));
        assertThat(session.browser("orders", null).drain()).containsExactly("m5");

        restart();
        assertThat(session.consumer(near).receive(2)).containsExactly("m4", "m1");
        TestConsumer consumer = session.consumer(far);
        assertThat(consumer.receive(3)).containsExactly("m0", "m2", "m3");
        byte[] annotations = consumer.messages.get(0).annotations();
        assertThat(annotations).isNotNull();
        assertThat(Annotations.value(annotations, "x-opt-moved-queue")).isEqualTo("orders");
        assertThat(session.browser("orders", null).drain()).containsExactly("m5");
    }

    @Test
    void movesBySelectorAndLeavesWhatAConsumerHolds() {
        TestProducer producer = session.producer("orders");
        for (int i = 0; i < 10; i++) {
            producer.sendAndWait(CoreFixture.message(true, i % 2, 0, null, "m" + i));
        }
        TestConsumer consumer = session.consumer("orders");
        assertThat(consumer.receive(1)).containsExactly("m1");

        Selection ones = new Selection(List.of(), Selector.parse("JMSPriority = 1"), null);
        assertThat(one(move("others", ones, 100))).isEqualTo(Map.of("moved", 4L));
        assertThat(session.browser("others", null).drain()).containsExactly("m3", "m5", "m7", "m9");
    }

    @Test
    void whatCannotBeMovedStaysAtItsPlace() {
        core.rules = name -> name.startsWith("closed")
                ? AddressSettings.defaults().withCreation(false, false)
                : AddressSettings.defaults();
        send("orders", 3);
        session.producer("orders").sendAndWait(CoreFixture.scheduled("x-opt-delivery-delay", 60_000, 0, "later"));
        for (int shard = 0; shard < 2; shard++) {
            assertThat(refused(move(nameOn("closed", shard), ALL, 10)).code()).isEqualTo(Code.NOT_FOUND);
        }
        assertThat(refused(move("orders", ALL, 10)).code()).isEqualTo(Code.INVALID_FIELD);
        assertThat(refused(move("topic://news", ALL, 10)).message()).contains("topic://news");
        assertThat(refused(move("", ALL, 10)).code()).isEqualTo(Code.INVALID_FIELD);

        TestConsumer consumer = session.consumer("orders");
        consumer.credit(10);
        assertThat(consumer.texts).containsExactly("m0", "m1", "m2");
        core.pass(60_000);
        assertThat(consumer.texts).containsExactly("m0", "m1", "m2", "later");
    }

    @Test
    void movesMessagesOfASubscription() {
        session.consumer(subscriber("news", "all", null)).consumer.close();
        session.producer("news", NodeKind.TOPIC).sendAndWait(CoreFixture.message(true, "one"));
        Target all = new Target(Operation.Type.SUBSCRIPTION, "all");

        assertThat(done(new Operation.QueryMessages(all, ALL, 0, 10))).hasSize(1);
        assertThat(one(new Operation.MoveMessages(all, ALL, 10, "rescued"))).isEqualTo(Map.of("moved", 1L));
        assertThat(session.consumer("rescued").receive(1)).containsExactly("one");
        assertThat(one(new Operation.Read(all))).containsEntry("messages", 0L);
    }

    // ---- helpers

    private void restart() {
        core.loop.settle();
        core.close();
        disk = disk.afterKill();
        AddressRules rules = core.rules;
        core = new CoreFixture(disk, 2, 64L << 20, 1 << 16, rules);
        session = core.session();
    }

    private static Target queue(String name) {
        return new Target(Operation.Type.QUEUE, name);
    }

    static ConsumerSpec subscriber(String topic, String name, @Nullable String clientId) {
        SubscriptionSpec named = new SubscriptionSpec(new SubscriptionId(name, clientId), true, clientId == null);
        return new ConsumerSpec(topic, NodeKind.TOPIC, false, false, Outcome.FAILED, null, named, false, 0);
    }

    private static Operation delete(long id) {
        return new Operation.DeleteMessages(ORDERS, new Selection(List.of(id), null, null), 1);
    }

    private static Operation move(String to, Selection which, int count) {
        return new Operation.MoveMessages(ORDERS, which, count, to);
    }

    private static String nameOn(String prefix, int shard) {
        int i = 0;
        while (Placement.shardOf(prefix + i, 2) != shard) {
            i++;
        }
        return prefix + i;
    }

    private void send(String queue, int count) {
        session.producer(queue).sendDurable(0, count);
    }

    private List<Long> ids(String queue) {
        List<Long> ids = new ArrayList<>();
        done(new Operation.QueryMessages(queue(queue), ALL, 0, 1_000)).forEach(row -> ids.add((Long) row.get("id")));
        return ids;
    }

    private List<String> names(Operation operation) {
        return done(operation).stream().map(row -> (String) row.get("name")).toList();
    }

    private Map<String, Object> one(Operation operation) {
        List<Map<String, Object>> rows = done(operation);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private List<Map<String, Object>> done(Operation operation) {
        Reply<List<Map<String, Object>>> reply = ask(operation);
        if (reply instanceof Reply.Done<List<Map<String, Object>>> done) {
            return done.value();
        }
        throw new AssertionError(reply);
    }

    private BrokerError refused(Operation operation) {
        Reply<List<Map<String, Object>>> reply = ask(operation);
        if (reply instanceof Reply.Refused<List<Map<String, Object>>> refused) {
            return refused.error();
        }
        throw new AssertionError(reply);
    }

    private Reply<List<Map<String, Object>>> ask(Operation operation) {
        List<Reply<List<Map<String, Object>>>> replies = new ArrayList<>();
        session.session.manage(operation, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        core.loop.drain();
        assertThat(replies).hasSize(1);
        return replies.get(0);
    }
}
