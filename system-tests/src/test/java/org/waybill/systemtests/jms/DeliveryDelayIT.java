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
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 7.9: messages that are there for nobody before their time. */
@ThroughEachClient
final class DeliveryDelayIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker("shards: 2\n");

    /** Far more than any message may be late; what is late by this much is not scheduled at all. */
    private static final long GENEROUS_MS = 5_000;

    /** Long enough for what a test does meanwhile, on a busy machine too. */
    private static final long SOON_MS = 1_500;

    @RegisterExtension
    final JmsClients clients;

    DeliveryDelayIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void holdsUpNobodyElse() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("delay.passed");
        MessageConsumer consumer = session.createConsumer(queue);
        send(session, queue, "in an hour", 3_600_000);
        send(session, queue, "soon", SOON_MS);
        send(session, queue, "now", 0);
        Texts.expect(consumer, "now");
        assertThat(Texts.browse(session.createBrowser(queue))).as("a browser").doesNotContain("in an hour");
        assertThat(Texts.receive(consumer, 1)).containsExactly("soon");
        Texts.expectNothing(consumer);
    }

    @Test
    void comesNotBeforeItsTime() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("delay.time");
        TextMessage sent = session.createTextMessage("soon");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryDelay(400);
            producer.send(sent);
        }
        assertThat(sent.getJMSDeliveryTime()).isEqualTo(sent.getJMSTimestamp() + 400);
        Message received = Texts.next(session.createConsumer(queue));
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(sent.getJMSDeliveryTime());
        assertThat(received.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    @Test
    void aThousandComeInTheOrderOfTheirTimes() throws JMSException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Session sending = session(clients.connect("jms.forceAsyncSend=true"));
        Session session = session(clients.connect());
        Queue queue = session.createQueue("delay.thousand");
        MessageConsumer consumer = session.createConsumer(queue);
        try (MessageProducer producer = sending.createProducer(queue)) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < 1_000; i++) {
                producer.setDeliveryDelay(2_000 + random.nextInt(1_500));
                producer.send(sending.createTextMessage("m" + i));
            }
        }
        long before = 0;
        for (int i = 0; i < 1_000; i++) {
            Message message = Texts.next(consumer);
            long now = System.currentTimeMillis();
            assertThat(message.getJMSDeliveryTime())
                    .as("delivery time %d of seed %d", i, seed)
                    .isBetween(before, now)
                    .isGreaterThan(now - GENEROUS_MS);
            before = message.getJMSDeliveryTime();
        }
        Texts.expectNothing(consumer);
    }

    @Test
    void isKeptThroughAPowerFailure() throws JMSException {
        Session session = session(clients.connectAs("delay"));
        Queue queue = session.createQueue("delay.crash");
        Topic topic = session.createTopic("delay.crash.topic");
        session.createDurableConsumer(topic, "s").close();
        send(session, queue, "in an hour", 3_600_000);
        send(session, queue, "soon", 2_000);
        send(session, queue, "now", 0);
        send(session, topic, "published soon", 2_000);
        long sentMs = System.currentTimeMillis();
        BROKER.crash();
        Session after = session(clients.connectAs("delay"));
        MessageConsumer consumer = after.createConsumer(queue);
        assertThat(Texts.receive(consumer, 2)).containsExactly("now", "soon");
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(sentMs + 1_900);
        Texts.expect(after.createDurableConsumer(topic, "s"), "published soon");
        Texts.expectNothing(consumer);
    }

    @Test
    void reachesEverySubscriptionAtItsTime() throws JMSException {
        Session session = session(clients.connect());
        Topic topic = session.createTopic("delay.topic");
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        send(session, topic, "soon", SOON_MS);
        send(session, topic, "now", 0);
        assertThat(Texts.receive(one, 2)).containsExactly("now", "soon");
        assertThat(Texts.receive(two, 2)).containsExactly("now", "soon");
    }

    @Test
    void waitsForTheCommitAndForItsTime() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("delay.transacted");
        MessageConsumer consumer = session.createConsumer(queue);
        send(transacted, queue, "undone", 100);
        transacted.rollback();
        send(transacted, queue, "soon", SOON_MS);
        send(transacted, queue, "now", 0);
        transacted.commit();
        assertThat(Texts.receive(consumer, 2)).containsExactly("now", "soon");
        Texts.expectNothing(consumer);
    }

    private static void send(Session session, Destination to, String text, long delayMs) throws JMSException {
        try (MessageProducer producer = session.createProducer(to)) {
            producer.setDeliveryDelay(delayMs);
            producer.send(session.createTextMessage(text));
        }
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
