package org.waybill.jms.session;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.message.Messages;
import org.waybill.jms.metrics.ConnectionBean;
import org.waybill.jms.metrics.Traffic;

/**
 * A connection (JMS 6.1), in any of JMS's domains. Any thread may use it; {@link #close} and {@link #stop} are not for the listeners of
 * its own sessions.
 *
 * <p>It is logged in when it is made. It is the same connection to the application whatever becomes of the one to the server, as long as
 * its {@link Connector} finds another one.
 */
public final class JmsConnection implements QueueConnection, TopicConnection {
    private final ConnectionSettings settings;
    private final Domain domain;
    private final String name;
    private final InstantSource clock = InstantSource.system();
    private final Messages messages;
    private final Lifeline lifeline;
    private final SerialThread notices;
    private final TemporaryDestinations temporaries;
    private final Server server;
    private final Traffic traffic = new Traffic();
    private final Subscriptions subscriptions = new Subscriptions();
    private final Sessions sessions = new Sessions();
    private final ConnectionConsumers connectionConsumers;
    private final AtomicInteger sessionCount = new AtomicInteger();
    /** For starting, stopping, closing and setting the client id, one after the other. */
    private final ReentrantLock lifecycle = new ReentrantLock();

    private volatile @Nullable ExceptionListener exceptionListener;
    private volatile @Nullable ConnectionEvents events;
    private volatile @Nullable String clientId;
    private volatile @Nullable ConnectionBean bean;
    private volatile boolean used;
    private volatile boolean started;
    private volatile boolean closed;
    private volatile @Nullable ClientException failure;

    private JmsConnection(Connector connector, ConnectionSettings settings, Domain domain) {
        this.settings = settings;
        this.domain = domain;
        this.clientId = settings.clientId();
        this.name = "waybill " + connector.uri();
        this.messages = new Messages(settings.deserialization(), settings.validatePropertyNames(), clock);
        this.lifeline = new Lifeline(connector, new Restoring());
        this.notices = SerialThread.onDemand(name + " notices");
        this.temporaries = new TemporaryDestinations(this);
        this.server = new Server(lifeline, temporaries, messages);
        this.connectionConsumers = new ConnectionConsumers(this);
    }

    /**
     * Connects and logs in; waits as long as the connector does.
     *
     * @throws JMSException if no connection came about; nothing is left behind then
     */
    public static JmsConnection open(Connector connector, ConnectionSettings settings, Domain domain)
            throws JMSException {
        JmsConnection connection = new JmsConnection(connector, settings, domain);
        boolean open = false;
        try {
            connection.lifeline.open(settings.clientId());
            connection.server.learn(connection.lifeline.await(Deadline.in(0), "cannot connect"));
            if (settings.jmx()) {
                connection.bean = new ConnectionBean(connector.uri(), connection.traffic);
            }
            open = true;
        } finally {
            if (!open) {
                connection.lifeline.close(Deadline.in(0));
            }
        }
        return connection;
    }

    // --- what it is made of

    /** How it behaves. */
    public ConnectionSettings settings() {
        return settings;
    }

    /** What it and its sessions count. */
    public Traffic traffic() {
        return traffic;
    }

    InstantSource clock() {
        return clock;
    }

    Messages messages() {
        return messages;
    }

    Lifeline lifeline() {
        return lifeline;
    }

    TemporaryDestinations temporaries() {
        return temporaries;
    }

    Server server() {
        return server;
    }

    ConnectionConsumers connectionConsumers() {
        return connectionConsumers;
    }

    private Deadline closeDeadline() {
        return Deadline.in(settings.timeouts().closeMs());
    }

    /** Whether the application has closed it. */
    boolean isClosed() {
        return closed;
    }

    void checkOpen() throws IllegalStateException {
        if (closed) {
            throw Failures.closed("the connection", null);
        }
        ClientException reason = failure;
        if (reason != null) {
            throw Failures.closed("the connection", reason);
        }
    }

    // --- the server

    /**
     * The connection to the server; waits for the next one while there is none.
     *
     * @throws JMSException if there is none in time, or will be none
     */
    public ClientConnection engineConnection() throws JMSException {
        checkOpen();
        return lifeline.await(Deadline.in(settings.timeouts().requestMs()), "cannot use the connection");
    }

