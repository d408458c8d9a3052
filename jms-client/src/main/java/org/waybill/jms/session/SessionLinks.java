package org.waybill.jms.session;

import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSession;

/**
 * What a session has on the present connection: an AMQP session with links, in the order in which they were made, so that they can be
 * made again in that order on the next connection. Links come and go with the lock held, which the restoring thread takes, too.
 */
final class SessionLinks {
    private final Lifeline lifeline;
    private final Runnable renewed;
    private final Consumer<ClientException> ended;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<OutgoingLink> outgoing = new CopyOnWriteArrayList<>();
    private final List<JmsMessageConsumer> consumers = new CopyOnWriteArrayList<>();
    /** Closed by the application, and here until what came over them is acknowledged. */
    private final List<JmsMessageConsumer> retired = new CopyOnWriteArrayList<>();

    /** Incoming links that are no consumer's of the session's. */
    private final List<IncomingLink> others = new CopyOnWriteArrayList<>();

    private volatile @Nullable ClientSession engine;

    /**
     * Nothing yet.
     *
     * @param renewed told when everything is on another connection
     * @param ended told, on the engine's loop, that the server ended the session
     */
    SessionLinks(Lifeline lifeline, Runnable renewed, Consumer<ClientException> ended) {
        this.lifeline = lifeline;
        this.renewed = renewed;
        this.ended = ended;
    }

    /** Begins on this connection. */
    void begin(ClientConnection connection) {
        ClientSession begun = connection.session();
        engine = begun;
        begun.onEnd(ended);
    }

    /** The AMQP session, or null before the first. */
    @Nullable
    ClientSession engine() {
        return engine;
    }

    /**
     * Does this on the present connection; again on the next one if that is lost meanwhile.
     *
     * @param doing what, for the exception: "cannot create a consumer of 'orders'"
     */
    <T> T call(Deadline deadline, String doing, Function<ClientSession, T> work) throws JMSException {
        while (true) {
            ClientConnection connection = lifeline.await(deadline, doing);
            lock.lock();
            try {
                ClientSession now = engine;
                if (now != null && now.connection() == connection) {
                    return work.apply(now);
                }
            } catch (ClientException e) {
                if (!lifeline.survives(connection, e)) {
                    throw Failures.of(doing, e);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether what failed so is to be tried again, on the next connection. */
    boolean survives(ClientException why) {
        ClientSession now = engine;
        return now != null && lifeline.survives(now.connection(), why);
    }

    void add(OutgoingLink link) {
        outgoing.add(link);
    }

    void add(JmsMessageConsumer consumer) {
        consumers.add(consumer);
    }

    void add(IncomingLink other) {
        others.add(other);
    }

    List<OutgoingLink> outgoing() {
        return outgoing;
    }

    List<JmsMessageConsumer> consumers() {
        return consumers;
    }

    boolean isRetired(IncomingLink link) {
        for (JmsMessageConsumer consumer : retired) {
            if (consumer.link() == link) {
                return true;
            }
        }
        return false;
    }

    // --- going

    void remove(OutgoingLink link, Deadline deadline) {
        lock.lock();
        try {
            outgoing.remove(link);
        } finally {
            lock.unlock();
        }
        link.close(deadline);
    }

    /**
     * Removes a consumer, and gives back what the application has not got.
     *
     * @param stays whether it is to stay, unseen, until what came over it is acknowledged
     */
    void remove(JmsMessageConsumer consumer, boolean stays) {
        lock.lock();
        try {
            if (!consumers.remove(consumer)) {
                return;
            }
            if (stays) {
                retired.add(consumer);
                consumer.link().stop();
            }
            consumer.link().giveBack();
        } catch (ClientException e) {
            // Lost or closed meanwhile: the server has everything back.
        } finally {
            lock.unlock();
        }
        if (!stays) {
            consumer.link().close(consumer.spec().isDurable());
        }
    }

    /** Takes out all consumers, the retired ones, too. */
    List<JmsMessageConsumer> takeConsumers() {
        lock.lock();
        try {
            List<JmsMessageConsumer> all = new ArrayList<>(consumers);
            all.addAll(retired);
            consumers.clear();
            retired.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out those that need not stay any more. */
    List<JmsMessageConsumer> takeRetired(Predicate<JmsMessageConsumer> goes) {
        List<JmsMessageConsumer> gone = new ArrayList<>();
        for (JmsMessageConsumer consumer : List.copyOf(retired)) {
            if (goes.test(consumer) && retired.remove(consumer)) {
                gone.add(consumer);
                consumer.link().close(consumer.spec().isDurable());
            }
        }
        return gone;
    }

    // --- another connection

    /** The connection is gone. Any thread; does not block. */
    void interrupted() {
        for (JmsMessageConsumer consumer : consumers) {
            consumer.link().interrupted();
        }
        for (JmsMessageConsumer consumer : retired) {
            consumer.link().interrupted();
        }
        for (IncomingLink link : others) {
            link.interrupted();
        }
        for (OutgoingLink link : outgoing) {
            link.interrupted();
        }
    }

    /**
     * Makes everything again, in its order.
     *
     * @param closesRefused whether what the server refuses is closed, by {@code refused}, instead of failing all
     */
    void restore(ClientConnection fresh, boolean closesRefused, BiConsumer<Object, ClientException> refused) {
        lock.lock();
        try {
            begin(fresh);
            renewed.run();
            ClientSession now = engine;
            if (now == null) {
                return;
            }
            for (OutgoingLink link : outgoing) {
                restore(() -> link.attach(now), link, fresh, closesRefused, refused);
            }
            for (JmsMessageConsumer consumer : consumers) {
                restore(() -> consumer.link().attach(now), consumer, fresh, closesRefused, refused);
            }
            for (IncomingLink link : others) {
                link.attach(now);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void restore(
            Runnable attach,
            Object what,
            ClientConnection fresh,
            boolean closesRefused,
            BiConsumer<Object, ClientException> refused) {
        try {
            attach.run();
        } catch (ClientException e) {
            if (!closesRefused || !fresh.isOpen()) {
                throw e;
            }
            refused.accept(what, e);
        }
    }
}
