package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Queues that keep less than everything: last values, rings, limits, and messages sent twice. */
@ThroughEachClient
final class QueueRulesIT {
    private static final String DUPLICATE_ID = "_AMQ_DUPL_ID";

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            shards: 2
            amqp:
              producer-credit: 10
            addresses:
              - match: "prices.#"
                last-value-key: stock
              - match: "ring.#"
                max-messages: 3
                full-policy: drop-oldest
              - match: "rejecting.#"
                max-messages: 3
                full-policy: reject
              - match: "small.#"
                max-bytes: 10000
                full-policy: reject
              - match: "blocking.#"
                max-messages: 5
                full-policy: block
            """);

    @RegisterExtension
    final JmsClients clients;

    QueueRulesIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void aLastValueQueueKeepsTheNewestOfEachKey() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("prices.queue");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(quote(session, "ABC", "abc 1"));
            producer.send(quote(session, "XYZ", "xyz 1"));
            producer.send(session.createTextMessage("of no stock"));
            producer.send(quote(session, "ABC", "abc 2"));
            producer.send(session.createTextMessage("of no stock either"));
            producer.send(quote(session, "ABC", "abc 3"));
        }
        List<String> newest = List.of("xyz 1", "of no stock", "of no stock either", "abc 3");
        assertThat(Texts.browse(session.createBrowser(queue))).containsExactlyInAnyOrderElementsOf(newest);
        BROKER.crash();
        Session after = session(clients.connect());
        try (MessageProducer producer = after.createProducer(queue)) {
            producer.send(quote(after, "XYZ", "xyz 2"));
        }
        MessageConsumer consumer = after.createConsumer(queue);
        assertThat(Texts.rest(consumer))
                .containsExactlyInAnyOrder("of no stock", "of no stock either", "abc 3", "xyz 2");
    }

    @Test
    void aRingKeepsTheNewest() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("ring.queue");
        Texts.send(session, queue, Texts.numbered("m", 10));
        Texts.expect(session.createConsumer(queue), "m7", "m8", "m9");
    }

    @Test
    void aRingOfASubscriptionIsItsOwn() throws JMSException {
        Session session = session(clients.connectAs("ring"));
        Topic topic = session.createTopic("ring.topic");
        session.createDurableConsumer(topic, "idle").close();
        MessageConsumer busy = session.createConsumer(topic);
        for (String text : Texts.numbered("m", 10)) {
            Texts.send(session, topic, text);
            assertThat(Texts.receive(busy, 1)).containsExactly(text);
        }
        Texts.expect(session.createDurableConsumer(topic, "idle"), "m7", "m8", "m9");
    }

    @Test
    void aFullQueueRejectsAndSaysSo() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("rejecting.queue");
        MessageProducer producer = session.createProducer(queue);
        for (String text : Texts.numbered("m", 3)) {
            producer.send(session.createTextMessage(text));
        }
        assertThatThrownBy(() -> producer.send(session.createTextMessage("m3")))
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("rejecting.queue");
        assertThat(Texts.receive(session.createConsumer(queue), 3)).containsExactly("m0", "m1", "m2");
        producer.send(session.createTextMessage("there is room again"));
    }

    @Test
    void aQueueMayBeFullByItsBytes() throws JMSException {
        Session session = session(clients.connect());
        MessageProducer producer = session.createProducer(session.createQueue("small.queue"));
        String text = "x".repeat(4_000);
        producer.send(session.createTextMessage(text));
        producer.send(session.createTextMessage(text));
        assertThatThrownBy(() -> {
                    producer.send(session.createTextMessage(text));
                    producer.send(session.createTextMessage(text));
                })
                .isInstanceOf(ResourceAllocationException.class);
    }

    @Test
    void aBlockingQueueLetsItsSendersWaitAndLosesNothing() throws JMSException {
        Session sending = session(clients.connect());
        Session session = session(clients.connect());
        Queue queue = session.createQueue("blocking.queue");
        List<String> texts = Texts.numbered("m", 200);
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                Texts.send(sending, queue, texts);
            } catch (JMSException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> Texts.browse(session.createBrowser(queue)).size() >= 5);
        assertThat(sent).isNotDone();
        assertThat(Texts.browse(session.createBrowser(queue)).size())
                .as("the limit, and what was on its way")
                .isLessThanOrEqualTo(15);
        Texts.expect(session.createConsumer(queue), texts);
        assertThat(sent).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void aMessageSentTwiceIsThereOnce() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("once.queue");
        MessageProducer producer = session.createProducer(queue);
        producer.send(identified(session, "id-1", "one"));
        producer.send(identified(session, "id-1", "one again"));
        producer.send(identified(session, "id-2", "two"));
        producer.send(session.createTextMessage("without an id"));
        producer.send(session.createTextMessage("without an id"));
        BROKER.crash();
        Session after = session(clients.connect());
        MessageProducer again = after.createProducer(queue);
        again.send(identified(after, "id-2", "two after the crash"));
        again.send(identified(after, "id-3", "three"));
        Texts.expect(after.createConsumer(queue), "one", "two", "without an id", "without an id", "three");
        again.send(identified(after, "id-1", "one, long consumed"));
        Texts.expectNothing(after.createConsumer(queue));
        after.createProducer(after.createQueue("once.other")).send(identified(after, "id-1", "elsewhere"));
        Texts.expect(after.createConsumer(after.createQueue("once.other")), "elsewhere");
    }

    @Test
    void aRollbackForgetsTheIdsOfItsMessages() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("once.transacted");
        MessageProducer producer = transacted.createProducer(queue);
        producer.send(identified(transacted, "tx-1", "undone"));
        transacted.rollback();
        producer.send(identified(transacted, "tx-1", "done"));
        producer.send(identified(transacted, "tx-1", "done twice"));
        transacted.commit();
        producer.send(identified(transacted, "tx-1", "done again"));
        transacted.commit();
        Texts.expect(session.createConsumer(queue), "done");
    }

    private static Message quote(Session session, String stock, String text) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setStringProperty("stock", stock);
        return message;
    }

    private static Message identified(Session session, String id, String text) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setStringProperty(DUPLICATE_ID, id);
        return message;
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
