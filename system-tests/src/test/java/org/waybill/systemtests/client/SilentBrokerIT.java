package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.client.FaultyLine.Frame;

/**
 * A broker that takes the connection and then is not heard any more, from each of its answers on: the time limits of the URI end every wait.
 * Each of them is far below the default of a minute, and so is the time limit of the tests.
 */
@Timeout(20)
@ExtendWith(Leftovers.class)
final class SilentBrokerIT {
    private static final int LIMIT_MS = 300;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private FaultyLine line;

    @BeforeEach
    void layLine() {
        line = new FaultyLine(BROKER.port());
    }

    @AfterEach
    void removeLine() {
        line.close();
    }

    private WaybillConnectionFactory factory() {
        return new WaybillConnectionFactory("amqp://127.0.0.1:" + line.port() + "?jms.connectTimeout=" + LIMIT_MS
                + "&jms.requestTimeout=" + LIMIT_MS + "&jms.sendTimeout=" + LIMIT_MS + "&jms.closeTimeout=" + LIMIT_MS);
    }

    private Connection connect() throws JMSException {
        // The fault is to come at its step, and not because a busy machine was slow before.
        WaybillConnectionFactory patient = factory();
        patient.setOption("jms.connectTimeout", "15000");
        Connection connection = patient.createConnection();
        connection.start();
        return connection;
    }

    /** Fails because time was up, and says where, and what that means. */
    private JMSException timesOut(ThrowingCallable call) {
        JMSException failure = catchThrowableOfType(JMSException.class, call);
        assertThat(failure).isExactlyInstanceOf(JMSException.class);
        assertThat(failure).hasMessageContaining(LIMIT_MS + " ms");
        return failure;
    }

