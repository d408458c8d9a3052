package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSContext;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;

/** Threads that meet on a connection, a session or a consumer, and in listeners: nobody waits for himself, and nobody for ever. */
@Timeout(40)
@ExtendWith(Leftovers.class)
final class ThreadsIT {
    private static final AtomicInteger QUEUES = new AtomicInteger();

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final String name = "threads." + QUEUES.incrementAndGet();
    private Connection connection;

    private static WaybillConnectionFactory factory() {
        return new WaybillConnectionFactory(
                "amqp://127.0.0.1:" + BROKER.port() + "?jms.requestTimeout=10000&jms.closeTimeout=10000");
    }

    @BeforeEach
    void connect() throws JMSException {
        connection = factory().createConnection();
        connection.start();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private static <T> CompletableFuture<Optional<T>> elsewhere(Callable<T> work) {
        CompletableFuture<Optional<T>> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(Optional.ofNullable(work.call()));
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                },
                "elsewhere");
        result.exceptionally(e -> Optional.empty());
        thread.start();
        return result;
    }

    /** Waits until somebody is inside of a receive. */
    private static void awaitReceiver() {
        await("a thread within receive").until(() -> Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("elsewhere"))
                .anyMatch(thread -> thread.getKey().getState() == Thread.State.TIMED_WAITING
                        || thread.getKey().getState() == Thread.State.WAITING));
    }

    private static <T> T end(CompletableFuture<T> result) throws Exception {
        try {
            return result.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void send(Session session, Queue queue, int count) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int sent = 0; sent < count; sent++) {
                producer.send(session.createTextMessage("message " + sent));
            }
        }
    }

    // --- receive, and another thread

    @Test
    void closingTheConsumerEndsAReceiveWithNull() throws Exception {
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        awaitReceiver();
        consumer.close();
        assertThat(end(receiving)).isEmpty();
    }

    @Test
    void closingTheSessionEndsAReceiveWithNull() throws Exception {
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        awaitReceiver();
        session.close();
        assertThat(end(receiving)).isEmpty();
    }

    @Test
    void closingTheConnectionEndsAReceiveWithNull() throws Exception {
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        awaitReceiver();
        connection.close();
        assertThat(end(receiving)).isEmpty();
    }

    @Test
    void closingAStoppedConnectionEndsAReceiveWithNull() throws Exception {
        connection.stop();
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        awaitReceiver();
        connection.close();
        assertThat(end(receiving)).isEmpty();
    }

    @Test
    void aReceiveGoesOnAfterAStopAndAStart() throws Exception {
        Session session = connection.createSession();
        Queue queue = session.createQueue(name);
        MessageConsumer consumer = session.createConsumer(queue);
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        awaitReceiver();
        connection.stop();
        send(connection.createSession(), queue, 1);
        assertThat(receiving).isNotDone();
        connection.start();
        assertThat(end(receiving)).isPresent();
    }

    @Test
    void theBrokersDeathEndsAReceiveWithAnException() throws Exception {
        BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
        connection.setExceptionListener(told::add);
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        MessageConsumer stopped = connection.createSession().createConsumer(session.createQueue(name + ".other"));
        CompletableFuture<Optional<Message>> receiving = elsewhere(consumer::receive);
        CompletableFuture<Optional<Message>> alsoReceiving = elsewhere(() -> stopped.receive(20_000));
        awaitReceiver();
        BROKER.crash();
        for (CompletableFuture<Optional<Message>> one : java.util.List.of(receiving, alsoReceiving)) {
            assertThatThrownBy(() -> end(one))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("127.0.0.1:" + BROKER.port());
        }
        assertThat(told.poll(10, TimeUnit.SECONDS)).isNotNull();
        // What is in use of the failed connection says so, and can be closed.
        assertThatThrownBy(() -> session.createProducer(session.createQueue(name)))
                .isInstanceOf(JMSException.class);
        consumer.close();
        session.close();
        connection.close();
        assertThat(told).isEmpty();
    }

    @Test
    void anInterruptEndsAReceiveAndIsKept() throws Exception {
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue(name));
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<Optional<Boolean>> receiving = elsewhere(() -> {
            thread.set(Thread.currentThread());
            Throwable thrown = catchThrowable(consumer::receive);
            assertThat(thrown).isInstanceOf(JMSException.class).hasMessageContaining("interrupted");
            return Thread.currentThread().isInterrupted();
        });
        awaitReceiver();
        thread.get().interrupt();
        assertThat(end(receiving)).contains(true);
    }

    // --- listeners

    @Test
    void aListenerMayCloseItsConsumerAndNothingElse() throws Exception {
        Session session = connection.createSession();
        Queue queue = session.createQueue(name);
        send(session, queue, 2);
        MessageConsumer consumer = session.createConsumer(queue);
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        consumer.setMessageListener(message -> {
            outcomes.add(Optional.ofNullable(catchThrowable(session::close)));
            outcomes.add(Optional.ofNullable(catchThrowable(connection::close)));
            outcomes.add(Optional.ofNullable(catchThrowable(connection::stop)));
            outcomes.add(Optional.ofNullable(catchThrowable(consumer::close)));
        });
        for (int refused = 0; refused < 3; refused++) {
            assertThat((Optional<?>) outcomes.poll(10, TimeUnit.SECONDS))
                    .get()
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat((Optional<?>) outcomes.poll(10, TimeUnit.SECONDS)).isEmpty();
        // The second message is there for others: the closed consumer has not taken it.
        try (Session other = connection.createSession()) {
            assertThat(other.createConsumer(queue).receive(10_000)).isNotNull();
        }
        assertThat(outcomes).isEmpty();
    }

    @Test
    void aListenerOfAContextCannotCloseOrStopIt() throws Exception {
        try (JMSContext context = factory().createContext()) {
            BlockingQueue<Throwable> outcomes = new LinkedBlockingQueue<>();
            Queue queue = context.createQueue(name);
            context.createConsumer(queue).setMessageListener(message -> {
                outcomes.add(catchThrowable(context::stop));
                outcomes.add(catchThrowable(context::close));
            });
            try (JMSContext other = context.createContext(JMSContext.AUTO_ACKNOWLEDGE)) {
                other.createProducer().send(queue, "text");
            }
            for (int refused = 0; refused < 2; refused++) {
                assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isInstanceOf(IllegalStateRuntimeException.class);
            }
        }
    }

    @Test
    void aCompletionListenerCannotCloseWhatItWaitsFor() throws Exception {
        Session session = connection.createSession();
        MessageProducer producer = session.createProducer(session.createQueue(name));
        BlockingQueue<Throwable> outcomes = new LinkedBlockingQueue<>();
        producer.send(session.createMessage(), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                outcomes.add(catchThrowable(producer::close));
                outcomes.add(catchThrowable(session::close));
                outcomes.add(catchThrowable(connection::close));
            }

            @Override
            public void onException(Message message, Exception exception) {
                outcomes.add(exception);
            }
        });
        for (int refused = 0; refused < 3; refused++) {
            assertThat(outcomes.poll(10, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anExceptionListenerMayCloseItsConnection() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        connection.setExceptionListener(exception -> {
            assertThat(catchThrowable(connection::close)).isNull();
            closed.countDown();
        });
        Session session = connection.createSession();
        session.createConsumer(session.createQueue(name)).setMessageListener(message -> {});
        BROKER.crash();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCloseWaitsForTheListenerThatRuns() throws Exception {
        Session session = connection.createSession();
        Queue queue = session.createQueue(name);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        session.createConsumer(queue).setMessageListener(message -> {
            inside.countDown();
            awaitQuietly(go);
            ended.incrementAndGet();
        });
        send(connection.createSession(), queue, 1);
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Optional<Integer>> closing = elsewhere(() -> {
            connection.close();
            return ended.get();
        });
        awaitReceiver();
        assertThat(closing).isNotDone();
        go.countDown();
        assertThat(end(closing)).contains(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            boolean unused = latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSessionWithAListenerReceivesForNobodyElse() throws Exception {
        Session session = connection.createSession();
        MessageConsumer heard = session.createConsumer(session.createQueue(name));
        MessageConsumer other = session.createConsumer(session.createQueue(name + ".other"));
        heard.setMessageListener(message -> {});
        assertThatThrownBy(other::receive).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(heard::receiveNoWait).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aForeignThreadMayUseASessionWhileItsListenerRuns() throws Exception {
        Session session = connection.createSession();
        Queue queue = session.createQueue(name);
        int count = 500;
        CountDownLatch heard = new CountDownLatch(2 * count);
        session.createConsumer(queue).setMessageListener(message -> heard.countDown());
        CompletableFuture<Optional<Object>> first = elsewhere(() -> {
            send(session, queue, count);
            return null;
        });
        CompletableFuture<Optional<Object>> second = elsewhere(() -> {
            send(session, queue, count);
            return null;
        });
        end(first);
        end(second);
        assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closesFromManyThreadsAreOne() throws Exception {
        for (int round = 0; round < 20; round++) {
            Connection shared = factory().createConnection();
            shared.start();
            Session session = shared.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            consumer.setMessageListener(message -> {});
            CompletableFuture<Optional<Object>> first = elsewhere(() -> {
                session.close();
                return null;
            });
            CompletableFuture<Optional<Object>> second = elsewhere(() -> {
                shared.close();
                return null;
            });
            consumer.close();
            shared.close();
            end(first);
            end(second);
        }
    }
}
