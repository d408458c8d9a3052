package org.waybill.jms.session;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionInProgressException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.ClientTransaction;
import org.waybill.jms.message.EncodeBuffer;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.message.Messages;
import org.waybill.jms.metrics.Traffic;
import org.waybill.jms.session.MessageStamp.Sending;

/** What a session does behind the API: its links, its sends, its delivery and its transaction, and how they begin and end together. */
final class SessionWork {
    private static final int ENCODE_BYTES = 1024;
    /** What a buffer may keep for the next message. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private final JmsConnection connection;
    private final int mode;
    private final @Nullable SessionTransaction transaction;
    private final @Nullable LocalTransaction local;
    private final Traffic traffic;
    private final SessionLinks links;
    private final Delivery delivery;
    private final Completions completions;
    private final LoadedMessages loaded;
    private final AnonymousLinks anonymous;
    private final ReentrantLock sending = new ReentrantLock();
    private EncodeBuffer buffer = new EncodeBuffer(ENCODE_BYTES);
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
        this.completions = new Completions(name + " completions");
        this.loaded = new LoadedMessages(this);
        this.anonymous = new AnonymousLinks(this);
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

    void checkNotCompleting(String what) throws IllegalStateException {
        if (completions.isCurrent()) {
            throw new IllegalStateException(
                    what + " cannot be closed by its own completion listener, which would wait for itself",
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

    // --- sending

    void send(Message message, Sending how, MessageStamp stamp, @Nullable OutgoingLink own) throws JMSException {
        connection.temporaries().checkExists(how.to());
        Deadline deadline = Deadline.in(settings().timeouts().sendMs());
        sending.lock();
        try {
            OutgoingLink link = own != null ? own : anonymous.link(how.to());
            if (how.delayMs() > 0 && !connection.delaysDelivery() && !link.delaysDelivery()) {
                throw new JMSException(
                        "the server does not offer to delay the delivery of messages: send without a delivery delay",
                        "not-offered");
            }
            JmsMessage outgoing = messages().outgoing(message);
            stamp.put(outgoing, how);
            if (outgoing != message) {
                Messages.returnHeaders(outgoing, message);
            }
            buffer.clear();
            messages().encode(outgoing, how.timeToLiveMs(), stamp.nextOrigin(), buffer);
            transmit(link, message, how, deadline);
            traffic.countSent(buffer.size());
        } finally {
            if (buffer.array().length > MAX_KEPT_BYTES) {
                buffer = new EncodeBuffer(ENCODE_BYTES);
            }
            sending.unlock();
        }
    }

    private void transmit(OutgoingLink link, Message message, Sending how, Deadline deadline) throws JMSException {
        ClientTransaction in;
        int period;
        do {
            period = losses.get();
            in = transaction == null ? null : transaction.transaction();
        } while (period != losses.get());
        boolean waits = settings().forceSyncSend()
                || (how.isPersistent() && in == null && !settings().forceAsyncSend());
        if (waits && how.listener() == null) {
            link.send(how.to(), buffer.array(), buffer.size(), in, period, deadline);
            return;
        }
        byte[] copy = connection.lifeline().reconnects() ? Arrays.copyOf(buffer.array(), buffer.size()) : null;
        OutgoingSend send = new OutgoingSend(how.to(), copy, in, period, message, how.listener());
        completions.expect(send);
        boolean sent = false;
        try {
            link.send(buffer.array(), buffer.size(), send, deadline);
            sent = true;
        } finally {
            if (!sent) {
                completions.forget(send);
            }
        }
    }

    /** A message that was sent without waiting has its outcome. Must not block. */
    void completed(OutgoingSend send, @Nullable JMSException refusal) {
        ClientTransaction in = send.transaction();
        if (refusal != null && in != null && transaction != null) {
            transaction.doom(in, refusal);
        }
        if (send.listener() != null) {
            completions.complete(send, refusal);
        } else if (refusal != null && in == null && !closed) {
            connection.report(refusal);
        }
    }

    void flushCompletions() {
        completions.flush();
    }

    /** Waits until everything that was sent has its outcome. */
    void settleSends() throws JMSException {
        try {
            for (OutgoingLink link : links.outgoing()) {
                link.awaitSettled(Deadline.in(settings().timeouts().sendMs()));
            }
        } catch (ClientException e) {
            throw Failures.of("cannot finish what was sent", e);
        }
    }

    /** Waits until a refusal of something sent would be known, unless the server remembers it by itself. */
    void awaitRefusals() throws JMSException {
        if (!connection.dooms()) {
            settleSends();
        }
    }

    // --- consumers

    JmsMessageConsumer consumer(
            @Nullable Destination destination,
            @Nullable String selector,
            boolean noLocal,
            Subscriptions.@Nullable Kind kind,
            @Nullable String name)
            throws JMSException {
        ConsumerSpec spec = spec(destination, selector, noLocal, kind, name);
        JmsMessageConsumer consumer = new JmsMessageConsumer(this, spec);
        attach(spec, consumer.link(), () -> links.add(consumer));
        return consumer;
    }

