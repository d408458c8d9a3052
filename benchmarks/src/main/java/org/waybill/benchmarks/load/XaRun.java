package org.waybill.benchmarks.load;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XASession;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Transactions of one resource in both phases: each worker, on its own connection and queue, takes a durable message and puts one, then ends,
 * prepares and commits. A settle time is that of the three verbs.
 */
final class XaRun {
    private static final int FORMAT = 0x57_42;
    private static final long RECEIVE_MS = 10_000;

    private record Branch(long worker, long number) implements Xid {
        @Override
        public int getFormatId() {
            return FORMAT;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(worker)
                    .putLong(number)
                    .array();
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    private final LoadOptions options;
    private final Histogram settle = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
    private final AtomicLong committed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CountDownLatch broken = new CountDownLatch(1);
    private volatile boolean measuring;
    private volatile boolean stopped;

    XaRun(LoadOptions options) {
        this.options = options;
    }

    Result run() throws JMSException, InterruptedException {
        XAConnectionFactory factory = factory();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < options.producers(); i++) {
            int worker = i;
            Thread thread = new Thread(() -> work(factory, worker), "xa-" + i);
            thread.setDaemon(true);
            thread.start();
            workers.add(thread);
        }
        Result result = measure();
        stopped = true;
        for (Thread worker : workers) {
            worker.join(RECEIVE_MS);
        }
        return result;
    }

    private XAConnectionFactory factory() {
        try {
            return Class.forName(options.xaFactory())
                    .asSubclass(XAConnectionFactory.class)
                    .getConstructor(String.class)
                    .newInstance(options.xaScheme() + "://127.0.0.1:" + options.port());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no connection factory " + options.xaFactory() + ": " + e, e);
        }
    }

    private void work(XAConnectionFactory factory, int worker) {
        try (XAConnection connection = factory.createXAConnection();
                XASession branches = connection.createXASession()) {
            Session session = branches.getSession();
            Queue queue = session.createQueue(options.name() + worker);
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            connection.start();
            long first = System.nanoTime();
            for (long number = 0; !stopped; number++) {
                branch(
                        branches.getXAResource(),
                        new Branch(first + worker, number),
                        session,
                        producer,
                        consumer,
                        number > 0);
            }
        } catch (JMSException | XAException e) {
            failed.incrementAndGet();
            broken.countDown();
        }
    }

    private void branch(
            XAResource resource,
            Xid xid,
            Session session,
            MessageProducer producer,
            MessageConsumer consumer,
            boolean takes)
            throws JMSException, XAException {
        resource.start(xid, XAResource.TMNOFLAGS);
        Message taken = takes ? consumer.receive(RECEIVE_MS) : null;
        if (takes && taken == null) {
            throw new JMSException("no message came back");
        }
        BytesMessage put = session.createBytesMessage();
        put.writeBytes(new byte[options.bodyBytes()]);
        producer.send(put);
        long doneNs = System.nanoTime();
        resource.end(xid, XAResource.TMSUCCESS);
        if (resource.prepare(xid) != XAResource.XA_OK) {
            throw new XAException(XAException.XAER_PROTO);
        }
        resource.commit(xid, false);
        committed.incrementAndGet();
        if (measuring) {
            settle.recordValue(System.nanoTime() - doneNs);
        }
    }

    private Result measure() throws InterruptedException {
        pause(options.warmUpSeconds());
        Sample start = Sample.take(options.brokerPid());
        long before = committed.get();
        measuring = true;
        pause(options.measureSeconds());
        measuring = false;
        Sample end = Sample.take(options.brokerPid());
        long count = committed.get() - before;
        Result result = new Result();
        result.put("settled_per_s", count / start.secondsUntil(end));
        result.latency("settle", settle);
        result.put("rejected", failed.get());
        result.put("broker_cpu_s_per_m", start.brokerCpuUntil(end) * 1e6 / Math.max(1, count));
        start.putCosts(end, result);
        return result.put("rss_mib", ProcessStats.residentMib(options.brokerPid()));
    }

    /** Lets the workers go on for that long, or until one has failed. */
    private void pause(double seconds) throws InterruptedException {
        broken.await((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }
}
