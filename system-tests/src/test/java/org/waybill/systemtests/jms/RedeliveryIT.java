package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** What becomes of messages that an application fails on: how often and when they come again, and where they go then. */
@ThroughEachClient
final class RedeliveryIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            shards: 2
            addresses:
              - match: "thrice.#"
                max-deliveries: 3
                dead-letter-address: failed
              - match: "patient.#"
                redelivery-delay-ms: 200
                redelivery-multiplier: 2
                max-redelivery-delay-ms: 500
              - match: "waiting.#"
                redelivery-delay-ms: 3600000
              - match: "dropping.#"
                max-deliveries: 1
                dead-letter-address: none
              - match: "endless.#"
                max-deliveries: 0
            """);

    @RegisterExtension
    final JmsClients clients;

    RedeliveryIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void tenFailuresLeadToDeadLettersByDefault() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Queue queue = session.createQueue("redelivery.default");
        Texts.send(session, queue, "poison", "sound");
        long startMs = System.currentTimeMillis();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int delivery = 1; delivery <= 10; delivery++) {
            Message message = Texts.next(consumer);
            assertThat(message.getBody(String.class)).isEqualTo("poison");
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
            transacted.rollback();
        }
        Texts.expect(consumer, "sound");
        transacted.commit();
        Session other = session(clients.connectThrough(JmsClient.QPID_JMS));
        Message dead = Texts.next(other.createConsumer(other.createQueue("dead-letters")));
        assertThat(dead.getBody(String.class)).isEqualTo("poison");
        assertThat(dead.getJMSRedelivered()).as("it is new where it is now").isFalse();
        assertThat(Annotations.of(dead, "x-opt-dead-letter-queue")).isEqualTo("redelivery.default");
        assertThat(Annotations.of(dead, "x-opt-dead-letter-count")).isEqualTo(10L);
        assertThat((String) Annotations.of(dead, "x-opt-dead-letter-reason")).isNotBlank();
        assertThat((Long) Annotations.of(dead, "x-opt-dead-letter-time"))
                .isBetween(startMs, System.currentTimeMillis());
    }

    @Test
    void eachAddressHasARuleOfItsOwn() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        fail(connection, session.createQueue("thrice.queue"), "poison", 3);
        fail(connection, session.createQueue("dropping.queue"), "worthless", 1);
        fail(connection, session.createQueue("endless.queue"), "tenacious", 30);
        Texts.expect(session.createConsumer(session.createQueue("failed")), "poison");
        Texts.expectNothing(session.createConsumer(session.createQueue("thrice.queue")));
        Texts.expectNothing(session.createConsumer(session.createQueue("dropping.queue")));
        Texts.expect(session.createConsumer(session.createQueue("endless.queue")), "tenacious");
    }

    @Test
    void recoveringCountsAsAFailure() throws JMSException {
        Session session = clients.connect().createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("thrice.recovered");
        Texts.send(session, queue, "poison");
        MessageConsumer consumer = session.createConsumer(queue);
        // Qpid JMS redelivers from its own buffer: only closing the session tells the broker
        Texts.next(consumer);
        session.recover();
        assertThat(Texts.next(consumer).getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        session.close();
        Session again = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThat(Texts.next(again.createConsumer(queue)).getJMSRedelivered()).isTrue();
    }

    @Test
    void aClientMayRejectByItself() throws JMSException {
        Connection connection =
                clients.connect("jms.redeliveryPolicy.maxRedeliveries=1", "jms.redeliveryPolicy.outcome=REJECTED");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = session(clients.connect());
        Queue queue = session.createQueue("thrice.rejected");
        Texts.send(session, queue, "unwanted");
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int delivery = 0; delivery < 2; delivery++) {
            assertThat(Texts.receive(consumer, 1)).containsExactly("unwanted");
            transacted.rollback();
        }
        Texts.expectNothing(consumer);
        Texts.expect(session.createConsumer(session.createQueue("failed")), "unwanted");
    }

    @Test
    void waitsLongerWithEachFailure() throws JMSException {
        Connection connection = clients.connect();
        Queue queue = session(connection).createQueue("patient.queue");
        Texts.send(session(connection), queue, "poison");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 1)).containsExactly("poison");
        for (long delayMs : new long[] {200, 400, 500, 500}) {
            long beforeNs = System.nanoTime();
            transacted.rollback();
            assertThat(Texts.receive(consumer, 1)).containsExactly("poison");
            // a tenth less, because the broker's clock and this one are two
            assertThat(Duration.ofNanos(System.nanoTime() - beforeNs))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(delayMs * 9 / 10));
        }
    }

    @Test
    void whatWaitsHoldsUpNobody() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Queue queue = session.createQueue("waiting.queue");
        fail(connection, queue, "poison", 1);
        Texts.send(session, queue, "sound");
        Texts.expect(session.createConsumer(queue), "sound");
        assertThat(Texts.browse(session.createBrowser(queue))).isEmpty();
    }

    @Test
    void aSubscriptionHasDeadLettersToo() throws JMSException {
        Connection connection = clients.connectAs("redelivery");
        Session session = session(connection);
        Topic topic = session.createTopic("thrice.topic");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer failing = transacted.createDurableConsumer(topic, "failing");
        MessageConsumer sound = session.createDurableConsumer(topic, "sound");
        Texts.send(session, topic, "event");
        for (int delivery = 1; delivery <= 3; delivery++) {
            assertThat(Texts.receive(failing, 1)).containsExactly("event");
            transacted.rollback();
        }
        Texts.expect(session.createConsumer(session.createQueue("failed")), "event");
        Texts.expectNothing(failing);
        Texts.expect(sound, "event");
    }

    @Test
    void countsOnThroughAPowerFailure() throws JMSException {
        Connection connection = clients.connect();
        Queue queue = session(connection).createQueue("thrice.crash");
        Texts.send(session(connection), queue, "poison");
        for (int delivery = 1; delivery <= 2; delivery++) {
            Session transacted = clients.connect().createSession(true, Session.SESSION_TRANSACTED);
            Message message = Texts.next(transacted.createConsumer(queue));
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
            transacted.rollback();
            transacted.close();
        }
        BROKER.crash();
        Connection after = clients.connect();
        Session transacted = after.createSession(true, Session.SESSION_TRANSACTED);
        assertThat(Texts.next(transacted.createConsumer(queue)).getJMSRedelivered())
                .isTrue();
        transacted.rollback();
        Texts.expect(session(after).createConsumer(session(after).createQueue("failed")), "poison");
    }

    /** Receives this text as often and rolls back each time. */
    private static void fail(Connection connection, Queue queue, String text, int times) throws JMSException {
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Texts.send(session(connection), queue, text);
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int delivery = 1; delivery <= times; delivery++) {
            assertThat(Texts.receive(consumer, 1)).containsExactly(text);
            transacted.rollback();
        }
        transacted.close();
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
