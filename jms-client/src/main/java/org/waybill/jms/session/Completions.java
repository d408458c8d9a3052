package org.waybill.jms.session;

import jakarta.jms.JMSException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells a session's completion listeners what became of their messages: one after the other, in the order of the sends, whatever the
 * order of the outcomes, on a thread of the session's own that is there while there is something to tell (JMS 7.3.3 and 7.3.4).
 */
final class Completions {
    private final SerialThread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<OutgoingSend> expected = new ArrayDeque<>();

    Completions(String name) {
        this.thread = SerialThread.onDemand(name);
    }

    /** A message is about to be sent, whose listener is to be told in its turn. */
    void expect(OutgoingSend send) {
        if (send.listener() == null) {
            return;
        }
        lock.lock();
        try {
            expected.add(send);
        } finally {
            lock.unlock();
        }
    }

    /** It could not be sent, and whoever wanted that knows. */
    void forget(OutgoingSend send) {
        lock.lock();
        try {
            expected.removeLastOccurrence(send);
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of an outcome; to be followed by {@link #flush}. Never blocks. */
    void complete(OutgoingSend send, @Nullable JMSException refusal) {
        lock.lock();
        try {
            send.complete(refusal);
        } finally {
            lock.unlock();
        }
    }

    /** Has told what can be told in order. Never blocks. */
    void flush() {
        lock.lock();
        try {
            OutgoingSend first = expected.peek();
            if (first == null || !first.isCompleted()) {
                return;
            }
        } finally {
            lock.unlock();
        }
        thread.execute(this::tellAll);
    }

    private void tellAll() {
        for (OutgoingSend next = poll(); next != null; next = poll()) {
            try {
                next.tell();
            } catch (RuntimeException e) {
                // JMS has no place for a listener's own failure, and the next one is not to suffer from it.
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }

    private @Nullable OutgoingSend poll() {
        lock.lock();
        try {
            OutgoingSend first = expected.peek();
            return first != null && first.isCompleted() ? expected.poll() : null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the caller is a completion listener of this session. */
    boolean isCurrent() {
        return thread.isCurrent();
    }

    /** Waits until everything is told that can be, no longer than this. */
    void close(Deadline deadline) {
        flush();
        thread.close(deadline);
    }
}
