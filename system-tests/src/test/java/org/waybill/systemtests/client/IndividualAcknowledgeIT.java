package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;

/** Acknowledging one message at a time (mode 101, as other clients have it), and what an acknowledgement over a lost connection says. */
@Timeout(40)
@ExtendWith(Leftovers.class)
final class IndividualAcknowledgeIT {
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private Connection connection;

    @BeforeEach
    void connect() throws JMSException {
        connection = new WaybillConnectionFactory("amqp://127.0.0.1:" + BROKER.port()).createConnection();
        connection.start();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private Queue filled(Session session, String name, int count) throws JMSException {
        Queue queue = session.createQueue(name);
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int number = 0; number < count; number++) {
                producer.send(session.createTextMessage("message " + number));
            }
        }
        return queue;
    }

    private static List<Message> receive(MessageConsumer consumer, int count) throws JMSException {
        List<Message> received = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Message message = consumer.receive(10_000);
            assertThat(message).isNotNull();
            received.add(message);
        }
        return received;
    }

    private static List<String> rest(Session session, Queue queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            for (Message message = consumer.receive(500); message != null; message = consumer.receive(500)) {
                assertThat(message.getJMSRedelivered()).isTrue();
                texts.add(message.getBody(String.class));
            }
        }
        return texts;
    }

    @Test
    void leavesTheOthersAsTheyAre() throws JMSException {
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        assertThat(session.getAcknowledgeMode()).isEqualTo(INDIVIDUAL_ACKNOWLEDGE);
        Queue queue = filled(session, "individual.close", 5);
        List<Message> received = receive(session.createConsumer(queue), 5);
        received.get(3).acknowledge();
        received.get(1).acknowledge();
        received.get(1).acknowledge();
        session.close();
        assertThat(rest(connection.createSession(), queue)).containsExactly("message 0", "message 2", "message 4");
    }

    @Test
    void recoversWhatIsNotAcknowledged() throws JMSException {
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        Queue queue = filled(session, "individual.recover", 3);
        MessageConsumer consumer = session.createConsumer(queue);
        receive(consumer, 3).get(1).acknowledge();
        session.recover();
        List<Message> again = receive(consumer, 2);
        assertThat(again.get(0).getBody(String.class)).isEqualTo("message 0");
        assertThat(again.get(1).getBody(String.class)).isEqualTo("message 2");
        assertThat(again.get(1).getJMSRedelivered()).isTrue();
        for (Message message : again) {
            message.acknowledge();
        }
        session.close();
        assertThat(rest(connection.createSession(), queue)).isEmpty();
    }

    @Test
    void worksWithinAListener() throws Exception {
        Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        Queue queue = filled(connection.createSession(), "individual.listener", 10);
        CountDownLatch heard = new CountDownLatch(10);
        session.createConsumer(queue).setMessageListener(message -> {
            try {
                if (!message.getBody(String.class).endsWith("7")) {
                    message.acknowledge();
                }
            } catch (JMSException e) {
                throw new IllegalArgumentException(e);
            }
            heard.countDown();
        });
        assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
        session.close();
        assertThat(rest(connection.createSession(), queue)).containsExactly("message 7");
    }

    @Test
    void anAcknowledgementThatComesTooLateSaysSo() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        connection.setExceptionListener(exception -> lost.countDown());
        List<Message> received = new ArrayList<>();
        for (int mode : List.of(INDIVIDUAL_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE)) {
            Session session = connection.createSession(mode);
            received.addAll(receive(session.createConsumer(filled(session, "individual.lost" + mode, 1)), 1));
        }
        BROKER.crash();
        assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
        for (Message message : received) {
            assertThatThrownBy(message::acknowledge)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("127.0.0.1:" + BROKER.port());
        }
    }
}