    private void timesOutAtThisAddress(ThrowingCallable call) {
        JMSException failure = timesOut(call);
        assertThat(failure).hasMessageContaining("127.0.0.1:" + line.port()).hasMessageContaining("may have happened");
        assertThat(failure.getCause()).isNotNull().isSameAs(failure.getLinkedException());
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY", "OPEN"})
    void failsTheConnect(Frame silent) {
        line.silentFrom(silent);
        JMSException failure = timesOut(() -> factory().createConnection());
        assertThat(failure).hasMessageContaining("127.0.0.1:" + line.port());
        assertThat(failure.getCause()).isNotNull().isSameAs(failure.getLinkedException());
    }

    @Test
    void failsTheCreationOfASession() throws JMSException {
        try (Connection connection = connect()) {
            line.silentFrom(Frame.BEGIN);
            timesOutAtThisAddress(connection::createSession);
        }
    }

    @Test
    void failsTheCreationOfALink() throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession()) {
            line.silentFrom(Frame.ATTACH);
            timesOut(() -> session.createProducer(session.createQueue("silent")));
            timesOut(() -> session.createConsumer(session.createQueue("silent")));
            timesOut(() -> session.createConsumer(session.createTopic("silent")));
            timesOut(() -> session.createSharedConsumer(session.createTopic("silent"), "name"));
            timesOut(() -> session.createBrowser(session.createQueue("silent")).getEnumeration());
            timesOut(session::createTemporaryQueue);
            timesOut(session::createTemporaryTopic);
        }
    }

    @Test
    void failsASendWithoutCredit() throws JMSException {
        line.silentFrom(Frame.FLOW);
        try (Connection connection = connect();
                Session session = connection.createSession()) {
            MessageProducer producer = session.createProducer(session.createQueue("silent"));
            timesOut(() -> producer.send(session.createTextMessage("nowhere")));
        }
    }

    @Test
    void doesNotKeepACloseWaitingForASend() throws Exception {
        line.silentFrom(Frame.FLOW);
        WaybillConnectionFactory factory = factory();
        factory.setOption("jms.connectTimeout", "15000");
        factory.setOption("jms.sendTimeout", "-1");
        factory.setOption("jms.requestTimeout", "-1");
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        try (Connection connection = factory.createConnection()) {
            Session session = connection.createSession();
            MessageProducer producer = session.createProducer(session.createQueue("silent"));
            Thread sender = new Thread(
                    () -> sent.complete(catchThrowable(() -> producer.send(session.createMessage()))), "sender");
            sender.start();
            await("a sender that waits")
                    .until(() -> sender.getState() == Thread.State.TIMED_WAITING
                            || sender.getState() == Thread.State.WAITING);
        }
        assertThat(sent.get(10, TimeUnit.SECONDS)).isInstanceOf(JMSException.class);
    }

    @Test
    void failsASendWithoutAnOutcome() throws JMSException {
        line.silentFrom(Frame.DISPOSITION);
        try (Connection connection = connect();
                Session session = connection.createSession()) {
            MessageProducer producer = session.createProducer(session.createQueue("silent"));
            JMSException failure = timesOut(() -> producer.send(session.createTextMessage("somewhere")));
            assertThat(failure).hasMessageContaining("may have happened");
        }
    }

    @Test
    void tellsTheCompletionListenerAtTheCloseOfItsProducer() throws Exception {
        line.silentFrom(Frame.DISPOSITION);
        CountDownLatch told = new CountDownLatch(1);
        try (Connection connection = connect();
                Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue("silent"))) {
            producer.send(session.createTextMessage("somewhere"), new jakarta.jms.CompletionListener() {
                @Override
                public void onCompletion(jakarta.jms.Message message) {}

                @Override
                public void onException(jakarta.jms.Message message, Exception exception) {
                    told.countDown();
                }
            });
        }
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void failsACommit() throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue("silent"));
            producer.send(session.createTextMessage("one"));
            session.commit();
            producer.send(session.createTextMessage("two"));
            line.silentFrom(Frame.ANY);
            JMSException failure = catchThrowableOfType(JMSException.class, session::commit);
            assertThat(failure).hasMessageContaining(LIMIT_MS + " ms");
        }
    }

    @Test
    void endsAReceiveWithATimeLimit() throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession()) {
            MessageConsumer consumer = session.createConsumer(session.createQueue("silent.receive"));
            line.silentFrom(Frame.ANY);
            JMSException failure = catchThrowableOfType(
                    JMSException.class, () -> assertThat(consumer.receive(10)).isNull());
            if (failure != null) {
                assertThat(failure).hasMessageContaining(LIMIT_MS + " ms");
            }
        }
    }

    @Test
    void isLostAfterTheIdleTimeout() throws Exception {
        WaybillConnectionFactory factory = factory();
        factory.setOption("jms.connectTimeout", "15000");
        factory.setOption("amqp.idleTimeout", "1000");
        CountDownLatch told = new CountDownLatch(1);
        try (Connection connection = factory.createConnection();
                Session session = connection.createSession()) {
            connection.setExceptionListener(exception -> told.countDown());
            connection.start();
            MessageConsumer consumer = session.createConsumer(session.createQueue("silent.idle"));
            line.silentFrom(Frame.ANY);
            assertThat(catchThrowableOfType(JMSException.class, consumer::receive))
                    .hasMessageContaining("127.0.0.1:" + line.port())
                    .hasMessageContaining("idle");
            assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DETACH", "END", "CLOSE"})
    void doesNotKeepACloseWaiting(Frame silent) throws JMSException {
        line.silentFrom(silent);
        WaybillConnectionFactory factory = factory();
        factory.setOption("jms.requestTimeout", "1000");
        factory.setOption("jms.closeTimeout", "1000");
        // So many waits of this length, one after the other, would take longer than the test may.
        try (Connection connection = factory.createConnection()) {
            connection.start();
            for (int sessions = 0; sessions < 3; sessions++) {
                Session session = connection.createSession();
                for (int links = 0; links < 8; links++) {
                    session.createProducer(session.createQueue("silent.producer" + links));
                    MessageConsumer consumer = session.createConsumer(session.createQueue("silent.consumer" + links));
                    consumer.setMessageListener(message -> {});
                }
            }
            Session session = connection.createSession();
            session.createProducer(session.createQueue("silent.last"))
                    .send(session.createTextMessage("before the end"));
            TextMessage received = (TextMessage)
                    session.createConsumer(session.createQueue("silent.last")).receive(10_000);
            assertThat(received.getText()).isEqualTo("before the end");
        }
    }
}
