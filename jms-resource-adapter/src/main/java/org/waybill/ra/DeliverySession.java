package org.waybill.ra;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.ServerSession;
import jakarta.jms.Session;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkManager;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of an inflow and the endpoint that gets its messages: one at a time, on a thread of the server's, and if the bean wants that
 * in a transaction, which begins before the message is acknowledged in it and ends when the bean has returned (Jakarta Connectors 2.1,
 * section 13.5.6, option B).
 */
final class DeliverySession implements ServerSession, Work {
    /** What beans are called by. */
    static final Method ON_MESSAGE = onMessage();

    private static final Logger LOG = LoggerFactory.getLogger(DeliverySession.class);

    private final Inflow inflow;
    private final Session session;
    private final MessageEndpoint endpoint;
    private final boolean transacted;
    private final WorkManager work;

    DeliverySession(Inflow inflow, Session session, MessageEndpoint endpoint, boolean transacted, WorkManager work)
            throws JMSException {
        this.inflow = inflow;
        this.session = session;
        this.endpoint = endpoint;
        this.transacted = transacted;
        this.work = work;
        session.setMessageListener(this::deliver);
    }

    private static Method onMessage() {
        try {
            return MessageListener.class.getMethod("onMessage", Message.class);
        } catch (NoSuchMethodException e) {
            throw new LinkageError("jakarta.jms.MessageListener has no onMessage", e);
        }
    }

    @Override
    public Session getSession() {
        return session;
    }

    @Override
    public void start() throws JMSException {
        try {
            work.scheduleWork(this);
        } catch (WorkException e) {
            inflow.done(this);
            JMSException refused =
                    new JMSException("the application server takes no work: " + e.getMessage(), "no-work");
            refused.initCause(e);
            throw refused;
        }
    }

    @Override
    public void run() {
        try {
            if (transacted) {
                runInTransaction();
            } else {
                session.run();
            }
        } catch (ResourceException | NoSuchMethodException | RuntimeException e) {
            // The message is loaded still: it goes back when the inflow is closed.
            inflow.failed(e);
        } finally {
            inflow.done(this);
        }
    }

    private void runInTransaction() throws ResourceException, NoSuchMethodException {
        endpoint.beforeDelivery(ON_MESSAGE);
        try {
            session.run();
        } finally {
            try {
                endpoint.afterDelivery();
            } catch (ResourceException e) {
                LOG.warn("The transaction of a message did not commit: {}", e.toString());
            }
        }
    }

    private void deliver(Message message) {
        try {
            ((MessageListener) endpoint).onMessage(message);
        } catch (RuntimeException e) {
            if (!transacted) {
                throw e;
            }
            // The server has seen it first, and rolls back.
            LOG.debug("A bean failed", e);
        }
    }

    @Override
    public void release() {
        // A message is finished; the activation waits for it when it ends.
    }

    void releaseEndpoint() {
        endpoint.release();
    }
}
