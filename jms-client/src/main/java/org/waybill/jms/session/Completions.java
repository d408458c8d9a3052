package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells a session's completion listeners what became of their messages: one after the other, in the order of the outcomes, on a thread of
 * the session's own that is there while there is something to tell (JMS 7.3).
 */
final class Completions {
    private record Completion(CompletionListener listener, Message message, @Nullable JMSException refusal) {}

    private final SerialThread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Completion> waiting = new ArrayDeque<>();

    Completions(String name) {
        this.thread = SerialThread.onDemand(name);
    }

    /** Takes note of an outcome; to be followed by {@link #flush}. Never blocks. */
    void add(CompletionListener listener, Message message, @Nullable JMSException refusal) {
        lock.lock();
        try {
            waiting.add(new Completion(listener, message, refusal));
        } finally {
            lock.unlock();
        }
    }

    /** Has told what was noted. Never blocks. */
    void flush() {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                return;
            }
        } finally {
            lock.unlock();
        }
        thread.execute(this::tellAll);
    }

    private void tellAll() {
        for (Completion next = poll(); next != null; next = poll()) {
            tell(next);
        }
    }

    private @Nullable Completion poll() {
        lock.lock();
        try {
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Completion completion) {
        try {
            if (completion.refusal() == null) {
                completion.listener().onCompletion(completion.message());
            } else {
                completion.listener().onException(completion.message(), completion.refusal());
            }
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** Whether the caller is a completion listener of this session. */
    boolean isCurrent() {
        return thread.isCurrent();
    }

    /** Waits until everything is told, no longer than this. */
    void close(Deadline deadline) {
        flush();
        thread.close(deadline);
    }
}
