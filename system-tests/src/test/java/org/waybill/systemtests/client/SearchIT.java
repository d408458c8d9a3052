package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.session.ConnectionEvents;
import org.waybill.systemtests.RunningBroker;

/** A connection with failover that has lost its server and finds none: who waits, how long, and how it ends. */
@Timeout(20)
@ExtendWith(Leftovers.class)
final class SearchIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final CountDownLatch lost = new CountDownLatch(1);
    private final BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
    private FaultyLine line;

    @BeforeEach
    void layLine() {
        line = new FaultyLine(BROKER.port());
    }

    @AfterEach
    void removeLine() {
        line.close();
    }

    private Connection connect(String options) throws JMSException {
        WaybillConnectionFactory factory = new WaybillConnectionFactory(
                "failover:(amqp://127.0.0.1:" + line.port() + ")?failover.maxReconnectDelay=50" + options);
        factory.setConnectionEvents(new ConnectionEvents() {
            @Override
            public void onLost(Connection connection, Exception why) {
                lost.countDown();
            }

            @Override
            public void onRestored(Connection connection, String server) {}
        });
        Connection connection = factory.createConnection();
        connection.setExceptionListener(told::add);
        connection.start();
        return connection;
    }

    /** Takes the server away, and waits until the client has seen that. */
    private void loseServer() throws InterruptedException {
        line.close();
        assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> CompletableFuture<Optional<T>> elsewhere(String name, Callable<T> work) {
        CompletableFuture<Optional<T>> result = new CompletableFuture<>();
        new Thread(
                        () -> {
                            try {
                                result.complete(Optional.ofNullable(work.call()));
                            } catch (Exception e) {
                                result.completeExceptionally(e);
                            }
                        },
                        name)
                .start();
        await(name + " to wait").until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals(name)
                        && (thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING)));
        return result;
    }

    @Test
    void aCloseEndsItAndWhoWaitsForIt() throws Exception {
        try (Connection connection = connect("")) {
            Session session = connection.createSession();
            Queue queue = session.createQueue("search");
            MessageConsumer consumer = session.createConsumer(queue);
            Session sending = connection.createSession();
            MessageProducer producer = sending.createProducer(queue);
            CompletableFuture<Optional<Message>> receiving = elsewhere("receiving", consumer::receive);
            loseServer();
            CompletableFuture<Optional<Object>> send = elsewhere("sending", () -> {
                producer.send(sending.createMessage());
                return null;
            });
            CompletableFuture<Optional<Session>> creating = elsewhere("creating", connection::createSession);
            assertThatCode(connection::close).doesNotThrowAnyException();
            assertThat(receiving.get(10, TimeUnit.SECONDS)).isEmpty();
            assertThatThrownBy(() -> send.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(JMSException.class);
            assertThatThrownBy(() -> creating.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void whoWaitsDoesSoUpToHisTimeLimit() throws Exception {
        try (Connection connection = connect("&jms.requestTimeout=300&jms.sendTimeout=300&jms.closeTimeout=300")) {
            Session session = connection.createSession();
            Queue queue = session.createQueue("search");
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
            MessageProducer worker = transacted.createProducer(queue);
            loseServer();
            assertThatThrownBy(connection::createSession)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("127.0.0.1:" + line.port());
            assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> producer.send(session.createMessage()))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("search");
            assertThatThrownBy(() -> {
                        worker.send(transacted.createMessage());
                        transacted.commit();
                    })
                    .isInstanceOf(JMSException.class);
            assertThat(consumer.receive(300)).isNull();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void itsEndAfterAllAttemptsIsToldOnce() throws Exception {
        try (Connection connection = connect("&failover.maxReconnectAttempts=3")) {
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue("search"));
            CompletableFuture<Optional<Message>> receiving = elsewhere("receiving", consumer::receive);
            loseServer();
            assertThat(told.poll(10, TimeUnit.SECONDS)).hasMessageContaining("127.0.0.1:" + line.port());
            assertThatThrownBy(() -> receiving.get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("127.0.0.1:" + line.port());
            assertThatThrownBy(connection::createSession).isInstanceOf(IllegalStateException.class);
        }
        assertThat(told).isEmpty();
    }
}
