package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, sections 7.2 to 7.9: producers without a destination of their own, and sends that are answered later. */
@ThroughEachClient
final class ProducerIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            shards: 4
            addresses:
              - match: "full.#"
                max-messages: 2
                full-policy: reject
              - match: "closed.#"
                auto-create: false
            """);

    @RegisterExtension
    final JmsClients clients;

    ProducerIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void anAnonymousProducerSendsToQueuesAndTopics() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("anonymous.one");
        Queue other = session.createQueue("anonymous.two");
        Topic topic = session.createTopic("anonymous.one");
        TemporaryQueue temporary = session.createTemporaryQueue();
        MessageConsumer subscriber = session.createConsumer(topic);
        MessageProducer producer = session.createProducer(null);
        for (Destination destination : List.of(queue, other, topic, temporary)) {
            producer.send(destination, session.createTextMessage("to " + destination));
        }
        Texts.expect(session.createConsumer(queue), "to " + queue);
        Texts.expect(session.createConsumer(other), "to " + other);
        Texts.expect(session.createConsumer(temporary), "to " + temporary);
        Texts.expect(subscriber, "to " + topic);
    }

    @Test
    void anAnonymousProducerTakesPartInTransactions() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Topic topic = session.createTopic("anonymous.tx");
        MessageConsumer subscriber = session.createConsumer(topic);
        MessageProducer producer = transacted.createProducer(null);
        for (String text : List.of("undone", "done")) {
            for (int i = 0; i < 8; i++) {
                producer.send(session.createQueue("anonymous.tx." + i), transacted.createTextMessage(text));
            }
            producer.send(topic, transacted.createTextMessage(text));
            if (text.equals("undone")) {
                transacted.rollback();
            }
        }
        producer.close();
        Texts.expectNothing(subscriber);
        transacted.commit();
        for (int i = 0; i < 8; i++) {
            Texts.expect(session.createConsumer(session.createQueue("anonymous.tx." + i)), "done");
        }
        Texts.expect(subscriber, "done");
    }

    @Test
    void errorsOfAnAnonymousProducerReachTheSender() throws JMSException {
        Session session = session(clients.connect());
        MessageProducer producer = session.createProducer(null);
        Queue full = session.createQueue("full.anonymous");
        Queue closed = session.createQueue("closed.anonymous");
        producer.send(full, session.createTextMessage("1"));
        producer.send(full, session.createTextMessage("2"));
        assertThatThrownBy(() -> producer.send(full, session.createTextMessage("3")))
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("full.anonymous");
        assertThatThrownBy(() -> producer.send(closed, session.createTextMessage("nowhere")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("closed.anonymous");
        Texts.expect(session.createConsumer(full), "1", "2");
        producer.send(full, session.createTextMessage("goes on"));
    }

    @Test
    void aRefusedSendFailsTheCommitOfItsTransaction() throws JMSException {
        Connection connection = clients.connect();
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session session = session(connection);
        Queue full = session.createQueue("full.tx");
        Queue other = session.createQueue("tx.beside");
        MessageProducer producer = transacted.createProducer(null);
        Texts.send(session, full, "1", "2");
        producer.send(other, transacted.createTextMessage("never"));
        producer.send(full, transacted.createTextMessage("one too many"));
        assertThatThrownBy(transacted::commit).isInstanceOf(JMSException.class);
        Texts.expect(session.createConsumer(full), "1", "2");
        Texts.expectNothing(session.createConsumer(other));
    }

    @Test
    void asynchronousSendsCompleteInOrder() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("async.order");
        List<String> completed = new CopyOnWriteArrayList<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        List<String> texts = Texts.numbered("m", 500);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < texts.size(); i++) {
            producer.setDeliveryMode(i % 3 == 0 ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT);
            producer.send(session.createTextMessage(texts.get(i)), noting(completed, failed));
        }
        await().untilAsserted(() -> assertThat(completed).hasSize(texts.size()));
        assertThat(completed).isEqualTo(texts);
        assertThat(failed).isEmpty();
        Texts.expect(session.createConsumer(queue), texts);
    }

    @Test
    void aRefusedAsynchronousSendIsToldToItsListener() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("full.async");
        List<String> completed = new CopyOnWriteArrayList<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        MessageProducer producer = session.createProducer(queue);
        for (String text : Texts.numbered("m", 4)) {
            producer.send(session.createTextMessage(text), noting(completed, failed));
        }
        await().untilAsserted(() -> assertThat(completed.size() + failed.size()).isEqualTo(4));
        assertThat(completed).containsExactly("m0", "m1");
        assertThat(failed).containsExactly("m2", "m3");
        Texts.expect(session.createConsumer(queue), "m0", "m1");
    }

    @Test
    void closingWaitsForAsynchronousSends() throws JMSException {
        Connection connection = clients.connect();
        List<String> completed = new CopyOnWriteArrayList<>();
        List<String> failed = new CopyOnWriteArrayList<>();
        Session session = session(connection);
        MessageProducer producer = session.createProducer(session.createQueue("async.closed"));
        List<String> texts = Texts.numbered("m", 100);
        for (String text : texts) {
            producer.send(session.createTextMessage(text), noting(completed, failed));
        }
        session.close();
        assertThat(completed).isEqualTo(texts);
        assertThat(failed).isEmpty();
    }

    @Test
    void theSimplifiedInterfaceDoesTheSame() {
        try (JMSContext context = clients.factory().createContext(JMSContext.SESSION_TRANSACTED)) {
            Queue queue = context.createQueue("context.queue");
            context.createProducer().setPriority(7).setProperty("n", 1).send(queue, "seven");
            context.createProducer().setProperty("n", 2).send(queue, "four");
            context.commit();
            assertThat(context.createConsumer(queue, "n = 2").receiveBody(String.class, 20_000))
                    .isEqualTo("four");
            context.rollback();
            assertThat(context.createConsumer(queue).receiveBody(String.class, 20_000))
                    .isEqualTo("seven");
            context.commit();
        }
    }

    private static CompletionListener noting(List<String> completed, List<String> failed) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                completed.add(text(message));
            }

            @Override
            public void onException(Message message, Exception exception) {
                failed.add(text(message));
            }
        };
    }

    private static String text(Message message) {
        try {
            return message.getBody(String.class);
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
