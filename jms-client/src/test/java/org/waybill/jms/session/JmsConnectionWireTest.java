package org.waybill.jms.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.engine.Peer;

@Timeout(60)
class JmsConnectionWireTest {
    private static final long WITHIN_MS = 20_000;

    private final List<JmsConnection> connections = new ArrayList<>();
    private Peer peer;

    @BeforeEach
    void startPeer() throws IOException {
        peer = Peer.taking();
    }

    @AfterEach
    void closeAll() throws JMSException, IOException {
        for (JmsConnection connection : connections) {
            connection.close();
        }
        peer.close();
    }

    private JmsConnection connect(boolean reconnects) throws JMSException {
        JmsConnection connection =
                JmsConnection.open(new PeerConnector(peer, reconnects), ConnectionSettings.DEFAULT, Domain.ANY);
        connections.add(connection);
        connection.start();
        return connection;
    }

    private static String next(MessageConsumer consumer) throws JMSException {
        return consumer.receive(WITHIN_MS).getBody(String.class);
    }

    private static void send(Session session, Queue queue, String... texts) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            for (String text : texts) {
                producer.send(session.createTextMessage(text));
            }
        }
    }

    @Test
    void receivesInTheOrderOfTheSends() throws JMSException {
        Session session = connect(false).createSession();
        Queue queue = session.createQueue("orders");
        send(session, queue, "a", "b", "c");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(List.of(next(consumer), next(consumer), next(consumer))).containsExactly("a", "b", "c");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void waitsForRoomToSendAsLongAsItsSendTimeoutSays() throws JMSException, IOException {
        try (Peer full = Peer.withoutRoom();
                Connection connection = new WaybillConnectionFactory(
                                full.options().endpoint() + "?jms.sendTimeout=100")
                        .createConnection();
                Session session = connection.createSession()) {
            MessageProducer producer = session.createProducer(session.createQueue("orders"));
            assertThatThrownBy(() -> producer.send(session.createMessage()))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("no credit")
                    .hasMessageContaining("100 ms");
        }
    }

    @Test
    void whatIsRecoveredComesAgainBeforeTheRest() throws JMSException {
        Session session = connect(false).createSession(Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("orders");
        send(session, queue, "a", "b", "c");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(List.of(next(consumer), next(consumer))).containsExactly("a", "b");
        session.recover();
        Message again = consumer.receive(WITHIN_MS);
        assertThat(again.getBody(String.class)).isEqualTo("a");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        assertThat(List.of(next(consumer), next(consumer))).containsExactly("b", "c");
    }

    @Test
    void nothingIsReceivedWhileStopped() throws JMSException {
        JmsConnection connection = connect(false);
        Session session = connection.createSession();
        Queue queue = session.createQueue("orders");
        MessageConsumer consumer = session.createConsumer(queue);
        connection.stop();
        send(session, queue, "a");
        assertThat(consumer.receiveNoWait()).isNull();
        connection.start();
        assertThat(next(consumer)).isEqualTo("a");
    }

    @Test
    void aListenerCannotCloseItsOwnSession() throws JMSException, InterruptedException {
        JmsConnection connection = connect(false);
        Session session = connection.createSession();
        Queue queue = session.createQueue("orders");
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        session.createConsumer(queue).setMessageListener(message -> {
            try {
                session.close();
                outcomes.add("closed");
            } catch (JMSException e) {
                outcomes.add(e);
            }
        });
        send(connection.createSession(), queue, "a");
        assertThat(outcomes.poll(WITHIN_MS, TimeUnit.MILLISECONDS)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLossFailsWhoWaitsAndTellsTheExceptionListener() throws Exception {
        JmsConnection connection = connect(false);
        BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
        connection.setExceptionListener(told::add);
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue("orders"));
        CompletableFuture<Message> waiting = receiveElsewhere(consumer);
        peer.cutOff();
        assertThatThrownBy(() -> waiting.get(WITHIN_MS, TimeUnit.MILLISECONDS)).hasCauseInstanceOf(JMSException.class);
        assertThat(told.poll(WITHIN_MS, TimeUnit.MILLISECONDS)).isNotNull();
        assertThatThrownBy(() -> session.createProducer(session.createQueue("orders")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReceiveGoesOnOverTheNextConnection() throws Exception {
        JmsConnection connection = connect(true);
        Session session = connection.createSession();
        Queue queue = session.createQueue("orders");
        MessageConsumer consumer = session.createConsumer(queue);
        MessageProducer producer = connection.createSession().createProducer(queue);
        CompletableFuture<Message> waiting = receiveElsewhere(consumer);
        peer.cutOff();
        producer.send(session.createTextMessage("after the loss"));
        assertThat(waiting.get(WITHIN_MS, TimeUnit.MILLISECONDS).getBody(String.class))
                .isEqualTo("after the loss");
    }

    private static CompletableFuture<Message> receiveElsewhere(MessageConsumer consumer) {
        CompletableFuture<Message> received = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        received.complete(consumer.receive());
                    } catch (JMSException e) {
                        received.completeExceptionally(e);
                    }
                })
                .start();
        return received;
    }
}
