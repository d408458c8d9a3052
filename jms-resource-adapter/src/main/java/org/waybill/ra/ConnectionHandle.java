package org.waybill.ra;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import org.jspecify.annotations.Nullable;

/**
 * A connection as an application in a server has it: at most one open session, which is from the server's pool; what the session is to
 * acknowledge, and whether it is transacted, the server's transaction says, not the caller (Jakarta Messaging 3.1, section 12.3). It may
 * be kept from one transaction to the next, for it holds nothing but its session. For one thread at a time.
 */
final class ConnectionHandle implements QueueConnection, TopicConnection {
    private final WaybillManagedConnectionFactory factory;
    private final ConnectionManager pool;
    private final Identity identity;
    private @Nullable SessionHandle session;
    private boolean started;
    private boolean closed;

    ConnectionHandle(WaybillManagedConnectionFactory factory, ConnectionManager pool, Identity identity) {
        this.factory = factory;
        this.pool = pool;
        this.identity = identity;
    }

    private void checkOpen() throws IllegalStateException {
        if (closed) {
            throw new IllegalStateException("the connection is closed", "closed");
        }
    }

    // --- sessions

    private SessionHandle open() throws JMSException {
        checkOpen();
        SessionHandle open = session;
        if (open != null && open.isOpen()) {
            throw new IllegalStateException(
                    "a connection has one session at a time in an application server: close that first", "managed");
        }
        SessionHandle fresh = allocate();
        if (started) {
            fresh.start();
        }
        session = fresh;
        return fresh;
    }

    private SessionHandle allocate() throws JMSException {
        try {
            return (SessionHandle) pool.allocateConnection(factory, identity);
        } catch (ResourceException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof JMSException reason) {
                    throw reason;
                }
            }
            JMSException failure = new JMSException("the application server has no connection: " + e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    @Override
    public Session createSession() throws JMSException {
        return open();
    }

    @Override
    public Session createSession(int mode) throws JMSException {
        return open();
    }

    @Override
    public Session createSession(boolean transacted, int mode) throws JMSException {
        return open();
    }

    @Override
    public QueueSession createQueueSession(boolean transacted, int mode) throws JMSException {
        return open();
    }

    @Override
    public TopicSession createTopicSession(boolean transacted, int mode) throws JMSException {
        return open();
    }

    @Override
    public void start() throws JMSException {
        checkOpen();
        started = true;
        SessionHandle open = session;
        if (open != null && open.isOpen()) {
            open.start();
        }
    }

    @Override
    public void close() throws JMSException {
        closed = true;
        SessionHandle open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }

    // --- what it is

    private interface Question<T> {
        T ask(SessionHandle session) throws JMSException;
    }

    private <T> T ask(Question<T> question) throws JMSException {
        checkOpen();
        SessionHandle open = session;
        if (open != null && open.isOpen()) {
            return question.ask(open);
        }
        try (SessionHandle asked = allocate()) {
            return question.ask(asked);
        }
    }

    @Override
    public ConnectionMetaData getMetaData() throws JMSException {
        return ask(SessionHandle::metaData);
    }

    @Override
    // null where there is none, by the API
    @SuppressWarnings("NullAway")
    public @Nullable String getClientID() throws JMSException {
        return ask(SessionHandle::clientId);
    }

    // --- what is the server's

    @Override
    public void setClientID(String id) throws JMSException {
        throw Forbidden.of("setClientID");
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() throws JMSException {
        checkOpen();
        return null;
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) throws JMSException {
        throw Forbidden.of("setExceptionListener");
    }

    @Override
    public void stop() throws JMSException {
        throw Forbidden.of("stop");
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Destination destination, @Nullable String selector, ServerSessionPool sessions, int max)
            throws JMSException {
        throw Forbidden.of("createConnectionConsumer");
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Queue queue, @Nullable String selector, ServerSessionPool sessions, int max) throws JMSException {
        throw Forbidden.of("createConnectionConsumer");
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Topic topic, @Nullable String selector, ServerSessionPool sessions, int max) throws JMSException {
        throw Forbidden.of("createConnectionConsumer");
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool sessions, int max)
            throws JMSException {
        throw Forbidden.of("createSharedConnectionConsumer");
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool sessions, int max)
            throws JMSException {
        throw Forbidden.of("createDurableConnectionConsumer");
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool sessions, int max)
            throws JMSException {
        throw Forbidden.of("createSharedDurableConnectionConsumer");
    }
}
