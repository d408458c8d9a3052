package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The sessions of a connection, in the order in which they were made. Any thread. */
final class Sessions {
    private final List<SessionWork> all = new CopyOnWriteArrayList<>();

    void add(SessionWork session) {
        all.add(session);
    }

    void remove(SessionWork session) {
        all.remove(session);
    }

    void forEach(Consumer<SessionWork> task) {
        all.forEach(task);
    }

    void checkNotListening() throws IllegalStateException {
        for (SessionWork session : all) {
            session.checkNotListening("a connection");
        }
    }

    void checkNotCompleting() throws IllegalStateException {
        for (SessionWork session : all) {
            session.sends().checkNotCompleting("a connection");
        }
    }

    /** Whether a consumer of any of them takes from the address of this name. */
    boolean consumeFrom(String address) {
        for (SessionWork session : all) {
            for (JmsMessageConsumer consumer : session.links().consumers()) {
                if (consumer.spec().destination().address().equals(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** No listener is called any more when this returns. */
    void stop(Deadline deadline) throws JMSException {
        forEach(session -> session.delivery().stop());
        for (SessionWork session : all) {
            session.stop(deadline);
        }
    }

    /**
     * Closes all.
     *
     * @param late told before each that is closed when the time for all is over
     */
    void close(Deadline deadline, Runnable late) throws JMSException {
        JMSException first = null;
        for (SessionWork session : all) {
            if (deadline.hasPassed()) {
                late.run();
            }
            try {
                session.close(null, deadline);
            } catch (JMSException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
