package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import java.io.IOException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.CuttableLine;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 6.2.2: queues and topics that live as long as their connection, and which it alone consumes from. */
@ThroughEachClient
final class TemporaryDestinationIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    TemporaryDestinationIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void carryTheAnswersToRequests() throws JMSException {
        Session asking = session(clients.connect());
        Session answering = session(clients.connect());
        Queue service = asking.createQueue("temp.service");
        MessageConsumer requests = answering.createConsumer(service);
        for (Destination replies : new Destination[] {asking.createTemporaryQueue(), asking.createTemporaryTopic()}) {
            MessageConsumer answers = asking.createConsumer(replies);
            Message request = asking.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            try (MessageProducer producer = asking.createProducer(service)) {
                producer.send(request);
            }
            Message taken = Texts.next(requests);
            assertThat(taken.getJMSReplyTo()).isEqualTo(replies);
            Message answer = answering.createTextMessage("pong");
            answer.setJMSCorrelationID(taken.getJMSMessageID());
            try (MessageProducer producer = answering.createProducer(taken.getJMSReplyTo())) {
                producer.send(answer);
            }
            Message answered = Texts.next(answers);
            assertThat(answered.getBody(String.class)).isEqualTo("pong");
            assertThat(answered.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void aQueueKeepsAndATopicDoesNotWhatIsSentBeforeItIsConsumed() throws JMSException {
        Session session = session(clients.connect());
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        Texts.send(session, queue, "kept");
        Texts.send(session, topic, "lost");
        Texts.expect(session.createConsumer(queue), "kept");
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        Texts.send(session, topic, "to both");
        Texts.expect(one, "to both");
        Texts.expect(two, "to both");
    }

    @Test
    void areConsumedFromByNoOtherConnection() throws JMSException {
        Session owner = session(clients.connect());
        TemporaryQueue queue = owner.createTemporaryQueue();
        TemporaryTopic topic = owner.createTemporaryTopic();
        Session foreign = session(clients.connect());
        assertThatThrownBy(() -> foreign.createConsumer(queue)).isInstanceOf(InvalidDestinationException.class);
        // Qpid JMS refuses by itself what it knows to be temporary: by the bare name it is the broker's turn
        assertThatThrownBy(() -> foreign.createConsumer(foreign.createQueue(queue.getQueueName())))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> foreign.createConsumer(foreign.createTopic(topic.getTopicName())))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> Texts.browse(foreign.createBrowser(foreign.createQueue(queue.getQueueName()))))
                .isInstanceOf(JMSException.class);
        Texts.send(foreign, queue, "may be sent");
        Texts.expect(owner.createConsumer(queue), "may be sent");
    }

    @Test
    void areNotDeletedWhileConsumed() throws JMSException {
        Session session = session(clients.connect());
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(queue);
        assertThatThrownBy(queue::delete).isInstanceOf(IllegalStateException.class);
        Texts.send(session, queue, "alive");
        Texts.expect(consumer, "alive");
        consumer.close();
        queue.delete();
        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
    }

    @Test
    void areNotBroughtBackByThoseWhoSendToThem() throws JMSException {
        Connection mortal = clients.connect();
        TemporaryQueue queue = session(mortal).createTemporaryQueue();
        TemporaryTopic topic = session(mortal).createTemporaryTopic();
        TemporaryQueue deleted = session(mortal).createTemporaryQueue();
        Session sender = session(clients.connect());
        MessageProducer attached = sender.createProducer(queue);
        MessageProducer anonymous = sender.createProducer(null);
        attached.send(sender.createTextMessage("in its lifetime"));
        deleted.delete();
        assertFails(() -> anonymous.send(deleted, sender.createTextMessage("deleted")));
        mortal.close();
        await("the end of the attached producer")
                .untilAsserted(() -> assertFails(() -> attached.send(sender.createTextMessage("too late"))));
        assertFails(() -> anonymous.send(queue, sender.createTextMessage("too late")));
        assertFails(() -> anonymous.send(topic, sender.createTextMessage("too late")));
        assertFails(() -> sender.createProducer(queue).send(sender.createTextMessage("too late")));
        Session later = session(clients.connect());
        assertFails(() -> later.createProducer(later.createQueue(queue.getQueueName()))
                .send(later.createTextMessage("under its bare name")));
        assertFails(() -> later.createConsumer(later.createQueue(queue.getQueueName())));
    }

    @Test
    void dieWithAConnectionThatIsCut() throws JMSException, IOException {
        try (CuttableLine line = new CuttableLine(BROKER.port())) {
            TemporaryQueue queue = session(clients.connect(line)).createTemporaryQueue();
            Session sender = session(clients.connect());
            Texts.send(sender, queue, "in its lifetime");
            line.cut();
            await("the end of the queue")
                    .untilAsserted(() -> assertFails(() -> Texts.send(sender, queue, "after its end")));
        }
    }

    @Test
    void dieWithTheBroker() throws JMSException {
        TemporaryQueue queue = session(clients.connect()).createTemporaryQueue();
        Texts.send(session(clients.connect()), queue, "durable");
        BROKER.crash();
        Session sender = session(clients.connect());
        assertFails(() -> Texts.send(sender, queue, "after its end"));
        assertFails(() -> sender.createConsumer(sender.createQueue(queue.getQueueName())));
    }

    private static void assertFails(ThrowingCallable send) {
        assertThatThrownBy(send).isInstanceOf(JMSException.class);
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
