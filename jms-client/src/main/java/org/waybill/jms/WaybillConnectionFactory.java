package org.waybill.jms;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import java.io.Serializable;
import java.util.Map;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.context.Unchecked;
import org.waybill.jms.context.WaybillContext;
import org.waybill.jms.session.ConnectionEvents;
import org.waybill.jms.session.Domain;
import org.waybill.jms.session.JmsConnection;
import org.waybill.jms.uri.ConnectionUri;

/**
 * Where an application's connections come from: a connection URI, and options beside it that win over those in the URI. Docs:
 * {@code docs/jms-client.md}.
 *
 * <p>Any thread may use it; what is set holds for connections made afterwards. What is set wrongly is refused at once with an {@link
 * IllegalArgumentException} of one sentence. It can be kept in a naming service, as a reference or serialised, with all its options, the
 * password among them.
 */
public sealed class WaybillConnectionFactory
        implements ConnectionFactory, QueueConnectionFactory, TopicConnectionFactory, Referenceable, Serializable
        permits WaybillXAConnectionFactory {
    /** Where it connects to if nobody says anything else. */
    public static final String DEFAULT_URI = "amqp://localhost:5672";

    private static final long serialVersionUID = 1;

    private volatile FactoryOptions options = new FactoryOptions(DEFAULT_URI, Map.of());
    private transient volatile @Nullable ExceptionListener exceptionListener;
    private transient volatile @Nullable ConnectionEvents connectionEvents;

    /** Connections to {@link #DEFAULT_URI}. */
    public WaybillConnectionFactory() {}

    /** Connections to this URI. */
    public WaybillConnectionFactory(String uri) {
        options = options.withUri(uri);
    }

    /** Connections to this URI as this user. */
    public WaybillConnectionFactory(@Nullable String username, @Nullable String password, String uri) {
        options = options.withUri(uri).with("jms.username", username).with("jms.password", password);
    }

    // --- connections

    @Override
    public Connection createConnection() throws JMSException {
        return open(null, null, Domain.ANY);
    }

    @Override
    public Connection createConnection(@Nullable String username, @Nullable String password) throws JMSException {
        return open(username, password, Domain.ANY);
    }

    @Override
    public QueueConnection createQueueConnection() throws JMSException {
        return open(null, null, Domain.QUEUE);
    }

    @Override
    public QueueConnection createQueueConnection(@Nullable String username, @Nullable String password)
            throws JMSException {
        return open(username, password, Domain.QUEUE);
    }

    @Override
    public TopicConnection createTopicConnection() throws JMSException {
        return open(null, null, Domain.TOPIC);
    }

    @Override
    public TopicConnection createTopicConnection(@Nullable String username, @Nullable String password)
            throws JMSException {
        return open(username, password, Domain.TOPIC);
    }

    @Override
    public JMSContext createContext() {
        return createContext(null, null, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(@Nullable String username, @Nullable String password) {
        return createContext(username, password, JMSContext.AUTO_ACKNOWLEDGE);
    }

    @Override
    public JMSContext createContext(int sessionMode) {
        return createContext(null, null, sessionMode);
    }

    @Override
    public JMSContext createContext(@Nullable String username, @Nullable String password, int sessionMode) {
        WaybillContext.checkMode(sessionMode);
        try {
            return new WaybillContext(open(username, password, Domain.ANY), sessionMode);
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    /** A connection of its own, logged in, as this user or, without one, as the options say. */
    final JmsConnection open(@Nullable String username, @Nullable String password, Domain domain) throws JMSException {
        ConnectionUri uri;
        try {
            FactoryOptions chosen = options;
            if (username != null) {
                chosen = chosen.with("jms.username", username).with("jms.password", password);
            }
            uri = chosen.parse();
        } catch (IllegalArgumentException e) {
            JMSException refused = new IllegalStateException(e.getMessage(), "invalid-options");
            refused.initCause(e);
            throw refused;
        }
        JmsConnection connection = JmsConnection.open(uri.connector(), uri.settings(), domain);
        ExceptionListener listener = exceptionListener;
        if (listener != null) {
            connection.setExceptionListener(listener);
        }
        connection.connectionEvents(connectionEvents);
        return connection;
    }

    // --- options

    /** The connection URI, without what was set beside it. It may hold a password. */
    public String getUri() {
        return options.uri();
    }

    /** Sets the connection URI. */
    public void setUri(String uri) {
        options = options.withUri(uri);
    }

    /** As {@link #getUri}, by the name that Qpid JMS gives it. */
    public String getRemoteURI() {
        return getUri();
    }

    /** As {@link #setUri}, by the name that Qpid JMS gives it. */
    public void setRemoteURI(String uri) {
        setUri(uri);
    }

    /** The user who logs in where {@code createConnection} names none, or null. */
    public @Nullable String getUsername() {
        return options.more().get("jms.username");
    }

    /** Sets the user who logs in where {@code createConnection} names none; null for what the URI says. */
    public void setUsername(@Nullable String username) {
        setOption("jms.username", username);
    }

    /** Sets that user's password. */
    public void setPassword(@Nullable String password) {
        setOption("jms.password", password);
    }

    /** The client identifier of connections, or null; what the URI says is not told. */
    public @Nullable String getClientID() {
        return options.more().get("jms.clientID");
    }

    /** Sets the client identifier of connections; null for what the URI says. There is one connection at a time under it. */
    public void setClientID(@Nullable String clientId) {
        setOption("jms.clientID", clientId);
    }

    /** The options that were set beside the URI, by full name. There may be passwords among them. */
    public Map<String, String> getOptions() {
        return options.more();
    }

    /** Sets options beside the URI, by full name ({@code jms.sendTimeout}), in place of all that were set so before. */
    public void setOptions(Map<String, String> more) {
        options = options.withAll(more);
    }

    /**
     * Sets one option beside the URI.
     *
     * @param name its full name, {@code jms.sendTimeout} for example
     * @param value its value; null for what the URI says
     */
    public void setOption(String name, @Nullable String value) {
        options = options.with(name, value);
    }

    /** The listener that connections have from the beginning, or null. */
    public @Nullable ExceptionListener getExceptionListener() {
        return exceptionListener;
    }

    /** Sets the listener that connections have from the beginning. It is not kept in a naming service. */
    public void setExceptionListener(@Nullable ExceptionListener listener) {
        exceptionListener = listener;
    }

    /** Who is told when a connection loses its server and when it has one again, or null. */
    public @Nullable ConnectionEvents getConnectionEvents() {
        return connectionEvents;
    }

    /** Sets who is told when a connection loses its server and when it has one again. It is not kept in a naming service. */
    public void setConnectionEvents(@Nullable ConnectionEvents listener) {
        connectionEvents = listener;
    }

    // --- naming

    @Override
    public Reference getReference() {
        FactoryOptions now = options;
        Reference reference = new Reference(getClass().getName(), FactoryReference.class.getName(), null);
        reference.add(new StringRefAddr(FactoryReference.URI, now.uri()));
        now.more().forEach((name, value) -> reference.add(new StringRefAddr(name, value)));
        return reference;
    }

    /** Where it leads, without secrets. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + options + "]";
    }
}
