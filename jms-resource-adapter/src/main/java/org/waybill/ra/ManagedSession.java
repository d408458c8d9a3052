package org.waybill.ra;

import jakarta.jms.ConnectionMetaData;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.CommException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.LocalTransactionException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * What the server pools: a connection to the broker with one session, which works in the server's distributed transaction, in a local
 * one, or without any. The server sees to it that one thread uses it at a time; a failure may be found on any.
 *
 * <pre>
 *  session   in use                         works
 *  xa        always but in a local one      in the branch that its XAResource is associated with, else by itself
 *  local     from begin to its end          in a transaction of the broker's
 * </pre>
 */
final class ManagedSession implements ManagedConnection, LocalTransaction {
    private final XAConnection connection;
    private final XASession xa;
    private final Identity identity;
    private final ManagedConnectionFactory factory;
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<SessionHandle> handles = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean broken = new AtomicBoolean();
    private volatile @Nullable Session local;
    private volatile boolean inLocalTransaction;
    private volatile @Nullable PrintWriter logWriter;

    /**
     * Makes the session of a connection that was just opened.
     *
     * @throws JMSException if there cannot be one; the connection is closed then
     */
    ManagedSession(XAConnection connection, Identity identity, ManagedConnectionFactory factory) throws JMSException {
        this.connection = connection;
        this.identity = identity;
        this.factory = factory;
        try {
            xa = connection.createXASession();
            connection.setExceptionListener(this::report);
        } catch (JMSException e) {
            connection.close();
            throw e;
        }
    }

    // --- its handles

    @Override
    public Object getConnection(@Nullable Subject subject, @Nullable ConnectionRequestInfo wanted) {
        SessionHandle handle = new SessionHandle(this);
        handles.add(handle);
        return handle;
    }

    @Override
    public void associateConnection(Object other) throws ResourceException {
        if (!(other instanceof SessionHandle handle)) {
            throw new ResourceException("no session of this resource adapter: " + other);
        }
        handle.moveTo(this);
        handles.add(handle);
    }

    /** A handle has gone over to another one. */
    void forget(SessionHandle handle) {
        handles.remove(handle);
    }

    /** The application is done with a handle. */
    void closed(SessionHandle handle) {
        if (handles.remove(handle)) {
            ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
            event.setConnectionHandle(handle);
            tell(event, ConnectionEventListener::connectionClosed);
        }
    }

    boolean fits(ManagedConnectionFactory of, Identity wanted) {
        return !broken.get() && factory.equals(of) && identity.equals(wanted);
    }

    // --- the broker

    /** The session that works now. */
    Session session() {
        Session own = local;
        return inLocalTransaction && own != null ? own : xa;
    }

    /** Lets messages come. */
    void start() throws JMSException {
        connection.start();
    }

    ConnectionMetaData metaData() throws JMSException {
        return connection.getMetaData();
    }

    @Nullable
    String clientId() throws JMSException {
        return connection.getClientID();
    }

    private void report(JMSException why) {
        if (isBroken() && broken.compareAndSet(false, true)) {
            tell(
                    new ConnectionEvent(this, ConnectionEvent.CONNECTION_ERROR_OCCURRED, why),
                    ConnectionEventListener::connectionErrorOccurred);
        }
    }

    /** Whether nothing can be done with it any more. */
    boolean isBroken() {
        if (broken.get()) {
            return true;
        }
        try {
            connection.getClientID();
            xa.getTransacted();
            return false;
        } catch (JMSException e) {
            return true;
        }
    }

    private void tell(ConnectionEvent event, BiConsumer<ConnectionEventListener, ConnectionEvent> what) {
        for (ConnectionEventListener listener : listeners) {
            what.accept(listener, event);
        }
    }

    // --- transactions

    @Override
    public XAResource getXAResource() {
        return xa.getXAResource();
    }

    @Override
    public LocalTransaction getLocalTransaction() {
        return this;
    }

    @Override
    public void begin() throws ResourceException {
        if (inLocalTransaction) {
            throw new LocalTransactionException("there is a local transaction already");
        }
        try {
            if (local == null) {
                local = connection.createSession(true, Session.SESSION_TRANSACTED);
            }
            inLocalTransaction = true;
        } catch (JMSException e) {
            throw new LocalTransactionException("cannot begin: " + e.getMessage(), e);
        }
    }

    @Override
    public void commit() throws ResourceException {
        try {
            ended("commit").commit();
        } catch (JMSException e) {
            throw new LocalTransactionException("cannot commit: " + e.getMessage(), e);
        }
    }

    @Override
    public void rollback() throws ResourceException {
        try {
            ended("roll back").rollback();
        } catch (JMSException e) {
            throw new LocalTransactionException("cannot roll back: " + e.getMessage(), e);
        }
    }

    private Session ended(String doing) throws LocalTransactionException {
        Session worked = local;
        if (!inLocalTransaction || worked == null) {
            throw new LocalTransactionException("cannot " + doing + ": there is no local transaction");
        }
        inLocalTransaction = false;
        return worked;
    }

    // --- the pool's side

    /** Makes it one that nobody has used: the handles end, and an open local transaction is rolled back. */
    @Override
    public void cleanup() throws ResourceException {
        endHandles();
        if (inLocalTransaction) {
            rollback();
        }
        try {
            connection.stop();
        } catch (JMSException e) {
            throw new CommException(e.getMessage(), e);
        }
    }

    private void endHandles() {
        handles.forEach(SessionHandle::end);
        handles.clear();
    }

    @Override
    public void destroy() throws ResourceException {
        broken.set(true);
        endHandles();
        try {
            connection.close();
        } catch (JMSException e) {
            throw new CommException(e.getMessage(), e);
        }
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public ManagedConnectionMetaData getMetaData() throws ResourceException {
        try {
            ConnectionMetaData of = connection.getMetaData();
            String user = identity.user();
            return new ManagedMetaData(of.getJMSProviderName(), of.getProviderVersion(), user == null ? "" : user);
        } catch (JMSException e) {
            throw new CommException(e.getMessage(), e);
        }
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        logWriter = out;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return logWriter;
    }

    private record ManagedMetaData(String product, String version, String user) implements ManagedConnectionMetaData {
        @Override
        public String getEISProductName() {
            return product;
        }

        @Override
        public String getEISProductVersion() {
            return version;
        }

        @Override
        public int getMaxConnections() {
            return 0;
        }

        @Override
        public String getUserName() {
            return user;
        }
    }
}