    /** Whether a loss of the connection to the server is not the end of this one. */
    public boolean reconnects() {
        return lifeline.reconnects();
    }

    // --- client id

    @Override
    public @Nullable String getClientID() throws JMSException {
        checkOpen();
        return clientId;
    }

    @Override
    public void setClientID(String id) throws JMSException {
        checkOpen();
        if (id == null || id.isEmpty()) {
            throw new InvalidClientIDException("a client id must not be empty", "invalid-value");
        }
        lifecycle.lock();
        try {
            if (clientId != null) {
                throw new IllegalStateException("the client id is '" + clientId + "' already", "already-set");
            }
            if (used) {
                throw new IllegalStateException(
                        "the client id must be set before anything else is done with the connection", "too-late");
            }
            lifeline.reopen(id);
            clientId = id;
            used = true;
        } finally {
            lifecycle.unlock();
        }
    }

    boolean hasClientId() {
        return clientId != null;
    }

    void checkHasClientId() throws IllegalStateException {
        if (clientId == null) {
            throw new IllegalStateException(
                    "a durable subscription that is not shared needs a client id: set one on the connection or its factory",
                    "no-client-id");
        }
    }

    // --- sessions

    @Override
    public Session createSession() throws JMSException {
        return createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @Override
    public Session createSession(int mode) throws JMSException {
        return createSession(mode == Session.SESSION_TRANSACTED, mode);
    }

    @Override
    public Session createSession(boolean transacted, int mode) throws JMSException {
        return create(transacted, mode, domain, null);
    }

    @Override
    public QueueSession createQueueSession(boolean transacted, int mode) throws JMSException {
        return create(transacted, mode, Domain.QUEUE, null);
    }

    @Override
    public TopicSession createTopicSession(boolean transacted, int mode) throws JMSException {
        return create(transacted, mode, Domain.TOPIC, null);
    }

    /** A transacted session whose work goes where {@code transaction} says; it cannot commit by itself. */
    public JmsSession createSession(SessionTransaction transaction) throws JMSException {
        return create(true, Session.SESSION_TRANSACTED, domain, transaction);
    }

    private JmsSession create(boolean transacted, int mode, Domain of, @Nullable SessionTransaction transaction)
            throws JMSException {
        int checked = transacted ? Session.SESSION_TRANSACTED : JmsSession.checkedMode(mode);
        if (!transacted && checked == Session.SESSION_TRANSACTED) {
            throw new JMSException(
                    "a session that is not transacted needs another acknowledgement mode", "invalid-value");
        }
        JmsSession session = new JmsSession(begin(checked, transaction), of);
        return session;
    }

    SessionWork begin(int mode, @Nullable SessionTransaction transaction) throws JMSException {
        checkOpen();
        used = true;
        SessionWork work =
                new SessionWork(this, name + " session " + sessionCount.incrementAndGet(), mode, transaction);
        work.begin();
        lifecycle.lock();
        try {
            if (closed) {
                work.close(null);
                throw Failures.closed("the connection", null);
            }
            sessions.add(work);
            if (started) {
                work.start();
            }
        } finally {
            lifecycle.unlock();
        }
        return work;
    }

    void remove(SessionWork work) {
        sessions.remove(work);
    }

    // --- started and stopped

    @Override
    public void start() throws JMSException {
        checkOpen();
        used = true;
        lifecycle.lock();
        try {
            started = true;
            sessions.forEach(SessionWork::start);
        } finally {
            lifecycle.unlock();
        }
        connectionConsumers.wake();
    }

    @Override
    public void stop() throws JMSException {
        checkOpen();
        used = true;
        sessions.checkNotListening();
        lifecycle.lock();
        try {
            started = false;
            sessions.stop(closeDeadline());
        } finally {
            lifecycle.unlock();
        }
    }

    // --- subscriptions

    Subscriptions.Use subscribe(
            Subscriptions.Kind kind, @Nullable String subscription, WaybillDestination topic, @Nullable String selector)
            throws JMSException {
        sessions.forEach(session -> session.consumers().releaseRetired(subscription));
        return subscriptions.use(kind, subscription, topic.address(), selector, hasClientId());
    }

    void release(Subscriptions.Use use) {
        subscriptions.release(use);
    }

    String toUnsubscribe(@Nullable String subscription) throws JMSException {
        return subscriptions.toUnsubscribe(subscription, hasClientId());
    }

    /** Whether a consumer of this connection takes from the address of this name. */
    boolean consumesFrom(String address) {
        return sessions.consumeFrom(address);
    }

    // --- connection consumers

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Destination destination, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        return connectionConsumers.create(destination, selector, pool, maxMessages, null, null);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Queue queue, @Nullable String selector, ServerSessionPool pool, int maxMessages) throws JMSException {
        return connectionConsumers.create(queue, selector, pool, maxMessages, null, null);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Topic topic, @Nullable String selector, ServerSessionPool pool, int maxMessages) throws JMSException {
        return connectionConsumers.create(topic, selector, pool, maxMessages, null, null);
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            Topic topic, String subscription, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        domain.checkTopics("createDurableConnectionConsumer");
        checkOpen();
        checkHasClientId();
        return connectionConsumers.create(topic, selector, pool, maxMessages, Subscriptions.Kind.DURABLE, subscription);
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            Topic topic, String subscription, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        domain.checkTopics("createSharedConnectionConsumer");
        return connectionConsumers.create(topic, selector, pool, maxMessages, Subscriptions.Kind.SHARED, subscription);
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            Topic topic, String subscription, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        domain.checkTopics("createSharedDurableConnectionConsumer");
        return connectionConsumers.create(
                topic, selector, pool, maxMessages, Subscriptions.Kind.SHARED_DURABLE, subscription);
    }

