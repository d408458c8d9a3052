package org.waybill.jms;

import jakarta.jms.JMSException;
import jakarta.jms.XAConnection;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XAQueueConnection;
import jakarta.jms.XAQueueConnectionFactory;
import jakarta.jms.XATopicConnection;
import jakarta.jms.XATopicConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.context.Unchecked;
import org.waybill.jms.session.Domain;
import org.waybill.jms.xa.WaybillXaConnection;
import org.waybill.jms.xa.WaybillXaContext;

/**
 * Where the connections come from whose sessions take part in distributed transactions, as {@code XAResource}s of a transaction manager.
 * The server must be one that speaks XA (docs/xa-over-amqp.md), else they are refused. It makes ordinary connections too.
 */
public final class WaybillXAConnectionFactory extends WaybillConnectionFactory
        implements XAQueueConnectionFactory, XATopicConnectionFactory {
    private static final long serialVersionUID = 1;

    /** Connections to {@link #DEFAULT_URI}. */
    public WaybillXAConnectionFactory() {}

    /** Connections to this URI. */
    public WaybillXAConnectionFactory(String uri) {
        super(uri);
    }

    /** Connections to this URI as this user. */
    public WaybillXAConnectionFactory(@Nullable String username, @Nullable String password, String uri) {
        super(username, password, uri);
    }

    @Override
    public XAConnection createXAConnection() throws JMSException {
        return createXAConnection(null, null);
    }

    @Override
    public XAConnection createXAConnection(@Nullable String username, @Nullable String password) throws JMSException {
        return WaybillXaConnection.of(open(username, password, Domain.ANY));
    }

    @Override
    public XAQueueConnection createXAQueueConnection() throws JMSException {
        return createXAQueueConnection(null, null);
    }

    @Override
    public XAQueueConnection createXAQueueConnection(@Nullable String username, @Nullable String password)
            throws JMSException {
        return WaybillXaConnection.of(open(username, password, Domain.QUEUE));
    }

    @Override
    public XATopicConnection createXATopicConnection() throws JMSException {
        return createXATopicConnection(null, null);
    }

    @Override
    public XATopicConnection createXATopicConnection(@Nullable String username, @Nullable String password)
            throws JMSException {
        return WaybillXaConnection.of(open(username, password, Domain.TOPIC));
    }

    @Override
    public XAJMSContext createXAContext() {
        return createXAContext(null, null);
    }

    @Override
    public XAJMSContext createXAContext(@Nullable String username, @Nullable String password) {
        try {
            return WaybillXaContext.of(open(username, password, Domain.ANY));
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }
}
