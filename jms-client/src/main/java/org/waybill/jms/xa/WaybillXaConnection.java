package org.waybill.jms.xa;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicSession;
import jakarta.jms.XAQueueConnection;
import jakarta.jms.XAQueueSession;
import jakarta.jms.XASession;
import jakarta.jms.XATopicConnection;
import jakarta.jms.XATopicSession;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.session.JmsConnection;

/** A connection whose sessions can take part in distributed transactions. Any thread. */
public final class WaybillXaConnection implements XAQueueConnection, XATopicConnection {
    private static final String CAPABILITY = "waybill:xa";

    private final JmsConnection connection;
    private final XaVerbs verbs;

    private WaybillXaConnection(JmsConnection connection) {
        this.connection = connection;
        this.verbs = new XaVerbs(connection, connection.settings().timeouts().requestMs());
    }

    /**
     * Makes an XA connection of one that was just opened.
     *
     * @throws JMSException if its server does not speak XA; the connection is closed then
     */
    public static WaybillXaConnection of(JmsConnection opened) throws JMSException {
        requireXa(opened);
        return new WaybillXaConnection(opened);
    }

    /** Closes a connection whose server does not speak XA, and says so. */
    static void requireXa(JmsConnection opened) throws JMSException {
        if (!opened.engineConnection().offered(CAPABILITY)) {
            String server = String.valueOf(opened.engineConnection().options());
            opened.close();
            throw new JMSException(
                    "the server at " + server
                            + " does not take part in distributed transactions, for it does not offer " + CAPABILITY
                            + ": use a ConnectionFactory that is not for XA, or a Waybill server",
                    "not-offered");
        }
    }

    @Override
    public XASession createXASession() throws JMSException {
        return create();
    }

    @Override
    public XAQueueSession createXAQueueSession() throws JMSException {
        return create();
    }

    @Override
    public XATopicSession createXATopicSession() throws JMSException {
        return create();
    }

    private WaybillXaSession create() throws JMSException {
        BranchResource resource = new BranchResource(verbs);
        return new WaybillXaSession(connection.createSession(resource), resource);
    }

    // --- the connection

    @Override
    public Session createSession() throws JMSException {
        return connection.createSession();
    }

    @Override
    public Session createSession(int mode) throws JMSException {
        return connection.createSession(mode);
    }

    @Override
    public Session createSession(boolean transacted, int mode) throws JMSException {
        return connection.createSession(transacted, mode);
    }

    @Override
    public QueueSession createQueueSession(boolean transacted, int mode) throws JMSException {
        return connection.createQueueSession(transacted, mode);
    }

    @Override
    public TopicSession createTopicSession(boolean transacted, int mode) throws JMSException {
        return connection.createTopicSession(transacted, mode);
    }

    @Override
    public @Nullable String getClientID() throws JMSException {
        return connection.getClientID();
    }

    @Override
    public void setClientID(String id) throws JMSException {
        connection.setClientID(id);
    }

    @Override
    public ConnectionMetaData getMetaData() throws JMSException {
        return connection.getMetaData();
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() throws JMSException {
        return connection.getExceptionListener();
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) throws JMSException {
        connection.setExceptionListener(listener);
    }

    @Override
    public void start() throws JMSException {
        connection.start();
    }

    @Override
    public void stop() throws JMSException {
        connection.stop();
    }

    /** Closes it. What its sessions work in and have not ended is rolled back; what was prepared waits for another connection. */
    @Override
    public void close() throws JMSException {
        connection.close();
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Destination destination, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        return connection.createConnectionConsumer(destination, selector, pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Queue queue, @Nullable String selector, ServerSessionPool pool, int maxMessages) throws JMSException {
        return connection.createConnectionConsumer(queue, selector, pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createConnectionConsumer(
            Topic topic, @Nullable String selector, ServerSessionPool pool, int maxMessages) throws JMSException {
        return connection.createConnectionConsumer(topic, selector, pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createSharedConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        return connection.createSharedConnectionConsumer(topic, name, selector, pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createDurableConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        return connection.createDurableConnectionConsumer(topic, name, selector, pool, maxMessages);
    }

    @Override
    public ConnectionConsumer createSharedDurableConnectionConsumer(
            Topic topic, String name, @Nullable String selector, ServerSessionPool pool, int maxMessages)
            throws JMSException {
        return connection.createSharedDurableConnectionConsumer(topic, name, selector, pool, maxMessages);
    }
}
