package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/** What a program that uses Qpid JMS sees of the adapter. */
@Timeout(60)
final class QpidJmsTest {
    private static final long PATIENCE_MS = 20_000;

    @TempDir
    Path directory;

    private FakeBroker broker;
    private final List<Connection> connections = new ArrayList<>();

    @BeforeEach
    void start() {
        broker = new FakeBroker(directory);
    }

    @AfterEach
    void stop() throws JMSException {
        for (Connection connection : connections) {
            connection.close();
        }
        broker.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection connection = new JmsConnectionFactory(broker.uri(options)).createConnection();
        connections.add(connection);
        connection.start();
        return connection;
    }

    private Session session() throws JMSException {
        return connect("").createSession(Session.AUTO_ACKNOWLEDGE);
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    @Test
    void carriesMessagesInOrder() throws JMSException {
        Session session = session();
        Queue queue = session.createQueue("orders");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 3_000; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("n", i);
            producer.send(message);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 3_000; i++) {
            Message message = consumer.receive(PATIENCE_MS);
            assertThat(text(message)).isEqualTo("m" + i);
            assertThat(message.getIntProperty("n")).isEqualTo(i);
            assertThat(message.getJMSRedelivered()).isFalse();
        }
    }

    @Test
    void carriesALargeMessageInManyFrames() throws JMSException {
        Session session = session();
        Queue queue = session.createQueue("large");
        byte[] body = new byte[5_000_000];
        Arrays.fill(body, (byte) 7);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(body);
        session.createProducer(queue).send(message);

        BytesMessage received = (BytesMessage) session.createConsumer(queue).receive(PATIENCE_MS);
        byte[] got = new byte[(int) received.getBodyLength()];
        received.readBytes(got);
        assertThat(got).isEqualTo(body);
    }

    @Test
    void sendsWithoutWaitingWhenAsked() throws JMSException {
        Session session = connect("?jms.forceAsyncSend=true&jms.presettlePolicy.presettleAll=true")
                .createSession(Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("settled");
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        for (int i = 0; i < 5_000; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5_000; i++) {
            assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("m" + i);
        }
    }

    @Test
    void completesAsynchronousSendsInTheirOrderAlsoThoseThatFail() throws Exception {
        Session session = session();
        Queue queue = session.createQueue("completed");
        MessageProducer producer = session.createProducer(null);
        List<String> completed = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(300);
        for (int i = 0; i < 300; i++) {
            String name = "m" + i;
            Queue to = i % 100 == 50 ? session.createQueue("missing") : queue;
            producer.send(to, session.createTextMessage(name), new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    completed.add(name);
                    all.countDown();
                }

                @Override
                public void onException(Message message, Exception exception) {
                    completed.add(name + " failed");
                    all.countDown();
                }
            });
        }
        assertThat(all.await(PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(completed)
                .containsExactlyElementsOf(IntStream.range(0, 300)
                        .mapToObj(i -> "m" + i + (i % 100 == 50 ? " failed" : ""))
                        .toList());
    }

    @Test
    void givesPrefetchedMessagesOfAStoppedConnectionBackToTheirPlaces() throws JMSException {
        Connection stopped = connect("");
        Session first = stopped.createSession(Session.AUTO_ACKNOWLEDGE);
        Queue queue = first.createQueue("prefetched");
        MessageProducer producer = first.createProducer(queue);
        for (int i = 0; i < 100; i++) {
            producer.send(first.createTextMessage("m" + i));
        }
        MessageConsumer consumer = first.createConsumer(queue);
        assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("m0");
        stopped.stop();
        stopped.start();
        assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("m1");
        stopped.stop();
        consumer.close();

        MessageConsumer second = session().createConsumer(queue);
        for (int i = 2; i < 100; i++) {
            Message message = second.receive(PATIENCE_MS);
            assertThat(text(message)).isEqualTo("m" + i);
            assertThat(message.getJMSRedelivered()).isFalse();
        }
    }

    @Test
    void redeliversRecoveredMessagesInOrderWithTheirCount() throws JMSException {
        Session session = connect("").createSession(Session.CLIENT_ACKNOWLEDGE);
        Queue queue = session.createQueue("recovered");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 5; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 3; i++) {
            consumer.receive(PATIENCE_MS);
        }
        session.recover();
        for (int i = 0; i < 5; i++) {
            Message message = consumer.receive(PATIENCE_MS);
            assertThat(text(message)).isEqualTo("m" + i);
            assertThat(message.getJMSRedelivered()).isEqualTo(i < 3);
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(i < 3 ? 2 : 1);
            message.acknowledge();
        }
    }

