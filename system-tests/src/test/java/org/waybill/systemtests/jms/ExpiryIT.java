package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/**
 * Jakarta Messaging 3.1, section 3.4.9: a message whose time is over is not seen any more. The broker says when that is so by moving it to
 * the expiry address, which is what each test waits for; the clients' own filters are off.
 */
@ThroughEachClient
final class ExpiryIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            addresses:
              - match: "expiring.#"
                expiry-address: expired
            """);

    private static final String NO_FILTER = "jms.localMessageExpiry=false";
    private static final long SHORT_MS = 200;
    private static final long TIME_TO_RECEIVE_MS = 2_000;

    @RegisterExtension
    final JmsClients clients;

    ExpiryIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @ParameterizedTest
    @ValueSource(ints = {DeliveryMode.NON_PERSISTENT, DeliveryMode.PERSISTENT})
    void movesWhatHasExpiredAndShowsItToNobody(int mode) throws JMSException {
        Session session = session(clients.connect(NO_FILTER));
        Queue queue = session.createQueue("expiring.mode" + mode);
        send(session, queue, "lasting", mode, 0);
        send(session, queue, "brief", mode, SHORT_MS);
        send(session, queue, "long", mode, 3_600_000);
        awaitExpired(session, "brief");
        assertThat(Texts.browse(session.createBrowser(queue))).containsExactly("lasting", "long");
        Texts.expect(session.createConsumer(queue), "lasting", "long");
    }

    @Test
    void dropsItWhereThereIsNoExpiryAddress() throws JMSException {
        Session session = session(clients.connect(NO_FILTER));
        Queue queue = session.createQueue("dropping.queue");
        send(session, queue, "brief", DeliveryMode.PERSISTENT, SHORT_MS);
        send(session, session.createQueue("expiring.clock"), "later", DeliveryMode.PERSISTENT, SHORT_MS);
        awaitExpired(session, "later");
        assertThat(Texts.browse(session.createBrowser(queue))).isEmpty();
        Texts.expectNothing(session.createConsumer(queue));
    }

    @Test
    void aSubscriptionDoesNotKeepItEither() throws JMSException {
        Session session = session(clients.connectAs("expiry", NO_FILTER));
        Topic topic = session.createTopic("expiring.topic");
        session.createDurableConsumer(topic, "s").close();
        send(session, topic, "brief", DeliveryMode.PERSISTENT, SHORT_MS);
        send(session, topic, "lasting", DeliveryMode.PERSISTENT, 0);
        awaitExpired(session, "brief");
        Texts.expect(session.createDurableConsumer(topic, "s"), "lasting");
    }

    @Test
    void expiresWhatComesBackTooLate() throws JMSException {
        Connection connection = clients.connect(NO_FILTER);
        Session session = session(connection);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("expiring.held");
        send(session, queue, "held", DeliveryMode.PERSISTENT, TIME_TO_RECEIVE_MS);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 1)).containsExactly("held");
        send(session, session.createQueue("expiring.clock"), "later", DeliveryMode.PERSISTENT, TIME_TO_RECEIVE_MS);
        awaitExpired(session, "later");
        transacted.rollback();
        awaitExpired(session, "held");
        Texts.expectNothing(consumer);
    }

    @Test
    void expiresWhileTheBrokerIsDown() throws JMSException {
        Session session = session(clients.connect(NO_FILTER));
        Queue queue = session.createQueue("expiring.crash");
        send(session, queue, "brief", DeliveryMode.PERSISTENT, SHORT_MS);
        send(session, queue, "lasting", DeliveryMode.PERSISTENT, 3_600_000);
        BROKER.crash();
        Session after = session(clients.connect(NO_FILTER));
        awaitExpired(after, "brief");
        Message lasting = Texts.next(after.createConsumer(queue));
        assertThat(lasting.getBody(String.class)).isEqualTo("lasting");
        assertThat(lasting.getJMSExpiration()).isEqualTo(lasting.getJMSTimestamp() + 3_600_000);
    }

    @Test
    void saysWhereItWasAndThatItsTimeWasOver() throws JMSException {
        Session session = session(clients.connect(NO_FILTER));
        Queue queue = session.createQueue("expiring.origin");
        send(session, queue, "brief", DeliveryMode.PERSISTENT, SHORT_MS);
        Message expired = awaitExpired(session(clients.connectThrough(JmsClient.QPID_JMS, NO_FILTER)), "brief");
        assertThat(Annotations.of(expired, "x-opt-expired-queue")).isEqualTo("expiring.origin");
        assertThat((Long) Annotations.of(expired, "x-opt-expired-time"))
                .isGreaterThanOrEqualTo(expired.getJMSTimestamp() + SHORT_MS);
    }

    /** Takes from the expiry address the next message, which must say this. */
    private static Message awaitExpired(Session session, String text) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(session.createQueue("expired"))) {
            Message message = Texts.next(consumer);
            assertThat(message.getBody(String.class)).isEqualTo(text);
            return message;
        }
    }

    private static void send(Session session, Destination to, String text, int mode, long ttlMs) throws JMSException {
        try (MessageProducer producer = session.createProducer(to)) {
            producer.send(session.createTextMessage(text), mode, Message.DEFAULT_PRIORITY, ttlMs);
        }
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
