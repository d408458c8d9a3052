package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
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
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;

/** Queues that keep less than everything: rings and limits. */
final class QueueRulesIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            shards: 2
            amqp:
              producer-credit: 10
            addresses:
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
    final JmsClients clients = new JmsClients(BROKER);

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

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
