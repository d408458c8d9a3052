package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.CuttableLine;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, sections 6.2.9 and 6.2.10: what each mode acknowledges when, and in which state the rest comes back. */
@ThroughEachClient
final class AcknowledgementIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    /** Qpid JMS's own mode. */
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    @RegisterExtension
    final JmsClients clients;

    AcknowledgementIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void theClientAcknowledgesByItselfWhatWasReceived(int mode) throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, mode);
        Queue queue = session.createQueue("ack.auto." + mode);
        Texts.send(session, queue, "a", "b", "c", "d");
        assertThat(Texts.receive(session.createConsumer(queue), 2)).containsExactly("a", "b");
        connection.close();
        Session again = clients.connect().createSession(false, mode);
        MessageConsumer rest = again.createConsumer(queue);
        Message c = Texts.next(rest);
        assertThat(c.getBody(String.class)).isEqualTo("c");
        assertThat(c.getJMSRedelivered()).as("was prefetched, but never seen").isFalse();
        assertThat(c.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        Texts.expect(rest, "d");
    }

    @Test
    void oneAcknowledgeCoversAllThatItsSessionHasReceived() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue first = session.createQueue("ack.client.first");
        Queue second = session.createQueue("ack.client.second");
        Texts.send(session, first, "a", "b", "c");
        Texts.send(session, second, "x", "y");
        MessageConsumer ofFirst = session.createConsumer(first);
        MessageConsumer ofSecond = session.createConsumer(second);
        assertThat(Texts.receive(ofFirst, 1)).containsExactly("a");
        assertThat(Texts.receive(ofSecond, 1)).containsExactly("x");
        Texts.next(ofFirst).acknowledge();
        assertThat(Texts.receive(ofFirst, 1)).containsExactly("c");
        connection.close();
        Session again = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Message c = Texts.next(again.createConsumer(first));
        assertThat(c.getBody(String.class)).isEqualTo("c");
        assertThat(c.getJMSRedelivered()).as("was seen, and not acknowledged").isTrue();
        Texts.expect(again.createConsumer(second), "y");
    }

    @Test
    void recoverBringsBackInOrderWhatWasNotAcknowledged() throws JMSException {
        Session session = clients.connect().createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.recover");
        Texts.send(session, queue, "a", "b", "c", "d");
        MessageConsumer consumer = session.createConsumer(queue);
        Texts.next(consumer).acknowledge();
        for (int delivery = 1; delivery <= 3; delivery++) {
            for (String text : List.of("b", "c")) {
                Message message = Texts.next(consumer);
                assertThat(message.getBody(String.class)).isEqualTo(text);
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
                assertThat(message.getJMSRedelivered()).isEqualTo(delivery > 1);
            }
            session.recover();
        }
        assertThat(Texts.receive(consumer, 2)).containsExactly("b", "c");
        Message d = Texts.next(consumer);
        assertThat(d.getJMSRedelivered()).isFalse();
        d.acknowledge();
        Texts.expectNothing(consumer);
    }

    @Test
    void individualAcknowledgeTakesOneMessageOutOfTheMiddle() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, INDIVIDUAL_ACKNOWLEDGE);
        assertThat(session.getAcknowledgeMode()).isEqualTo(INDIVIDUAL_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.individual");
        Texts.send(session, queue, "a", "b", "c", "d", "e");
        MessageConsumer consumer = session.createConsumer(queue);
        List<Message> received = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            received.add(Texts.next(consumer));
        }
        received.get(1).acknowledge();
        received.get(3).acknowledge();
        connection.close();
        Session again = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Texts.expect(again.createConsumer(queue), "a", "c", "e");
    }

    @Test
    void aListenerMayAcknowledge() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.listener");
        Texts.send(session, queue, Texts.numbered("m", 10));
        List<String> heard = new CopyOnWriteArrayList<>();
        session.createConsumer(queue).setMessageListener(message -> {
            heard.add(textOf(message));
            if (heard.size() == 7) {
                acknowledge(message);
            }
        });
        await().untilAsserted(() -> assertThat(heard).isEqualTo(Texts.numbered("m", 10)));
        connection.close();
        Session again = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Texts.expect(again.createConsumer(queue), "m7", "m8", "m9");
    }

    @Test
    void aListenerMayRecoverItsSession() throws JMSException {
        Session session = clients.connect().createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.listener.recover");
        Texts.send(session, queue, "a", "b");
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        session.createConsumer(queue).setMessageListener(message -> {
            int count = countOf(message);
            heard.add(textOf(message) + count);
            if (count < 3 && textOf(message).equals("a")) {
                recover(session);
            } else {
                acknowledge(message);
            }
        });
        await().untilAsserted(() -> assertThat(heard).containsExactly("a1", "a2", "a3", "b1"));
    }

    @Test
    void aListenerThatFailsGetsItsMessageAgain() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.listener.failing");
        Texts.send(session, queue, "a", "b");
        List<String> heard = new CopyOnWriteArrayList<>();
        session.createConsumer(queue).setMessageListener(message -> {
            heard.add(textOf(message));
            if (heard.size() == 1) {
                throw new IllegalStateException("the application has failed");
            }
        });
        await().untilAsserted(() -> assertThat(heard).contains("b").containsOnlyOnce("b"));
        await().untilAsserted(
                        () -> assertThat(heard.stream().filter("a"::equals)).hasSize(2));
    }

    @Test
    void whatWasPrefetchedGoesBackInOrder() throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=10");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.prefetched");
        Texts.send(session, queue, Texts.numbered("m", 30));
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Texts.receive(consumer, 3)).containsExactly("m0", "m1", "m2");
        consumer.close();
        Texts.expect(session.createConsumer(queue), Texts.numbered("m", 30).subList(3, 30));
    }

    @Test
    void whatADeadClientHeldGoesBackInOrder() throws JMSException, IOException {
        try (CuttableLine line = new CuttableLine(BROKER.port())) {
            Session dying = clients.connect(line).createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("ack.dead");
            List<String> all = Texts.numbered("m", 10);
            Texts.send(session, queue, all);
            MessageConsumer holder = dying.createConsumer(queue);
            assertThat(Texts.receive(holder, 4)).isEqualTo(all.subList(0, 4));
            MessageConsumer heir = session.createConsumer(queue);
            Texts.expectNothing(heir);
            line.cut();
            Texts.expect(heir, all);
        }
    }

    @Test
    void stoppingAndStartingLosesNothing() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session sending = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("ack.stopped");
        MessageConsumer consumer = session.createConsumer(queue);
        List<String> received = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Texts.send(sending, queue, "early" + round);
            connection.stop();
            Texts.send(sending, queue, "late" + round);
            assertThat(consumer.receiveNoWait()).as("while stopped").isNull();
            connection.start();
            received.addAll(Texts.receive(consumer, 2));
        }
        assertThat(received)
                .containsExactly(
                        "early0", "late0", "early1", "late1", "early2", "late2", "early3", "late3", "early4", "late4");
        Texts.expectNothing(consumer);
    }

    @Test
    void competingConsumersGetEachMessageOnce() throws JMSException {
        Session sending = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = sending.createQueue("ack.competing");
        List<String> heard = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 4; i++) {
            Session session =
                    clients.connect("jms.prefetchPolicy.all=5").createSession(false, Session.AUTO_ACKNOWLEDGE);
            session.createConsumer(queue).setMessageListener(message -> heard.add(textOf(message)));
        }
        List<String> sent = Texts.numbered("m", 400);
        Texts.send(sending, queue, sent);
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(sent));
    }

    private static String textOf(Message message) {
        try {
            return message.getBody(String.class);
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    private static int countOf(Message message) {
        try {
            return message.getIntProperty("JMSXDeliveryCount");
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    private static void acknowledge(Message message) {
        try {
            message.acknowledge();
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    private static void recover(Session session) {
        try {
            session.recover();
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }
}