    /** What to consume, and how; the subscription is in use from now on. */
    ConsumerSpec spec(
            @Nullable Destination destination,
            @Nullable String selector,
            boolean noLocal,
            Subscriptions.@Nullable Kind kind,
            @Nullable String name)
            throws JMSException {
        checkOpen();
        WaybillDestination from = required(destination);
        connection.temporaries().checkMayConsume(from);
        String filter = selector == null || selector.isBlank() ? null : selector;
        Subscriptions.Use use = kind == null ? null : connection.subscribe(kind, name, from, filter);
        boolean isDurable = kind != null && kind != Subscriptions.Kind.SHARED;
        return new ConsumerSpec(from, filter, noLocal, use, false, window(from, isDurable));
    }

    void attach(JmsConnectionConsumer consumer) throws JMSException {
        attach(consumer.spec(), consumer.link(), () -> links.add(consumer.link()));
    }

    private void attach(ConsumerSpec spec, IncomingLink link, Runnable made) throws JMSException {
        boolean attached = false;
        try {
            attachLink(spec, link, made);
            attached = true;
        } finally {
            Subscriptions.Use use = spec.subscription();
            if (!attached && use != null) {
                connection.release(use);
            }
        }
    }

    private void attachLink(ConsumerSpec spec, IncomingLink link, Runnable made) throws JMSException {
        String doing = "cannot create a consumer of '" + spec.destination() + "'";
        try {
            call(doing, engine -> {
                link.attach(engine);
                checkFilters(spec, link);
                made.run();
                return link;
            });
        } catch (JMSException e) {
            throw spec.selector() != null && e.getCause() instanceof ClientException cause
                    ? Failures.ofSelector(doing + " with the selector '" + spec.selector() + "'", cause)
                    : e;
        } catch (UnsupportedOperationException e) {
            throw Failures.withCause(new JMSException(doing + ": " + e.getMessage(), "not-offered"), e);
        }
    }

    private static void checkFilters(ConsumerSpec spec, IncomingLink link) {
        ClientReceiver receiver = link.receiver();
        if (spec.selector() != null
                && receiver != null
                && !receiver.appliedFilters().contains("jms-selector")) {
            link.close(false);
            throw new UnsupportedOperationException("the server does not select messages by a selector");
        }
    }

    private static WaybillDestination required(@Nullable Destination destination) throws JMSException {
        WaybillDestination from = WaybillDestination.from(destination);
        if (from == null) {
            throw new InvalidDestinationException("there is no destination to consume from", "invalid-value");
        }
        return from;
    }

    private int window(WaybillDestination from, boolean isDurable) {
        ConnectionSettings.Prefetch prefetch = settings().prefetch();
        if (from.kind().isQueue()) {
            return prefetch.queue();
        }
        return isDurable ? prefetch.durableTopic() : prefetch.topic();
    }

    JmsQueueBrowser browser(@Nullable Queue queue, @Nullable String selector) throws JMSException {
        checkOpen();
        WaybillDestination from = required(queue);
        String filter = selector == null || selector.isBlank() ? null : selector;
        // A window of 0 would mean a question for each message of what may be many.
        int window = Math.max(1, settings().prefetch().browser());
        ConsumerSpec spec = new ConsumerSpec(from, filter, false, null, true, window);
        JmsQueueBrowser browser =
                new JmsQueueBrowser(this, queue == null ? new WaybillQueue(from.address()) : queue, spec);
        browser.check();
        return browser;
    }

    /** The application has closed a consumer. */
    void remove(JmsMessageConsumer consumer) {
        boolean stays = delivery.holds(consumer.link());
        links.remove(consumer, stays);
        Subscriptions.Use use = consumer.spec().subscription();
        if (use != null && !stays) {
            connection.release(use);
        }
    }

    boolean isRetired(IncomingLink link) {
        return links.isRetired(link);
    }

    /** Lets go of closed consumers whose messages are acknowledged. */
    void closeRetired() {
        for (JmsMessageConsumer consumer : links.takeRetired(one -> !delivery.holds(one.link()))) {
            Subscriptions.Use use = consumer.spec().subscription();
            if (use != null) {
                connection.release(use);
            }
        }
    }

    /** Lets go of a closed consumer of this subscription, which another consumer is about to use. */
    void releaseRetired(@Nullable String subscription) {
        for (JmsMessageConsumer consumer : links.takeRetired(one -> {
            Subscriptions.Use use = one.spec().subscription();
            return use != null && use.name().equals(subscription);
        })) {
            Subscriptions.Use use = consumer.spec().subscription();
            if (use != null) {
                connection.release(use);
            }
        }
    }

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
        if (completions.isCurrent()) {
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
            closeRetired();
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
        boolean alone = awaitSender(deadline);
        failure = why;
        closed = true;
        if (alone) {
            sending.unlock();
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

    /** Waits for a send that is under way; one that waits for longer is ended with its link. */
    private boolean awaitSender(Deadline deadline) {
        try {
            return sending.tryLock() || sending.tryLock(deadline.leftNs(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void end(Deadline deadline) throws JMSException {
        List<JmsMessageConsumer> consumers = links.takeConsumers();
        try {
            for (JmsMessageConsumer consumer : consumers) {
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
            for (JmsMessageConsumer consumer : consumers) {
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
        completions.close(deadline);
        delivery.endThread(deadline);
    }
}