    // --- what goes wrong

    @Override
    public @Nullable ExceptionListener getExceptionListener() throws JMSException {
        checkOpen();
        return exceptionListener;
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) throws JMSException {
        checkOpen();
        exceptionListener = listener;
    }

    /** Has this told when the connection to the server is lost and when there is one again; null for nobody. */
    public void connectionEvents(@Nullable ConnectionEvents listener) {
        events = listener;
    }

    @Override
    public ConnectionMetaData getMetaData() throws JMSException {
        checkOpen();
        return new JmsConnectionMetaData();
    }

    /** Tells the application of what no call of its own can say. Never blocks. */
    void report(JMSException what) {
        ExceptionListener told = exceptionListener;
        if (told != null && !closed) {
            notices.execute(() -> told.onException(what));
        }
    }

    /** Runs this soon, on a thread that may wait. */
    void later(Runnable task) {
        notices.execute(task);
    }

    /** What the lifeline tells. */
    private final class Restoring implements Lifeline.Events {
        @Override
        public void interrupted(ClientException why) {
            sessions.forEach(session -> session.interrupted(why));
            ConnectionEvents told = events;
            if (told != null && !closed && lifeline.reconnects()) {
                notices.execute(() -> told.onLost(JmsConnection.this, why));
            }
        }

        @Override
        public void restore(ClientConnection fresh) {
            temporaries.restore(fresh);
            server.learn(fresh);
            sessions.forEach(session -> session.restore(fresh));
            traffic.countReconnect();
        }

        @Override
        public void restored(ClientConnection fresh) {
            ConnectionEvents told = events;
            if (told != null && !closed) {
                notices.execute(() -> told.onRestored(
                        JmsConnection.this, fresh.options().endpoint().toString()));
            }
        }

        @Override
        public void failed(ClientException why) {
            failure = why;
            report(Failures.of("the connection has failed", why));
        }
    }

    // --- the end

    @Override
    public void close() throws JMSException {
        sessions.checkNotListening();
        sessions.checkNotCompleting();
        lifecycle.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            started = false;
        } finally {
            lifecycle.unlock();
        }
        try {
            closeAll();
        } finally {
            lifeline.close(closeDeadline());
            notices.close(closeDeadline());
            ConnectionBean shown = bean;
            if (shown != null) {
                shown.close();
            }
        }
    }

    private void closeAll() throws JMSException {
        sessions.forEach(session -> session.delivery().stop());
        connectionConsumers.closeWithConnection();
        lifeline.end();
        // When the server does not answer nobody is to wait for it again, session after session.
        sessions.close(closeDeadline(), lifeline::cut);
    }
}
