package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 3.4.10: ten priorities, the higher first, each in the order of arrival. */
@ThroughEachClient
final class PriorityIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    PriorityIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void handsOutTheHigherFirstAndEachInOrder() throws JMSException {
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("priority.all");
        for (String round : List.of("a", "b")) {
            for (int priority = 0; priority <= 9; priority++) {
                send(session, queue, priority, round + priority);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int priority = 9; priority >= 0; priority--) {
            expected.add("a" + priority);
            expected.add("b" + priority);
        }
        Texts.expect(session.createConsumer(queue), expected);
    }

    @Test
    void passesWhatIsNotHandedOutYet() throws JMSException {
        Session session = clients.connect("jms.prefetchPolicy.all=0").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("priority.late");
        MessageConsumer consumer = session.createConsumer(queue);
        send(session, queue, 4, "first");
        send(session, queue, 4, "second");
        assertThat(Texts.receive(consumer, 1)).containsExactly("first");
        send(session, queue, 8, "urgent");
        Texts.expect(consumer, "urgent", "second");
    }

    @Test
    void keepsItsPlaceWhenItComesBack() throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=0");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("priority.back");
        send(session, queue, 9, "high");
        send(session, queue, 1, "low");
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(Texts.receive(consumer, 2)).containsExactly("high", "low");
        send(session, queue, 5, "middle");
        transacted.rollback();
        Texts.expect(consumer, "high", "middle", "low");
        transacted.commit();
    }

    @Test
    void holdsOnTopicsAndAfterAPowerFailure() throws JMSException {
        Session session = clients.connectAs("priority").createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createDurableConsumer(session.createTopic("priority.topic"), "s")
                .close();
        try (MessageProducer producer = session.createProducer(session.createTopic("priority.topic"))) {
            for (int priority : new int[] {1, 9, 4}) {
                producer.send(session.createTextMessage("p" + priority), DeliveryMode.PERSISTENT, priority, 0);
            }
        }
        BROKER.crash();
        Session after = clients.connectAs("priority").createSession(false, Session.AUTO_ACKNOWLEDGE);
        Texts.expect(after.createDurableConsumer(after.createTopic("priority.topic"), "s"), "p9", "p4", "p1");
    }

    private static void send(Session session, Queue queue, int priority, String text) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(session.createTextMessage(text), DeliveryMode.NON_PERSISTENT, priority, 0);
        }
    }
}