    @Test
    void givesUnacknowledgedMessagesToTheNextConsumerWhenASessionCloses() throws JMSException {
        Connection connection = connect("");
        Session first = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        Queue queue = first.createQueue("returned");
        first.createProducer(queue).send(first.createTextMessage("only"));
        assertThat(first.createConsumer(queue).receive(PATIENCE_MS)).isNotNull();
        first.close();

        Session second = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        Message again = second.createConsumer(queue).receive(PATIENCE_MS);
        assertThat(text(again)).isEqualTo("only");
        assertThat(again.getJMSRedelivered()).isTrue();
    }

    @Test
    void answersReceiveNoWaitOnAnEmptyQueue() throws JMSException {
        Session session = connect("?jms.prefetchPolicy.all=0").createSession(Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("drained");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.receiveNoWait()).isNull();
        session.createProducer(queue).send(session.createTextMessage("one"));
        assertThat(text(consumer.receiveNoWait())).isEqualTo("one");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void browsesWithoutTaking() throws JMSException {
        Session session = session();
        Queue queue = session.createQueue("browsed");
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 10; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        QueueBrowser browser = session.createBrowser(queue);
        assertThat(Collections.list((Enumeration<?>) browser.getEnumeration())).hasSize(10);
        browser.close();
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 10; i++) {
            assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("m" + i);
        }
    }

    @Test
    void answersOverATemporaryQueueAndDeletesItAtTheEnd() throws JMSException {
        Session session = session();
        Queue requests = session.createQueue("requests");
        TemporaryQueue replies = session.createTemporaryQueue();
        TextMessage request = session.createTextMessage("ping");
        request.setJMSReplyTo(replies);
        session.createProducer(requests).send(request);

        Message received = session.createConsumer(requests).receive(PATIENCE_MS);
        session.createProducer(null).send(received.getJMSReplyTo(), session.createTextMessage("pong"));
        MessageConsumer consumer = session.createConsumer(replies);
        assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("pong");

        consumer.close();
        replies.delete();
        assertThat(broker.<Boolean>onLoop(
                        () -> broker.core.queues.keySet().stream().noneMatch(n -> n.startsWith("temporary"))))
                .isTrue();
    }

