package org.waybill.benchmarks.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One producer, one queue, one listener through a JMS client: J1 to J3 and J7. A window of one sends synchronously, a larger
 * one with completion listeners, a transaction its messages and then its commit. The producer runs on its own thread; the figures are read by the calling thread.
 */
final class JmsRun {
    private final LoadOptions options;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Histogram endToEnd = new ConcurrentHistogram(3);
    private final Histogram settle = new ConcurrentHistogram(3);
    private final CountDownLatch producerEnded = new CountDownLatch(1);
    private final Semaphore room;
    private final Semaphore window;
    private volatile boolean measuring;
    private volatile boolean stopped;

    JmsRun(LoadOptions options) {
        this.options = options;
        room = new Semaphore((int) options.backlog());
        window = new Semaphore(options.window());
    }

    Result run() throws JMSException, InterruptedException {
        ConnectionFactory factory = factory();
        try (Connection receiving = connect(factory);
                Connection sending = connect(factory)) {
            listen(receiving);
            Thread producer = startProducer(sending);
            Result result = measure();
            stopped = true;
            room.release();
            producer.join(TimeUnit.SECONDS.toMillis(10));
            drain();
            return result.put("leftover", sent.get() - received.get());
        }
    }

    private ConnectionFactory factory() {
        String uri = "amqp://127.0.0.1:" + options.port() + "?jms.prefetchPolicy.all=" + options.credit()
                + "&amqp.saslMechanisms=" + (options.user().isEmpty() ? "ANONYMOUS" : "PLAIN");
        try {
            return Class.forName(options.factory())
                    .asSubclass(ConnectionFactory.class)
                    .getConstructor(String.class)
                    .newInstance(uri);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no connection factory " + options.factory() + ": " + e, e);
        }
    }

    private Connection connect(ConnectionFactory factory) throws JMSException {
        return options.user().isEmpty()
                ? factory.createConnection()
                : factory.createConnection(options.user(), options.password());
    }

    private void listen(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(options.address(0)));
        consumer.setMessageListener(message -> {
            received.incrementAndGet();
            room.release();
            if (measuring) {
                try {
                    endToEnd.recordValue(Math.max(0, System.nanoTime() - ((BytesMessage) message).readLong()));
                } catch (JMSException e) {
                    failed.incrementAndGet();
                }
            }
        });
        connection.start();
    }

    private Thread startProducer(Connection connection) throws JMSException {
        connection.start();
        boolean transacted = options.transaction() > 0;
        Session session = connection.createSession(
                transacted, transacted ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue(options.address(0)));
        producer.setDeliveryMode(options.durable() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        producer.setDisableMessageTimestamp(true);
        producer.setDisableMessageID(true);
        Thread thread = new Thread(() -> produce(session, producer), "producer");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void produce(Session session, MessageProducer producer) {
        byte[] filling = new byte[options.bodyBytes() - Long.BYTES];
        int inTransaction = 0;
        long firstNs = System.nanoTime();
        try {
            room.acquire();
            while (!stopped) {
                awaitTurn(firstNs);
                BytesMessage message = session.createBytesMessage();
                long nowNs = System.nanoTime();
                message.writeLong(nowNs);
                message.writeBytes(filling);
                if (options.transaction() > 0) {
                    producer.send(message);
                    if (++inTransaction == options.transaction()) {
                        session.commit();
                        settled.addAndGet(inTransaction);
                        inTransaction = 0;
                    }
                } else if (options.window() == 1) {
                    producer.send(message);
                    settled(nowNs);
                } else {
                    window.acquire();
                    producer.send(message, new Completion(nowNs));
                }
                sent.incrementAndGet();
                room.acquire();
            }
        } catch (JMSException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            producerEnded.countDown();
        }
    }

    /** At a fixed rate: waits until the next message is due. */
    private void awaitTurn(long firstNs) {
        if (options.ratePerSecond() > 0) {
            long dueNs = firstNs + (long) (sent.get() * 1e9 / options.ratePerSecond());
            long waitNs = dueNs - System.nanoTime();
            while (waitNs > 0 && !stopped) {
                LockSupport.parkNanos(waitNs);
                waitNs = dueNs - System.nanoTime();
            }
        }
    }

    private void settled(long sentAtNs) {
        settled.incrementAndGet();
        if (measuring) {
            settle.recordValue(Math.max(0, System.nanoTime() - sentAtNs));
        }
    }

    private Result measure() throws InterruptedException {
        pause(options.warmUpSeconds());
        Sample start = Sample.take(options.brokerPid());
        long receivedBefore = received.get();
        long settledBefore = settled.get();
        long allocatedBefore = Allocation.bytes();
        measuring = true;
        pause(options.measureSeconds());
        measuring = false;
        long allocated = Allocation.bytes() - allocatedBefore;
        Sample end = Sample.take(options.brokerPid());
        long receivedNow = received.get() - receivedBefore;
        double seconds = start.secondsUntil(end);
        Result result = new Result();
        result.put("recv_per_s", receivedNow / seconds);
        result.put("settled_per_s", (settled.get() - settledBefore) / seconds);
        result.latency("e2e", endToEnd).latency("settle", settle);
        result.put("rejected", failed.get());
        result.put("alloc_bytes", allocated / (double) Math.max(1, receivedNow));
        result.put("broker_cpu_s_per_m", start.brokerCpuUntil(end) * 1e6 / Math.max(1, receivedNow));
        start.putCosts(end, result);
        return result.put("rss_mib", ProcessStats.residentMib(options.brokerPid()));
    }

    /** Leaves the queue empty for the next workload: the room is whole again when nothing is on its way. */
    private void drain() throws InterruptedException {
        room.tryAcquire((int) options.backlog(), 5, TimeUnit.SECONDS);
    }

    /** Lets the flow go on for that long, or until the producer has ended. */
    private void pause(double seconds) throws InterruptedException {
        producerEnded.await((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }

    private final class Completion implements CompletionListener {
        private final long sentAtNs;

        Completion(long sentAtNs) {
            this.sentAtNs = sentAtNs;
        }

        @Override
        public void onCompletion(Message message) {
            window.release();
            settled(sentAtNs);
        }

        @Override
        public void onException(Message message, Exception exception) {
            window.release();
            failed.incrementAndGet();
        }
    }
}
