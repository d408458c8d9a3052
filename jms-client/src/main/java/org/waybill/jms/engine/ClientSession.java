package org.waybill.jms.engine;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.Link;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.amqp.engine.SessionListener;

/** A session: links on one session keep the order of what is sent over them. Any thread may use it. */
public final class ClientSession implements AutoCloseable {
    private final ClientConnection connection;
    private final Driver driver;
    private final SessionEngine engine;
    private final EndListeners ends;
    private boolean begun;
    private @Nullable ClientException failure;

    /** With the driver's lock held. */
    ClientSession(ClientConnection connection, Driver driver) {
        this.connection = connection;
        this.driver = driver;
        this.ends = new EndListeners(driver);
        try {
            this.engine = driver.engine().session(new Events());
        } catch (IllegalStateException e) {
            throw full("sessions on a connection", e);
        }
    }

    /** Begins and waits for the answer, with the lock held. */
    void begin() {
        engine.begin();
        driver.touch();
        if (!driver.await(driver.changed(), connection.options().timeoutMs(), () -> begun || failure != null)) {
            engine.end(null);
            driver.touch();
            throw connection.timeout("did not begin the session");
        }
        check();
    }

    /**
     * Attaches a sender; waits for the answer.
     *
     * @param address where to
     * @throws ClientException if the server refuses
     */
    public ClientSender sender(String address) {
        return sender(SenderOptions.to(address));
    }

    /**
     * Attaches a sender; waits for the answer.
     *
     * @throws ClientException if the server refuses
     */
    public ClientSender sender(SenderOptions options) {
        driver.lock();
        try {
            check();
            ClientSender sender = room(() -> new ClientSender(this, driver, options));
            sender.attach();
            return sender;
        } finally {
            driver.unlock();
        }
    }

    /**
     * Attaches a receiver and gives it its credit; waits for the answer.
     *
     * @throws ClientException if the server refuses
     */
    public ClientReceiver receiver(ReceiverOptions options) {
        driver.lock();
        try {
            check();
            ClientReceiver receiver = room(() -> new ClientReceiver(this, driver, options));
            receiver.attach();
            return receiver;
        } finally {
            driver.unlock();
        }
    }

    /**
     * Attaches to the server's coordinator of transactions; waits for the answer.
     *
     * @throws ClientException if the server refuses
     */
    public ClientCoordinator coordinator() {
        driver.lock();
        try {
            check();
            ClientCoordinator coordinator = room(() -> new ClientCoordinator(this, driver));
            coordinator.attach();
            return coordinator;
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has the server forget a durable subscription and what it holds: attaches to it by its link name, to find it, and closes it. Waits
     * for that.
     *
     * @param isGlobal whether it belongs to no client in particular, but is shared by all
     * @throws ClientException if the server refuses; its condition is {@code amqp:not-found} if there is no such subscription
     */
    public void unsubscribe(String linkName, boolean isGlobal) {
        driver.lock();
        try {
            check();
            room(() -> new Unsubscription(this, driver, linkName, isGlobal)).run();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has this told when the session ends by anything but {@link #close}: once, on the connection's loop, without its lock. If it has
     * ended already, soon. What is told must not wait for the connection.
     */
    public void onEnd(Consumer<ClientException> listener) {
        driver.lock();
        try {
            ends.add(listener);
        } finally {
            driver.unlock();
        }
    }

    /** The connection it is on. */
    public ClientConnection connection() {
        return connection;
    }

    /**
     * Ends it with its links: nothing can be done with them any more when this returns. Does not wait for the server. Never throws;
     * does nothing the second time.
     */
    @Override
    public void close() {
        driver.lock();
        try {
            if (failure == null) {
                failure = ClientException.of(ClientException.Kind.CLOSED, "the session is closed");
            }
            ends.over(failure);
            driver.settleFirst();
            engine.end(null);
            driver.touch();
        } finally {
            driver.unlock();
        }
    }

    /** Makes a link, if the server has room for it. */
    private <L> L room(Supplier<L> link) {
        try {
            return link.get();
        } catch (IllegalStateException e) {
            throw full("links in a session", e);
        }
    }

    private ClientException full(String of, IllegalStateException cause) {
        return ClientException.of(
                ClientException.Kind.REFUSED, "the server at " + connection.options() + " takes no more " + of, cause);
    }

    // --- for links, with the lock held

    SessionEngine engine() {
        return engine;
    }

    /** Why it cannot be used any more, or null. */
    @Nullable
    ClientException failure() {
        return failure != null ? failure : connection.failure();
    }

    /** As {@link #failure()}, also while the connection ends with this error. */
    @Nullable
    ClientException failure(@Nullable ErrorCondition error) {
        return failure != null ? failure : connection.failure(error);
    }

    private void check() {
        ClientException reason = failure();
        if (reason != null) {
            throw reason.rethrown();
        }
    }

    /** What the engine tells, with the lock held. */
    private final class Events implements SessionListener {
        @Override
        public void onBegin(SessionEngine session, Begin begin) {
            begun = true;
            driver.changed().signalAll();
        }

        @Override
        public void onSender(SessionEngine session, SenderLink link) {
            link.listener(new ClientSender.Unwanted());
            refuse(link);
        }

        @Override
        public void onReceiver(SessionEngine session, ReceiverLink link) {
            link.listener(new ClientReceiver.Unwanted());
            refuse(link);
        }

        private void refuse(Link link) {
            link.refuse(Conditions.error(Conditions.NOT_ALLOWED, "a client takes no links"));
        }

        @Override
        public void onWindow(SessionEngine session) {
            driver.room().signalAll();
        }

        @Override
        public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
            if (failure == null) {
                ClientException reason = connection.failure(error);
                failure = reason != null
                        ? reason
                        : ClientException.of(
                                ClientException.Kind.REFUSED,
                                "the server at " + connection.options() + " ended the session",
                                null,
                                error);
            }
            ends.over(failure);
            driver.changed().signalAll();
        }
    }
}
