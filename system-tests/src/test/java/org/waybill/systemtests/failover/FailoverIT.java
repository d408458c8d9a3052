package org.waybill.systemtests.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;

/**
 * SIGKILL at a random moment under load and a new start on the same data, again and again, with clients that live through all of it.
 * {@code -Dwaybill.failover.seed=N} repeats the choices of a run, though not the scheduling of the machine.
 */
final class FailoverIT {
    private static final String KEPT_SYNCHRONOUS = "failover.kept.synchronous";
    private static final String KEPT_ASYNCHRONOUS = "failover.kept.asynchronous";
    private static final String KEPT_TRANSACTED = "failover.kept.transacted";
    private static final String AUTOMATIC = "failover.automatic";
    private static final String ACKNOWLEDGED = "failover.acknowledged";
    private static final String MOVED_FROM = "failover.moved.from";
    private static final String MOVED_TO = "failover.moved.to";
    private static final String NEWS = "failover.news";

    private final int rounds = Integer.parseInt(Distribution.required("waybill.failover.rounds"));
    private final long seed = Long.getLong("waybill.failover.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Notes notes = new Notes();
    private final AtomicBoolean producersStopped = new AtomicBoolean();
    private final AtomicBoolean consumersStopped = new AtomicBoolean();
    private final List<Connection> connections = new ArrayList<>();
    private final List<Thread> producers = new ArrayList<>();
    private final List<Thread> consumers = new ArrayList<>();

    /** What a client does on its connection. */
    private interface Work {
        void run(Connection connection) throws JMSException, InterruptedException;
    }

    @Test
    void losesAndDoublesNothingWhileTheBrokerIsKilledAndComesBack() throws Exception {
        System.out.println("failover: " + rounds + " rounds, seed " + seed);
        BrokerProcess.Options options = BrokerProcess.Options.fresh();
        BrokerProcess broker = BrokerProcess.start(options);
        try {
            begin(options.port());
            for (int round = 1; round <= rounds; round++) {
                long goal = notes.settledCount() + random.nextInt(4_000);
                await("settled sends in round " + round)
                        .atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> notes.settledCount() >= goal
                                || !notes.offences().isEmpty());
                broker.kill();
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(500)).toNanos());
                broker = BrokerProcess.start(options);
            }
            end();
            collect(options.port());
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
            broker.close();
        }
        System.out.println("failover: " + notes.summary());
        check();
        assertThat(notes.offences()).as("seed %d", seed).isEmpty();
    }

    private void begin(int port) throws JMSException {
        producer(port, Producing.SYNCHRONOUS, KEPT_SYNCHRONOUS);
        producer(port, Producing.ASYNCHRONOUS, KEPT_ASYNCHRONOUS);
        producer(port, Producing.TRANSACTED, KEPT_TRANSACTED);
        producer(port, Producing.SYNCHRONOUS, AUTOMATIC);
        producer(port, Producing.ASYNCHRONOUS, ACKNOWLEDGED);
        producer(port, Producing.ASYNCHRONOUS, MOVED_FROM);
        subscriber(port);
        producers.add(client(port, "news", connection -> {
            Session session = connection.createSession();
            Producing.SYNCHRONOUS.run(session, session.createTopic(NEWS), notes, producersStopped::get);
        }));
        consumers.add(client(port, "automatic", connection -> {
            Session session = connection.createSession();
            MessageConsumer consumer = session.createConsumer(session.createQueue(AUTOMATIC));
            Consuming.automatic(consumer, AUTOMATIC, notes, consumersStopped::get);
        }));
        consumers.add(client(port, "acknowledging", connection -> {
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(ACKNOWLEDGED));
            Consuming.acknowledging(consumer, ACKNOWLEDGED, notes, consumersStopped::get);
        }));
        consumers.add(client(port, "moving", connection -> {
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Queue from = session.createQueue(MOVED_FROM);
            Consuming.moving(session, from, session.createQueue(MOVED_TO), consumersStopped::get);
        }));
        consumers.forEach(Thread::start);
        producers.forEach(Thread::start);
    }

    /** Subscribes before anything is published. */
    private void subscriber(int port) throws JMSException {
        Connection connection = connect(port, "&jms.clientID=subscriber");
        Session session = connection.createSession();
        Topic topic = session.createTopic(NEWS);
        MessageConsumer consumer = session.createDurableConsumer(topic, "news");
        consumers.add(thread("subscriber", () -> Consuming.automatic(consumer, NEWS, notes, consumersStopped::get)));
    }

    private void producer(int port, Producing how, String queue) throws JMSException {
        producers.add(client(port, queue, connection -> {
            Session session = connection.createSession(how.mode());
            how.run(session, session.createQueue(queue), notes, producersStopped::get);
        }));
    }

    private Thread client(int port, String name, Work work) throws JMSException {
        Connection connection = connect(port, "");
        return thread(name, () -> work.run(connection));
    }

    private Connection connect(int port, String option) throws JMSException {
        Connection connection = new WaybillConnectionFactory("failover:(amqp://127.0.0.1:" + port
                        + ")?failover.maxReconnectDelay=500&failover.warnAfterReconnectAttempts=0&jms.exactlyOnce=true"
                        + "&jms.requestTimeout=120000&jms.sendTimeout=120000" + option)
                .createConnection();
        connections.add(connection);
        connection.start();
        return connection;
    }

    /** What may fail. */
    private interface Failing {
        void run() throws JMSException, InterruptedException;
    }

    private Thread thread(String name, Failing work) {
        return new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (JMSException | RuntimeException e) {
                        notes.offence(name + " failed: " + e);
                        e.printStackTrace();
                    } catch (InterruptedException e) {
                        notes.offence(name + " was interrupted");
                    }
                },
                name);
    }

    private void end() throws InterruptedException {
        producersStopped.set(true);
        join(producers);
        consumersStopped.set(true);
        join(consumers);
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(3).toMillis());
            assertThat(thread.isAlive())
                    .as("%s ends when it is told to: %s", thread.getName(), List.of(thread.getStackTrace()))
                    .isFalse();
        }
    }

    /** Takes what nobody has taken so far. */
    private void collect(int port) throws JMSException {
        try (Connection connection = new WaybillConnectionFactory("amqp://127.0.0.1:" + port).createConnection()) {
            connection.start();
            Session session = connection.createSession();
            for (String queue : List.of(KEPT_SYNCHRONOUS, KEPT_ASYNCHRONOUS, KEPT_TRANSACTED, MOVED_TO)) {
                String noted = queue.equals(MOVED_TO) ? MOVED_FROM : queue;
                Consuming.automatic(session.createConsumer(session.createQueue(queue)), noted, notes, () -> true);
            }
        }
    }

    private void check() {
        for (String name : List.of(
                KEPT_SYNCHRONOUS, KEPT_ASYNCHRONOUS, KEPT_TRANSACTED, AUTOMATIC, ACKNOWLEDGED, MOVED_FROM, NEWS)) {
            notes.checkNothingIsLost(name);
        }
        // Consumers outside of transactions may see a message again whose acknowledgement was lost with the broker.
        for (String name : List.of(KEPT_SYNCHRONOUS, KEPT_ASYNCHRONOUS, KEPT_TRANSACTED, MOVED_FROM)) {
            notes.checkNothingIsDoubledOrOutOfOrder(name);
        }
    }
}
