package org.waybill.ra;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of an inflow; who wants one waits until one is free. Any thread. */
final class DeliveryPool implements ServerSessionPool {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryPool.class);
    /** How long a bean may take to finish a message when its activation ends. */
    private static final long FINISH_WITHIN_S = 30;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<DeliverySession> all = new ArrayList<>();
    private final ArrayDeque<DeliverySession> free = new ArrayDeque<>();
    private boolean draining;
    private boolean closed;

    void add(DeliverySession session) {
        lock.lock();
        try {
            all.add(session);
            free.add(session);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ServerSession getServerSession() throws JMSException {
        lock.lock();
        try {
            while (!closed && (draining || free.isEmpty())) {
                changed.await();
            }
            if (closed) {
                throw new IllegalStateException("the bean takes no more messages", "closed");
            }
            return free.pop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a free session", "interrupted");
        } finally {
            lock.unlock();
        }
    }

    void giveBack(DeliverySession session) {
        lock.lock();
        try {
            free.push(session);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives out no more sessions: who wants one waits until the pool is closed. */
    void drain() {
        lock.lock();
        try {
            draining = true;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses whoever wants a session. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no session has a message any more, or that takes too long. */
    void awaitIdle() {
        lock.lock();
        try {
            long leftNs = TimeUnit.SECONDS.toNanos(FINISH_WITHIN_S);
            while (free.size() < all.size() && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
            if (free.size() < all.size()) {
                LOG.warn("A bean did not finish its message within {} s, which will come again", FINISH_WITHIN_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Gives the endpoints back to the server. */
    void release() {
        all.forEach(DeliverySession::releaseEndpoint);
    }
}
