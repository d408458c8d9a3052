package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;

/** Connection consumers, with a pool of sessions as an application server has one. */
@Timeout(40)
@ExtendWith(Leftovers.class)
final class ConnectionConsumerIT {
    private static final int SESSIONS = 3;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
    private Connection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = new WaybillConnectionFactory("amqp://127.0.0.1:" + BROKER.port()).createConnection();
        connection.setClientID("server");
        connection.setExceptionListener(told::add);
        session = connection.createSession();
        connection.start();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    /** Sessions that run on threads of the server's; a batch is the run of one. */
    private final class Pool implements ServerSessionPool, AutoCloseable {
        private final BlockingQueue<ServerSession> free = new LinkedBlockingQueue<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
        private final List<Integer> batches = new CopyOnWriteArrayList<>();

        Pool(int mode) throws JMSException {
            for (int count = 0; count < SESSIONS; count++) {
                free.add(new Worker(mode));
            }
        }

        @Override
        public ServerSession getServerSession() throws JMSException {
            try {
                return free.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JMSException("interrupted");
            }
        }

        @Override
        public void close() {
            threads.shutdown();
        }

        private final class Worker implements ServerSession {
            private final Session own;
            private int count;

            Worker(int mode) throws JMSException {
                own = connection.createSession(mode);
                own.setMessageListener(this::onMessage);
            }

            private void onMessage(Message message) {
                count++;
                try {
                    heard.add(message.getBody(String.class));
                } catch (JMSException e) {
                    heard.add(e.toString());
                }
            }

            @Override
            public Session getSession() {
                return own;
            }

            @Override
            public void start() {
                threads.execute(this::run);
            }

            private void run() {
                count = 0;
                own.run();
                try {
                    if (own.getTransacted()) {
                        own.commit();
                    }
                } catch (JMSException e) {
                    heard.add(e.toString());
                }
                batches.add(count);
                free.add(this);
            }
        }
    }

    private List<String> send(Destination destination, int count) throws JMSException {
        List<String> sent = new ArrayList<>();
        try (MessageProducer producer = session.createProducer(destination)) {
            for (int number = 0; number < count; number++) {
                Message message = session.createTextMessage("message " + number);
                message.setBooleanProperty("even", number % 2 == 0);
                producer.send(message);
                sent.add("message " + number);
            }
        }
        return sent;
    }

    private void awaitHeard(List<String> all) {
        await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrderElementsOf(all));
    }

    private boolean isEmpty(Queue queue) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            return consumer.receive(200) == null;
        }
    }

    @Test
    void loadsSessionsInBatches() throws JMSException {
        Queue queue = session.createQueue("pool.queue");
        List<String> sent = send(queue, 200);
        try (Pool pool = new Pool(Session.AUTO_ACKNOWLEDGE)) {
            ConnectionConsumer consumer = connection.createConnectionConsumer(queue, null, pool, 7);
            assertThat(consumer.getServerSessionPool()).isSameAs(pool);
            awaitHeard(sent);
            consumer.close();
            consumer.close();
            assertThat(pool.batches).allMatch(count -> count <= 7);
        }
        assertThat(isEmpty(queue)).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void worksWithTransactions() throws JMSException {
        Queue queue = session.createQueue("pool.transacted");
        List<String> sent = send(queue, 50);
        try (Pool pool = new Pool(Session.SESSION_TRANSACTED)) {
            ConnectionConsumer consumer = connection.createConnectionConsumer((Destination) queue, null, pool, 5);
            awaitHeard(sent);
            await().untilAsserted(() -> assertThat(
                            pool.batches.stream().mapToInt(count -> count).sum())
                    .isEqualTo(50));
            consumer.close();
        }
        assertThat(isEmpty(queue)).isTrue();
    }

    @Test
    void selectsAndStops() throws JMSException {
        Queue queue = session.createQueue("pool.selector");
        try (Pool pool = new Pool(Session.AUTO_ACKNOWLEDGE)) {
            connection.stop();
            ConnectionConsumer consumer = connection.createConnectionConsumer(queue, "even = TRUE", pool, 1);
            send(queue, 4);
            assertThat(heard).isEmpty();
            connection.start();
            awaitHeard(List.of("message 0", "message 2"));
            consumer.close();
        }
        assertThat(isEmpty(queue)).isFalse();
    }

    @Test
    void takesFromTopicsAndSubscriptions() throws JMSException {
        Topic topic = session.createTopic("pool.topic");
        try (Pool pool = new Pool(Session.AUTO_ACKNOWLEDGE)) {
            List<ConnectionConsumer> consumers = List.of(
                    connection.createConnectionConsumer(topic, null, pool, 3),
                    connection.createSharedConnectionConsumer(topic, "pool.shared", null, pool, 3),
                    connection.createSharedDurableConnectionConsumer(topic, "pool.both", null, pool, 3),
                    connection.createDurableConnectionConsumer(topic, "pool.durable", null, pool, 3));
            List<String> all = new ArrayList<>();
            for (String text : send(topic, 10)) {
                for (int consumer = 0; consumer < consumers.size(); consumer++) {
                    all.add(text);
                }
            }
            awaitHeard(all);
            for (ConnectionConsumer consumer : consumers) {
                consumer.close();
            }
            heard.clear();
            // The durable ones hold what comes now, for whoever comes next.
            List<String> later = send(topic, 2);
            ConnectionConsumer next = connection.createDurableConnectionConsumer(topic, "pool.durable", null, pool, 3);
            awaitHeard(later);
            next.close();
            session.unsubscribe("pool.durable");
            session.unsubscribe("pool.both");
        }
    }

    @Test
    void aPoolThatFailsGivesBackAndIsReported() throws Exception {
        Queue queue = session.createQueue("pool.fails");
        send(queue, 1);
        ConnectionConsumer consumer = connection.createConnectionConsumer(
                queue,
                null,
                () -> {
                    throw new JMSException("the server is shutting down");
                },
                1);
        assertThat(told.poll(10, TimeUnit.SECONDS)).hasMessageContaining("the server is shutting down");
        consumer.close();
        try (MessageConsumer other = session.createConsumer(queue)) {
            Message message = other.receive(10_000);
            assertThat(message.getJMSRedelivered()).isTrue();
        }
    }

    @Test
    void whatIsWrongIsRefused() throws JMSException {
        Queue queue = session.createQueue("pool.wrong");
        try (Pool pool = new Pool(Session.AUTO_ACKNOWLEDGE)) {
            assertThatThrownBy(() -> connection.createConnectionConsumer(queue, "even = = 1", pool, 1))
                    .isInstanceOf(InvalidSelectorException.class);
            assertThatThrownBy(() -> connection.createConnectionConsumer((Queue) null, null, pool, 1))
                    .isInstanceOf(InvalidDestinationException.class);
            assertThatThrownBy(() -> connection.createConnectionConsumer(queue, null, pool, 0))
                    .isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> connection.createConnectionConsumer(queue, null, null, 1))
                    .isInstanceOf(JMSException.class);
        }
    }

    @Test
    void theConnectionsCloseEndsIt() throws JMSException {
        Queue queue = session.createQueue("pool.closed");
        try (Pool pool = new Pool(Session.AUTO_ACKNOWLEDGE)) {
            connection.createConnectionConsumer(queue, null, pool, 1);
            List<String> sent = send(queue, 20);
            awaitHeard(sent);
            connection.close();
        }
    }
}
