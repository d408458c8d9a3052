package org.waybill.jms.session;

import jakarta.jms.JMSException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;

/**
 * The connection to a server that a {@link JmsConnection} has now, and how it comes to the next one.
 *
 * <pre>{@code
 *  CONNECTED | lost, the connector reconnects | RESTORING: a thread connects and restores until that succeeds
 *            | lost, it does not              | FAILED
 *  RESTORING | restored                       | CONNECTED
 *            | the connector gives up         | FAILED
 *  any       | end                            | as before, but nothing is restored any more
 *  any       | close                          | CLOSED
 * }</pre>
 *
 * <p>Any thread may call it. Who calls with a connection that is not the current one any more is not heard.
 */
final class Lifeline {
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 10_000;

    /** Who lives on it. */
    interface Events {
        /** The connection is gone with all that was on it. Must not block. */
        void interrupted(ClientException why);

        /**
         * Makes everything again on a connection that nobody else uses yet.
         *
         * @throws ClientException if that cannot be done on this one
         */
        void restore(ClientConnection fresh);

        /** The connection can be used again. Must not block. */
        void restored(ClientConnection fresh);

        /** The connection is gone for good. Must not block. */
        void failed(ClientException why);
    }

    private final Connector connector;
    private final Events events;
    private final SerialThread worker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ClientConnection current;
    /** What the restoring thread is busy with, to be cut at a close. */
    private @Nullable ClientConnection restoring;

    private @Nullable String clientId;
    private @Nullable ClientException failure;
    /** No connection will follow on the present one. */
    private boolean ending;

    private boolean closed;

    Lifeline(Connector connector, Events events) {
        this.connector = connector;
        this.events = events;
        this.worker = SerialThread.onDemand("waybill " + connector.uri() + " reconnecting");
    }

    /** Connects for the first time. */
    void open(@Nullable String id) throws JMSException {
        swap(id);
    }

    /** Connects anew under this client id; if that fails, everything stays as it was. */
    void reopen(String id) throws JMSException {
        ClientConnection old = swap(id);
        if (old != null) {
            old.close();
        }
    }

    private @Nullable ClientConnection swap(@Nullable String id) throws JMSException {
        ClientConnection fresh;
        try {
            fresh = connector.connect(id);
        } catch (ClientException e) {
            throw Failures.ofOpen("cannot connect", id, e);
        }
        ClientConnection old;
        lock.lock();
        try {
            if (closed) {
                fresh.abort();
                throw Failures.closed("the connection", null);
            }
            old = current;
            current = fresh;
            clientId = id;
        } finally {
            lock.unlock();
        }
        fresh.onEnd(why -> lost(fresh, why));
        return old;
    }

    /**
     * The connection to use; waits while there is none.
     *
     * @throws JMSException if there will be none, or none in time
     */
    ClientConnection await(Deadline deadline, String doing) throws JMSException {
        ClientConnection found = poll(deadline, doing);
        if (found == null) {
            throw new JMSException(
                    doing + ": there was no connection with " + connector.uri() + " in time", "not-connected");
        }
        return found;
    }

    /**
     * The connection to use; waits while there is none.
     *
     * @return null if there is none in time
     * @throws JMSException if there will be none
     */
    @Nullable
    ClientConnection poll(Deadline deadline, String doing) throws JMSException {
        lock.lock();
        try {
            ClientConnection found;
            // One that is over already is about to be reported lost.
            while ((found = current) == null || !found.isOpen()) {
                if (closed || ending) {
                    throw Failures.closed("the connection", null);
                }
                if (failure != null) {
                    throw Failures.closed("the connection", Failures.of(doing, failure));
                }
                if (deadline.hasPassed()) {
                    return null;
                }
                changed.awaitNanos(deadline.leftNs());
            }
            return found;
        } catch (InterruptedException e) {
            throw Failures.interrupted(doing, e);
        } finally {
            lock.unlock();
        }
    }

    /** The connection to use, or null while there is none. */
    @Nullable
    ClientConnection current() {
        lock.lock();
        try {
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a loss is not the end. */
    boolean reconnects() {
        return connector.reconnects();
    }

    /**
     * Whether what failed on this connection, because it is lost, is to be tried again on the next one.
     */
    boolean survives(ClientConnection which, ClientException why) {
        if (which.isOpen() || !connector.reconnects()) {
            return false;
        }
        lost(which, why);
        lock.lock();
        try {
            return !closed && !ending && failure == null;
        } finally {
            lock.unlock();
        }
    }

    /** This connection is lost. Does not block. */
    void lost(ClientConnection which, ClientException why) {
        boolean again;
        lock.lock();
        try {
            if (current != which || closed) {
                return;
            }
            current = null;
            again = connector.reconnects() && !ending;
            if (!again) {
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        events.interrupted(why);
        if (again) {
            worker.execute(this::restore);
        } else {
            events.failed(why);
        }
    }

    private void restore() {
        long pauseMs = FIRST_PAUSE_MS;
        while (!attempt()) {
            if (pause(pauseMs)) {
                return;
            }
            pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
        }
    }

    /** Answers whether to stop trying: it worked, or never will. */
    private boolean attempt() {
        ClientConnection fresh;
        try {
            fresh = connector.connect(clientId());
        } catch (ClientException e) {
            fail(e);
            return true;
        }
        if (!begin(fresh)) {
            return true;
        }
        try {
            events.restore(fresh);
        } catch (ClientException e) {
            fresh.abort();
            return false;
        }
        publish(fresh);
        events.restored(fresh);
        fresh.onEnd(why -> lost(fresh, why));
        return true;
    }

    private @Nullable String clientId() {
        lock.lock();
        try {
            return clientId;
        } finally {
            lock.unlock();
        }
    }

    private boolean begin(ClientConnection fresh) {
        lock.lock();
        try {
            if (!closed && !ending) {
                restoring = fresh;
                return true;
            }
        } finally {
            lock.unlock();
        }
        fresh.abort();
        return false;
    }

    private void publish(ClientConnection fresh) {
        lock.lock();
        try {
            restoring = null;
            if (!closed && !ending) {
                current = fresh;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void fail(ClientException why) {
        lock.lock();
        try {
            if (closed || ending) {
                return;
            }
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        events.failed(why);
    }

    /** Waits between two attempts; answers whether there is to be no other. */
    private boolean pause(long pauseMs) {
        Deadline deadline = Deadline.in(pauseMs);
        lock.lock();
        try {
            while (!closed && !ending && !deadline.hasPassed()) {
                changed.awaitNanos(deadline.leftNs());
            }
            return closed || ending;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A {@link #close} will follow: whoever waits for another connection, or looks for one, does not any more. */
    void end() {
        ClientConnection unfinished;
        boolean searching;
        lock.lock();
        try {
            ending = true;
            searching = current == null;
            unfinished = restoring;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (searching) {
            connector.close();
        }
        if (unfinished != null) {
            unfinished.abort();
        }
    }

    /** Cuts the connection that there is: who waits for an answer over it does not any more. */
    void cut() {
        ClientConnection last = current();
        if (last != null) {
            last.abort();
        }
    }

    /** Closes the connection that there is, and lets nobody come to another one. Does nothing the second time. */
    void close(Deadline deadline) {
        ClientConnection last;
        ClientConnection unfinished;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            last = current;
            current = null;
            unfinished = restoring;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        connector.close();
        if (unfinished != null) {
            unfinished.abort();
        }
        if (last != null) {
            last.close();
        }
        worker.close(deadline);
    }
}
