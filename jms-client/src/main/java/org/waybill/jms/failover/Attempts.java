package org.waybill.jms.failover;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientOptions;

/**
 * Attempts to connect, one after the other, and the waits between them; all of which end at once when it is closed. One thread tries at a
 * time, any closes.
 */
final class Attempts implements AutoCloseable {
    private final Function<ClientOptions, ClientConnection> opening;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private boolean closed;
    private @Nullable Thread busy;

    /** @param opening opens a connection or throws a {@link ClientException}; ends at once if its thread is interrupted */
    Attempts(Function<ClientOptions, ClientConnection> opening) {
        this.opening = opening;
    }

    /** Opens a connection. */
    ClientConnection open(ClientOptions options) {
        begin(options);
        try {
            return opening.apply(options);
        } catch (ClientException e) {
            throw e.kind() == ClientException.Kind.INTERRUPTED && isClosed() ? closed(options.toString()) : e;
        } finally {
            end();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void begin(ClientOptions options) {
        lock.lock();
        try {
            if (closed) {
                throw closed(options.toString());
            }
            busy = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            busy = null;
            if (closed) {
                // The interrupt was meant for the attempt and not for what the thread does next.
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits.
     *
     * @param what what it waits for, to be said if it is closed meanwhile
     */
    void pause(long waitMs, String what) {
        long leftNs = TimeUnit.MILLISECONDS.toNanos(waitMs);
        lock.lock();
        try {
            while (!closed && leftNs > 0) {
                leftNs = closing.awaitNanos(leftNs);
            }
            if (closed) {
                throw closed(what);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ClientException.of(
                    ClientException.Kind.INTERRUPTED, "the thread was interrupted while it waited for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    private static ClientException closed(String what) {
        return ClientException.of(ClientException.Kind.CLOSED, "the connection to " + what + " is closed");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signalAll();
            if (busy != null) {
                busy.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
