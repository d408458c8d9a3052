package org.waybill.jms.session;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TransactionInProgressException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.message.Messages;
import org.waybill.jms.metrics.Traffic;

/** What a session does behind the API: its links, its sends, its delivery and its transaction, and how they begin and end together. */
final class SessionWork {
    private final JmsConnection connection;
    private final int mode;
    private final @Nullable SessionTransaction transaction;
    private final @Nullable LocalTransaction local;
    private final Traffic traffic;
    private final SessionLinks links;
    private final Delivery delivery;
    private final SessionSends sends;
    private final SessionConsumers consumers;
    private final LoadedMessages loaded;
    /** How many connections were lost: what was begun before a loss does not go on after it. */
    private final AtomicInteger losses = new AtomicInteger();

    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Exception failure;

    /**
     * Not begun yet.
     *
     * @param mode one of JMS's acknowledgement modes, or {@link Delivery#INDIVIDUAL_ACKNOWLEDGE}
     * @param given whose transaction it works in; null for its own if the mode is transacted
     */
    SessionWork(JmsConnection connection, String name, int mode, @Nullable SessionTransaction given) {
        this.connection = connection;
        this.mode = mode;
        this.traffic = connection.traffic().ofSession();
        this.local = given == null && mode == Session.SESSION_TRANSACTED ? new LocalTransaction(this) : null;
        this.transaction = given != null ? given : local;
        this.links = new SessionLinks(connection.lifeline(), this::renewed, this::ended);
        this.delivery = new Delivery(this, name, mode, transaction);
        this.sends = new SessionSends(this, name, transaction);
        this.consumers = new SessionConsumers(this, links);
        this.loaded = new LoadedMessages(this);
    }

    // --- what it is made of

    JmsConnection connection() {
        return connection;
    }

    Traffic traffic() {
        return traffic;
    }

    ConnectionSettings settings() {
        return connection.settings();
    }

    Messages messages() {
        return connection.messages();
    }

    SessionLinks links() {
        return links;
    }

    Delivery delivery() {
        return delivery;
    }

    SessionSends sends() {
        return sends;
    }

    SessionConsumers consumers() {
        return consumers;
    }

    LoadedMessages loaded() {
        return loaded;
    }

    boolean isTransacted() {
        return transaction != null;
    }

    int acknowledgeMode() {
        return mode;
    }

    private Deadline requestDeadline() {
        return Deadline.in(settings().timeouts().requestMs());
    }

    // --- states and threads

    boolean isClosed() {
        return closed;
    }

    void checkOpen() throws IllegalStateException {
        if (closed) {
            throw Failures.closed("the session", failure);
        }
    }

    void checkNotListening(String what) throws IllegalStateException {
        if (delivery.isListener()) {
            throw new IllegalStateException(
                    what + " cannot be closed or stopped by its own message listener, which would wait for itself",
                    "in-listener");
        }
    }

    void checkReceivesSynchronously() throws IllegalStateException {
        if (loaded.listener() != null) {
            throw listening();
        }
        for (JmsMessageConsumer consumer : links.consumers()) {
            if (consumer.isListening()) {
                throw listening();
            }
        }
    }

    private static IllegalStateException listening() {
        return new IllegalStateException(
                "the session has a message listener, so that its messages cannot be received otherwise: use another session",
                "listening");
    }

    /** Whether its links are over with their connection or session, so that somebody else takes care of them. */
    boolean endsWithItsConnection(ClientException why) {
        ClientSession engine = links.engine();
        return closed
                || engine == null
                || !engine.connection().isOpen()
                || failure != null
                || why.kind() == ClientException.Kind.LOST;
    }

    /** How many connections were lost so far. */
    int losses() {
        return losses.get();
    }

    /** Whether no connection was lost since it was asked how many were. */
    boolean isStill(int period) {
        return losses.get() == period;
    }

