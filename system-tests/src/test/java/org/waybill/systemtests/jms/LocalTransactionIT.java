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
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.CuttableLine;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 6.2.7: transacted sessions, on a broker whose queues lie on four shards. */
@ThroughEachClient
final class LocalTransactionIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker("shards: 4\n");

    /** So many queues that they lie on several shards, whatever their names hash to. */
    private static final int MANY = 12;

    @RegisterExtension
    final JmsClients clients;

    LocalTransactionIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void showsSendsToNobodyBeforeTheCommit() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        List<Queue> queues = queues(session, "tx.sends");
        for (Queue queue : queues) {
            Texts.send(transacted, queue, "first", "second");
        }
        Texts.send(session, queues.get(0), "outside");
        for (Queue queue : queues) {
            List<String> visible = queue.equals(queues.get(0)) ? List.of("outside") : List.of();
            try (QueueBrowser browser = session.createBrowser(queue)) {
                assertThat(Texts.browse(browser)).isEqualTo(visible);
            }
        }
        transacted.commit();
        Texts.expect(session.createConsumer(queues.get(0)), "outside", "first", "second");
        for (Queue queue : queues.subList(1, MANY)) {
            Texts.expect(session.createConsumer(queue), "first", "second");
        }
    }

    @Test
    void undoesSendsAndReceiptsOfAllQueuesTogether() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        List<Queue> from = queues(session, "tx.undo.from");
        List<Queue> to = queues(session, "tx.undo.to");
        for (Queue queue : from) {
            Texts.send(session, queue, "work");
        }
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < MANY; i++) {
                if (round == 0) {
                    consumers.add(transacted.createConsumer(from.get(i)));
                }
                Message message = Texts.next(consumers.get(i));
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(round + 1);
                Texts.send(transacted, to.get(i), "done in round " + round);
            }
            if (round == 0) {
                transacted.rollback();
            } else {
                transacted.commit();
            }
        }
        transacted.close();
        for (int i = 0; i < MANY; i++) {
            Texts.expectNothing(session.createConsumer(from.get(i)));
            Texts.expect(session.createConsumer(to.get(i)), "done in round 1");
        }
    }

    /** What is received in one transaction may be more than what is prefetched. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 1000})
    void redeliversInOrderAheadOfNewerMessages(int prefetch) throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=" + prefetch);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("tx.order." + prefetch);
        List<String> batch = Texts.numbered("m", 10);
        Texts.send(session, queue, batch);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 10)).isEqualTo(batch);
        Texts.send(session, queue, "newer");
        transacted.rollback();
        for (String expected : batch) {
            Message again = Texts.next(consumer);
            assertThat(again.getBody(String.class)).isEqualTo(expected);
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        }
        Message newer = Texts.next(consumer);
        assertThat(newer.getBody(String.class)).isEqualTo("newer");
        transacted.rollback();
        assertThat(Texts.receive(consumer, 11)).startsWith("m0", "m1").endsWith("m9", "newer");
        transacted.commit();
        Texts.expectNothing(consumer);
    }

    @Test
    void keepsTransactionsOfSeveralSessionsApart() throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=0");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session kept = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session undone = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue from = session.createQueue("tx.sessions.from");
        Queue to = session.createQueue("tx.sessions.to");
        Texts.send(session, from, "a", "b", "c");
        MessageConsumer keeping = kept.createConsumer(from);
        MessageConsumer undoing = undone.createConsumer(from);
        assertThat(Texts.receive(keeping, 1)).containsExactly("a");
        assertThat(Texts.receive(undoing, 1)).containsExactly("b");
        assertThat(Texts.receive(keeping, 1)).containsExactly("c");
        Texts.send(kept, to, "kept");
        Texts.send(undone, to, "undone");
        undone.rollback();
        kept.commit();
        Texts.expect(session.createConsumer(to), "kept");
        Texts.expect(session.createConsumer(from), "b");
    }

    @Test
    void doesNotUndoWhatWasSentByAProducerThatIsClosedSince() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        List<Queue> queues = queues(transacted, "tx.closed-producer");
        for (Queue queue : queues) {
            transacted.createProducer(queue).close();
            Texts.send(transacted, queue, "of a closed producer");
        }
        transacted.commit();
        for (Queue queue : queues) {
            Texts.expect(transacted.createConsumer(queue), "of a closed producer");
        }
        transacted.commit();
    }

    @Test
    void keepsWhatAConsumerClosedInsideHasReceived() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("tx.closed-consumer");
        Texts.send(session, queue, "a", "b", "c", "d");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 2)).containsExactly("a", "b");
        consumer.close();
        transacted.rollback();
        consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 2)).containsExactly("a", "b");
        consumer.close();
        transacted.commit();
        Texts.expect(session.createConsumer(queue), "c", "d");
    }

    @Test
    void rollsBackWhenItsSessionCloses() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("tx.closed-session");
        Texts.send(session, queue, "a", "b");
        assertThat(Texts.receive(transacted.createConsumer(queue), 1)).containsExactly("a");
        Texts.send(transacted, queue, "never");
        transacted.close();
        Texts.expect(session.createConsumer(queue), "a", "b");
    }

    @Test
    void rollsBackWhenItsConnectionDies() throws JMSException, IOException {
        try (CuttableLine line = new CuttableLine(BROKER.port())) {
            Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session transacted = clients.connect(line).createSession(true, Session.SESSION_TRANSACTED);
            List<Queue> queues = queues(session, "tx.death");
            for (Queue queue : queues) {
                Texts.send(session, queue, "a", "b");
                assertThat(Texts.receive(transacted.createConsumer(queue), 1)).containsExactly("a");
                Texts.send(transacted, queue, "never");
            }
            line.cut();
            for (Queue queue : queues) {
                assertThat(Texts.receive(session.createConsumer(queue), 2)).containsExactlyInAnyOrder("a", "b");
            }
            assertThatThrownBy(transacted::commit).isInstanceOf(JMSException.class);
            for (Queue queue : queues) {
                Texts.expectNothing(session.createConsumer(queue));
            }
        }
    }

    @Test
    void spansQueuesAndTopics() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("tx.both.queue");
        Topic topic = session.createTopic("tx.both.topic");
        MessageConsumer subscriber = session.createConsumer(topic);
        Texts.send(session, queue, "order");
        MessageConsumer consumer = transacted.createConsumer(queue);
        Texts.send(transacted, topic, "event: " + Texts.next(consumer).getBody(String.class));
        transacted.rollback();
        Texts.expectNothing(subscriber);
        Texts.send(transacted, topic, "event of " + Texts.next(consumer).getBody(String.class));
        transacted.commit();
        Texts.expect(subscriber, "event of order");
        Texts.expectNothing(consumer);
    }

    @Test
    void isWholeAfterAPowerFailure() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        List<Queue> from = queues(session, "tx.crash.from");
        List<Queue> to = queues(session, "tx.crash.to");
        for (Queue queue : from) {
            Texts.send(session, queue, "first", "second");
        }
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            consumers.add(transacted.createConsumer(from.get(i)));
            assertThat(Texts.receive(consumers.get(i), 1)).containsExactly("first");
            Texts.send(transacted, to.get(i), "committed");
        }
        transacted.commit();
        for (int i = 0; i < MANY; i++) {
            assertThat(Texts.receive(consumers.get(i), 1)).containsExactly("second");
            Texts.send(transacted, to.get(i), "not committed");
        }
        BROKER.crash();
        Session after = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        for (int i = 0; i < MANY; i++) {
            Texts.expect(after.createConsumer(from.get(i)), "second");
            Texts.expect(after.createConsumer(to.get(i)), "committed");
        }
    }

    @Test
    void keepsTheOrderOfALongTransaction() throws JMSException {
        Session transacted = clients.connect().createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = transacted.createQueue("tx.long");
        List<String> row = Texts.numbered("m", 5_000);
        try (MessageProducer producer = transacted.createProducer(queue)) {
            for (String text : row) {
                producer.send(transacted.createTextMessage(text));
            }
            transacted.commit();
        }
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, row.size())).isEqualTo(row);
        transacted.commit();
        Texts.expectNothing(consumer);
    }

    @Test
    void takesWhatOthersSendWhileItIsOpen() throws JMSException {
        Session transacted = clients.connect().createSession(true, Session.SESSION_TRANSACTED);
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("tx.open");
        MessageConsumer consumer = transacted.createConsumer(queue);
        Texts.send(transacted, queue, "own, undecided");
        Texts.expectNothing(consumer);
        Texts.send(session, queue, "of another");
        assertThat(Texts.receive(consumer, 1)).containsExactly("of another");
        transacted.commit();
        await("the own message").until(() -> consumer.receiveNoWait() != null);
        transacted.commit();
    }

    private static List<Queue> queues(Session session, String prefix) throws JMSException {
        List<Queue> queues = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            queues.add(session.createQueue(prefix + "." + i));
        }
        return queues;
    }
}
