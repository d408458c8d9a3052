package org.waybill.ra;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.resource.Referenceable;
import jakarta.resource.spi.ConnectionManager;
import java.io.Serializable;
import javax.naming.NamingException;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.context.WaybillContext;

/** What applications look up: connections whose sessions the server's pool provides. Any thread. */
public final class ManagedFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, Referenceable, Serializable {
    private static final long serialVersionUID = 1;

    private final WaybillManagedConnectionFactory factory;
    // A server's connection manager is serialisable by its contract.
    @SuppressWarnings("serial")
    private final ConnectionManager pool;

    private @Nullable Reference reference;

    ManagedFactory(WaybillManagedConnectionFactory factory, ConnectionManager pool) {
        this.factory = factory;
        this.pool = pool;
    }

    /** Where it leads. */
    Target target() {
        return factory.target();
    }

    private ConnectionHandle connection(Identity identity) {
        return new ConnectionHandle(factory, pool, identity);
    }

    @Override
    public Connection createConnection() {
        return connection(Identity.DEFAULT);
    }

    @Override
    public Connection createConnection(@Nullable String user, @Nullable String password) {
        return connection(new Identity(user, password));
    }

    @Override
    public QueueConnection createQueueConnection() {
        return connection(Identity.DEFAULT);
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String user, @Nullable String password) {
        return connection(new Identity(user, password));
    }

    @Override
    public TopicConnection createTopicConnection() {
        return connection(Identity.DEFAULT);
    }

    @Override
    public TopicConnection createTopicConnection(@Nullable String user, @Nullable String password) {
        return connection(new Identity(user, password));
    }

    @Override
    public JMSContext createContext() {
        return context(Identity.DEFAULT, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String user, @Nullable String password) {
        return context(new Identity(user, password), JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String user, @Nullable String password, int mode) {
        return context(new Identity(user, password), mode);
    }

    @Override
    public JMSContext createContext(int mode) {
        return context(Identity.DEFAULT, mode);
    }

    private JMSContext context(Identity identity, int mode) {
        WaybillContext.checkMode(mode);
        return new WaybillContext(connection(identity), mode);
    }

    @Override
    public void setReference(Reference bound) {
        reference = bound;
    }

    @Override
    public Reference getReference() throws NamingException {
        Reference bound = reference;
        if (bound == null) {
            throw new NamingException("the application server has not bound this connection factory");
        }
        return bound;
    }

    /** Where it leads, without secrets. */
    @Override
    public String toString() {
        return "ManagedFactory[" + target() + "]";
    }
}
