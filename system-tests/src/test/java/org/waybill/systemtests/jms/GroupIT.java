package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** JMSXGroupID and JMSXGroupSeq (Jakarta Messaging 3.1, section 3.5.9): a group has one consumer at a time; exclusive queues. */
@ThroughEachClient
final class GroupIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            addresses:
              - match: "exclusive.#"
                exclusive: true
            """);

    /** Consumers that take a message only when they are asked. */
    private static final String PULLING = "jms.prefetchPolicy.all=0";

    @RegisterExtension
    final JmsClients clients;

    GroupIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void eachGroupGoesToOneConsumerInOrder() throws JMSException {
        Session sending = session(clients.connect("jms.forceAsyncSend=true"));
        Queue queue = sending.createQueue("group.spread");
        Map<String, Set<Integer>> consumersOfGroup = new ConcurrentHashMap<>();
        Map<String, List<String>> heard = new ConcurrentHashMap<>();
        for (int i = 0; i < 4; i++) {
            int consumer = i;
            session(clients.connect("jms.prefetchPolicy.all=5"))
                    .createConsumer(queue)
                    .setMessageListener(message -> {
                        String group = group(message);
                        consumersOfGroup
                                .computeIfAbsent(group, any -> ConcurrentHashMap.newKeySet())
                                .add(consumer);
                        heard.computeIfAbsent(group, any -> new CopyOnWriteArrayList<>())
                                .add(text(message));
                    });
        }
        try (MessageProducer producer = sending.createProducer(queue)) {
            for (int round = 0; round < 20; round++) {
                for (int group = 0; group < 20; group++) {
                    producer.send(message(sending, "g" + group, 0, "m" + round));
                }
            }
        }
        await().untilAsserted(() -> {
            assertThat(heard).hasSize(20);
            assertThat(heard.values()).allSatisfy(texts -> assertThat(texts).hasSize(20));
        });
        assertThat(heard.values()).allSatisfy(texts -> assertThat(texts).isEqualTo(Texts.numbered("m", 20)));
        assertThat(consumersOfGroup.values())
                .allSatisfy(consumers -> assertThat(consumers).hasSize(1));
        assertThat(consumersOfGroup.values().stream().flatMap(Set::stream).distinct())
                .as("consumers that got a group")
                .hasSize(4);
    }

    @Test
    void aGroupInUseHoldsUpNobodyElse() throws JMSException {
        Connection connection = clients.connect(PULLING);
        Session session = session(connection);
        Session other = session(connection);
        Queue queue = session.createQueue("group.aside");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(message(session, "g", 0, "g1"));
            producer.send(message(session, "g", 0, "g2"));
            producer.send(session.createTextMessage("ungrouped"));
            producer.send(message(session, "h", 0, "h1"));
        }
        MessageConsumer owner = session.createConsumer(queue);
        MessageConsumer second = other.createConsumer(queue);
        assertThat(Texts.receive(owner, 1)).containsExactly("g1");
        Texts.expect(second, "ungrouped", "h1");
        Texts.expect(owner, "g2");
    }

    @Test
    void theSequenceMinusOneClosesAGroup() throws JMSException {
        Connection connection = clients.connect(PULLING);
        Session session = session(connection);
        Session other = session(connection);
        Queue queue = session.createQueue("group.closed");
        MessageConsumer first = session.createConsumer(queue);
        MessageConsumer second = other.createConsumer(queue);
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(message(session, "g", 1, "opens"));
            assertThat(Texts.receive(first, 1)).containsExactly("opens");
            producer.send(message(session, "g", -1, "closes"));
            Texts.expectNothing(second);
            assertThat(Texts.receive(first, 1)).containsExactly("closes");
            producer.send(message(session, "g", 1, "opens anew"));
        }
        Texts.expect(second, "opens anew");
    }

    @Test
    void aGroupMovesWhenItsConsumerLeaves() throws JMSException {
        Connection connection = clients.connect(PULLING);
        Session leaving = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Session staying = session(connection);
        Queue queue = staying.createQueue("group.moved");
        MessageConsumer owner = leaving.createConsumer(queue);
        MessageConsumer heir = staying.createConsumer(queue);
        try (MessageProducer producer = staying.createProducer(queue)) {
            for (int i = 0; i < 5; i++) {
                producer.send(message(staying, "g", 0, "m" + i));
            }
        }
        Texts.next(owner).acknowledge();
        assertThat(Texts.receive(owner, 2)).containsExactly("m1", "m2");
        Texts.expectNothing(heir);
        leaving.close();
        Texts.expect(heir, "m1", "m2", "m3", "m4");
    }

    @Test
    void anExclusiveQueueHasOneConsumerAtATime() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Queue queue = session.createQueue("exclusive.queue");
        MessageConsumer active = session(connection).createConsumer(queue);
        MessageConsumer standby = session(connection).createConsumer(queue);
        Texts.send(session, queue, Texts.numbered("m", 10));
        Texts.expectNothing(standby);
        assertThat(Texts.receive(active, 4)).isEqualTo(Texts.numbered("m", 4));
        active.close();
        Texts.expect(standby, Texts.numbered("m", 10).subList(4, 10));
    }

    @Test
    void anExclusiveQueueChangesHandsWithItsConnection() throws JMSException {
        Connection first = clients.connect();
        Session session = session(clients.connect());
        Queue queue = session.createQueue("exclusive.connection");
        List<MessageConsumer> standbys = new ArrayList<>();
        session(first).createConsumer(queue);
        for (int i = 0; i < 3; i++) {
            standbys.add(session(clients.connect()).createConsumer(queue));
        }
        Texts.send(session, queue, Texts.numbered("m", 10));
        for (MessageConsumer standby : standbys) {
            Texts.expectNothing(standby);
        }
        first.close();
        Texts.expect(standbys.get(0), Texts.numbered("m", 10));
        Texts.expectNothing(standbys.get(1));
    }

    private static Message message(Session session, String group, int sequence, String text) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setStringProperty("JMSXGroupID", group);
        message.setIntProperty("JMSXGroupSeq", sequence);
        return message;
    }

    private static String group(Message message) {
        try {
            return message.getStringProperty("JMSXGroupID");
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
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