    @Test
    void refusesAMissingQueue() throws JMSException {
        Session session = session();
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("missing")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("no such node");
        assertThatThrownBy(() -> session.createProducer(session.createQueue("missing")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("no such node");
        assertThatThrownBy(() ->
                        session.createProducer(null).send(session.createQueue("missing"), session.createMessage()))
                .isInstanceOf(JMSException.class);
    }

    @Test
    void namesSubscriptionsAsTheApplicationDoes() throws JMSException {
        Connection mine = connect("?jms.clientID=mine");
        Session session = mine.createSession(Session.AUTO_ACKNOWLEDGE);
        Topic news = session.createTopic("news");
        session.createConsumer(news, "a = 1", true);
        session.createDurableSubscriber(news, "alone");
        session.createSharedConsumer(news, "together");
        session.createSharedConsumer(news, "together");
        session.createSharedDurableConsumer(news, "team");
        session.createSharedDurableConsumer(news, "team");
        Session anybody = connect("").createSession(Session.AUTO_ACKNOWLEDGE);
        anybody.createSharedConsumer(news, "together");
        anybody.createSharedDurableConsumer(news, "team");
        anybody.createSharedDurableConsumer(news, "team");

        List<ConsumerSpec> specs = broker.onLoop(() -> List.copyOf(broker.core.specs));
        assertThat(specs).allMatch(s -> s.address().equals("news") && s.kind() == NodeKind.TOPIC && !s.browse());
        assertThat(specs.get(0).noLocal()).isTrue();
        assertThat(String.valueOf(specs.get(0).selector())).isEqualTo("a = 1");
        assertThat(specs.stream().map(ConsumerSpec::subscription))
                .containsExactly(
                        null,
                        new SubscriptionSpec(new SubscriptionId("alone", "mine"), true, false),
                        new SubscriptionSpec(new SubscriptionId("together", "mine"), false, true),
                        new SubscriptionSpec(new SubscriptionId("together", "mine"), false, true),
                        new SubscriptionSpec(new SubscriptionId("team", "mine"), true, true),
                        new SubscriptionSpec(new SubscriptionId("team", "mine"), true, true),
                        new SubscriptionSpec(new SubscriptionId("together", null), false, true),
                        new SubscriptionSpec(new SubscriptionId("team", null), true, true),
                        new SubscriptionSpec(new SubscriptionId("team", null), true, true));
    }

    @Test
    void keepsADurableSubscriptionUntilItIsUnsubscribed() throws JMSException {
        Session session = connect("?jms.clientID=mine").createSession(Session.AUTO_ACKNOWLEDGE);
        Topic news = session.createTopic("news");
        session.createDurableSubscriber(news, "alone").close();
        session.createDurableSubscriber(news, "alone").close();
        session.unsubscribe("alone");
        assertThatThrownBy(() -> session.unsubscribe("alone")).isInstanceOf(InvalidDestinationException.class);
        assertThat(broker.<Integer>onLoop(() -> broker.core.subscriptions.size()))
                .isZero();
    }

    @Test
    void unsubscribesASharedSubscriptionOnceNobodyUsesIt() throws JMSException {
        Session session = session();
        MessageConsumer active = session.createSharedDurableConsumer(session.createTopic("news"), "team");
        Session other = session();
        assertThatThrownBy(() -> other.unsubscribe("team"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("team is in use");
        active.close();
        other.unsubscribe("team");
        assertThatThrownBy(() -> other.unsubscribe("team")).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void makesTemporaryTopics() throws JMSException {
        Session session = session();
        session.createConsumer(session.createTemporaryTopic());
        assertThat(broker.<List<NodeKind>>onLoop(() -> List.copyOf(broker.core.temporaryKinds)))
                .containsExactly(NodeKind.TOPIC);
    }

    @Test
    void commitsAndRollsBackSendsAndReceives() throws JMSException {
        Session session = connect("").createSession(Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("transacted");
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("dropped"));
        session.rollback();
        for (int i = 0; i < 10; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        session.commit();

        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5; i++) {
            assertThat(text(consumer.receive(PATIENCE_MS))).isEqualTo("m" + i);
        }
        session.rollback();
        for (int i = 0; i < 10; i++) {
            Message message = consumer.receive(PATIENCE_MS);
            assertThat(text(message)).isEqualTo("m" + i);
            assertThat(message.getJMSRedelivered()).isEqualTo(i < 5);
        }
        session.commit();
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void appliesASelectorAndRefusesABadOne() throws JMSException {
        Session session = session();
        Queue queue = session.createQueue("selected");
        assertThat(session.createConsumer(queue, "colour = 'red'")).isNotNull();
        assertThatThrownBy(() -> session.createConsumer(queue, "colour = = 'red'"))
                .isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void refusesASecondLiveConnectionOfAClientIdAndFreesItOnClose() throws JMSException {
        Connection first = connect("?jms.clientID=payroll");
        assertThatThrownBy(() -> connect("?jms.clientID=payroll")).isInstanceOf(InvalidClientIDException.class);
        first.close();
        assertThat(connect("?jms.clientID=payroll").getClientID()).isEqualTo("payroll");
    }

    @Test
    void letsAUserInByPasswordAndNobodyElse() throws Exception {
        new org.waybill.security.UserFile(directory)
                .put("alice", "open sesame".toCharArray(), new java.security.SecureRandom());
        for (String mechanism : List.of("PLAIN", "SCRAM-SHA-256")) {
            String options = "?amqp.saslMechanisms=" + mechanism + "&jms.username=alice&jms.password=";
            assertThat(connect(options + "open%20sesame").getClientID()).isNotNull();
            assertThatThrownBy(() -> connect(options + "wrong")).isInstanceOf(jakarta.jms.JMSSecurityException.class);
            assertThatThrownBy(() -> connect("?amqp.saslMechanisms=" + mechanism + "&jms.username=bob&jms.password=x"))
                    .isInstanceOf(jakarta.jms.JMSSecurityException.class);
        }
        assertThatThrownBy(() -> connect("?amqp.saslMechanisms=ANONYMOUS"))
                .isInstanceOf(jakarta.jms.JMSSecurityException.class);
    }
}