    /** Whether what was sent will be sent again. */
    boolean willBeRestored() {
        ClientSession engine = links.engine();
        return connection.lifeline().reconnects()
                && !closed
                && engine != null
                && !engine.connection().isOpen();
    }

    boolean survives(ClientException why) {
        return links.survives(why);
    }

    void awaitConnection(Deadline deadline, String doing) throws JMSException {
        // The lock is the restoring thread's until the links are there.
        links.call(deadline, doing, engine -> true);
    }

    <T> T call(String doing, Function<ClientSession, T> task) throws JMSException {
        return links.call(requestDeadline(), doing, task);
    }

    /** Runs this soon, on a thread that may wait. */
    void later(Runnable task) {
        connection.later(task);
    }

    // --- producers

    JmsMessageProducer producer(@Nullable Destination destination) throws JMSException {
        checkOpen();
        WaybillDestination to = WaybillDestination.from(destination);
        MessageStamp stamp = new MessageStamp(
                connection.clock(), settings().userId(), settings().exactlyOnce());
        return new JmsMessageProducer(this, to, to == null ? null : attached(to), stamp);
    }

    /** A link to this destination, or to the anonymous relay. */
    OutgoingLink attached(@Nullable WaybillDestination to) throws JMSException {
        if (to != null) {
            connection.temporaries().checkExists(to);
        }
        OutgoingLink link = new OutgoingLink(this, to);
        return call("cannot create a producer of " + (to == null ? "any destination" : "'" + to + "'"), engine -> {
            link.attach(engine);
            links.add(link);
            return link;
        });
    }

    void remove(JmsMessageProducer producer) {
        OutgoingLink link = producer.link();
        if (link != null) {
            remove(link);
        }
    }

    void remove(OutgoingLink link) {
        remove(link, Deadline.in(settings().timeouts().closeMs()));
    }

    private void remove(OutgoingLink link, Deadline deadline) {
        settle(link, deadline);
        links.remove(link, deadline);
    }

    private static void settle(OutgoingLink link, Deadline deadline) {
        try {
            link.awaitSettled(deadline);
        } catch (ClientException e) {
            // What has no outcome by now is told so when the link is closed.
        }
    }

    // --- consumers

    void wakeListeners() {
        for (JmsMessageConsumer consumer : links.consumers()) {
            consumer.wakeListener();
        }
    }

    void unsubscribe(String name) throws JMSException {
        String linkName = connection.toUnsubscribe(name);
        call("cannot remove the subscription '" + name + "'", engine -> {
            engine.unsubscribe(linkName, !connection.hasClientId());
            return true;
        });
    }

    // --- transactions

    /** Its local transaction, for what the application does with it. */
    LocalTransaction localTransaction(String doing) throws JMSException {
        checkOpen();
        if (sends.isCompleting()) {
            throw new IllegalStateException(
                    "a completion listener cannot " + doing + " its own session", "in-listener");
        }
        if (local != null) {
            return local;
        }
        if (transaction != null) {
            throw new TransactionInProgressException(
                    "cannot " + doing + ": the session takes part in a distributed transaction", "distributed");
        }
        throw JmsSession.notTransacted(doing);
    }

    /** Rolls back, so that what was received comes again, before all else and in its order. */
    void rollBack() throws JMSException {
        if (local == null) {
            return;
        }
        try {
            for (JmsMessageConsumer consumer : links.consumers()) {
                stop(consumer);
            }
            local.undo();
            delivery.returnUnacknowledged();
        } finally {
            for (JmsMessageConsumer consumer : links.consumers()) {
                resume(consumer);
            }
        }
        wakeListeners();
    }

    private void stop(JmsMessageConsumer consumer) throws JMSException {
        try {
            consumer.link().stop();
        } catch (ClientException e) {
            if (!survives(e)) {
                throw Failures.of("cannot roll back", e);
            }
        }
    }

