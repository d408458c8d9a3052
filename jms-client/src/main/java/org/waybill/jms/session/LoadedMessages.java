package org.waybill.jms.session;

import jakarta.jms.MessageListener;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.session.IncomingLink.Delivered;

/**
 * What a connection consumer has loaded into a session for {@code Session.run}, and the listener that gets it there (JMS 6.2.13): for
 * application servers, which run sessions on threads of theirs.
 */
final class LoadedMessages {
    private record Loaded(Delivered delivered, ConsumerSpec spec) {}

    private final SessionWork session;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Loaded> waiting = new ArrayDeque<>();
    private volatile @Nullable MessageListener listener;

    LoadedMessages(SessionWork session) {
        this.session = session;
    }

    @Nullable
    MessageListener listener() {
        return listener;
    }

    void listener(@Nullable MessageListener told) {
        listener = told;
    }

    /** Has the next run deliver this. Any thread. */
    void add(Delivered delivered, ConsumerSpec spec) {
        lock.lock();
        try {
            waiting.add(new Loaded(delivered, spec));
        } finally {
            lock.unlock();
        }
    }

    /** Delivers what was loaded, on the caller's thread. Without a listener it waits for one. */
    void run() {
        MessageListener told = listener;
        if (told != null) {
            session.delivery().runAs(() -> deliverAll(told));
        }
    }

    private void deliverAll(MessageListener told) {
        for (Loaded next = poll(); next != null; next = poll()) {
            JmsMessage message;
            session.delivery().lock().lock();
            try {
                message = session.delivery().screen(next.delivered(), next.spec());
                if (message != null) {
                    session.delivery().claim(this, next.delivered());
                }
            } finally {
                session.delivery().lock().unlock();
            }
            if (message != null) {
                session.delivery().deliver(next.delivered(), message, told);
            }
        }
    }

    private @Nullable Loaded poll() {
        lock.lock();
        try {
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }
}
