package org.waybill.systemtests.cluster.load;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.cluster.history.ClientNotes;

/** A JMS client with a connection and a thread of its own. */
final class JmsWorker implements Worker {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** What it does until {@link #stopped}. */
    interface Work {
        void run(JmsWorker worker, Connection connection) throws JMSException, InterruptedException;
    }

    private final Make make;
    private final ClientNotes notes;
    private final Connection connection;
    private final Thread thread;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong sinceNs;

    /** Connects at once, to this node (from 0) first. */
    JmsWorker(Make make, Servers servers, int first, ClientNotes notes, Work work) throws JMSException {
        this.make = make;
        this.notes = notes;
        sinceNs = new AtomicLong(notes.nowNs());
        connection = make.connect(servers, first, () -> sinceNs.set(notes.nowNs()));
        connection.start();
        thread = new Thread(() -> work(work), notes.client());
    }

    private void work(Work work) {
        try {
            work.run(this, connection);
        } catch (JMSException | RuntimeException e) {
            notes.offence("failed: " + e + at(e));
        } catch (InterruptedException e) {
            notes.offence("was interrupted");
        }
    }

    private static String at(Exception e) {
        StackTraceElement @Nullable [] trace = e.getStackTrace();
        return trace.length == 0 ? "" : " at " + trace[0];
    }

    Make make() {
        return make;
    }

    ClientNotes notes() {
        return notes;
    }

    boolean stopped() {
        return stopped.get();
    }

    /** What comes was handed out no earlier than this; to be asked before a receive. */
    long sinceNs() {
        return sinceNs.get();
    }

    @Override
    public String name() {
        return notes.client();
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        stopped.set(true);
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        thread.join(PATIENCE.toMillis());
        if (thread.isAlive()) {
            StringBuilder where = new StringBuilder();
            for (StackTraceElement element : thread.getStackTrace()) {
                where.append("\n\tat ").append(element);
            }
            notes.offence("does not end:" + where);
        }
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