    private void resume(JmsMessageConsumer consumer) {
        try {
            consumer.link().giveBack();
            consumer.link().resume();
        } catch (ClientException e) {
            // Lost or closed: what it held is the server's, and whoever uses it next is told.
            survives(e);
        }
    }

    // --- beginning, starting, stopping

    void begin() throws JMSException {
        Deadline deadline = requestDeadline();
        String doing = "cannot create a session";
        while (true) {
            ClientConnection current = connection.lifeline().await(deadline, doing);
            try {
                links.begin(current);
                return;
            } catch (ClientException e) {
                if (!connection.lifeline().survives(current, e)) {
                    throw Failures.of(doing, e);
                }
            }
        }
    }

    void start() {
        delivery.start();
        wakeListeners();
    }

    void stop(Deadline deadline) throws JMSException {
        delivery.stop();
        delivery.awaitQuiet(null, deadline);
    }

    // --- another connection

    /** The connection is gone. Any thread; must not block. */
    void interrupted(ClientException why) {
        losses.incrementAndGet();
        if (transaction != null) {
            transaction.interrupted(why);
        }
        links.interrupted();
        delivery.interrupted();
    }

    /** Makes everything again on another connection. */
    void restore(ClientConnection fresh) {
        if (!closed) {
            links.restore(fresh, settings().closeLinksThatFailOnReconnect(), this::refused);
            consumers.closeRetired();
            wakeListeners();
        }
    }

    private void renewed() {
        if (local != null) {
            local.restored();
        }
    }

    private void refused(Object what, ClientException why) {
        if (what instanceof JmsMessageConsumer consumer) {
            later(() -> consumer.fail(why));
        } else if (what instanceof OutgoingLink link) {
            link.fail(why);
        }
    }

    /** The server ended the session, or the connection is gone. On the engine's loop. */
    private void ended(ClientException why) {
        ClientSession engine = links.engine();
        if (!closed && engine != null && engine.connection().isOpen()) {
            failure = why;
            later(() -> fail(why));
        }
    }

    private void fail(Exception why) {
        try {
            close(why);
        } catch (JMSException e) {
            why.addSuppressed(e);
        }
        connection.report(Failures.withCause(
                new JMSException("a session was ended by the server: " + why.getMessage(), "closed"), why));
    }

    // --- the end

    /** Closes it with all that belongs to it. Does nothing the second time. */
    void close(@Nullable Exception why) throws JMSException {
        close(why, Deadline.in(settings().timeouts().closeMs()));
    }

    /** As {@link #close(Exception)}, until this deadline. */
    void close(@Nullable Exception why, Deadline deadline) throws JMSException {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        boolean alone = sends.hold(deadline);
        failure = why;
        closed = true;
        if (alone) {
            sends.goOn();
        }
        delivery.close();
        for (JmsMessageConsumer consumer : links.consumers()) {
            consumer.closeWithSession(why);
        }
        try {
            delivery.awaitQuiet(null, deadline);
        } finally {
            end(deadline);
        }
    }

    private void end(Deadline deadline) throws JMSException {
        List<JmsMessageConsumer> ended = links.takeConsumers();
        try {
            for (JmsMessageConsumer consumer : ended) {
                consumer.link().giveBack();
            }
            delivery.returnUnacknowledged();
            if (local != null) {
                local.undo();
            }
        } catch (ClientException e) {
            // Lost: the server has everything back.
        } finally {
            endLinks(deadline);
            for (JmsMessageConsumer consumer : ended) {
                Subscriptions.Use use = consumer.spec().subscription();
                if (use != null) {
                    connection.release(use);
                }
            }
            connection.remove(this);
        }
    }

    private void endLinks(Deadline deadline) {
        for (OutgoingLink link : links.outgoing()) {
            remove(link, deadline);
        }
        ClientSession engine = links.engine();
        if (engine != null) {
            engine.close();
        }
        sends.close(deadline);
        delivery.endThread(deadline);
    }
}
