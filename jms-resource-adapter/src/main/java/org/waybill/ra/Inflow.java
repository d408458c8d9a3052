package org.waybill.ra;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an activation with what it takes to receive over it: a connection consumer, and the sessions that it gives its
 * messages to. It is opened once and closed once, by the activation; it may fail on any thread.
 */
final class Inflow {
    private static final Logger LOG = LoggerFactory.getLogger(Inflow.class);
    /** The client's word for a listener that has thrown something: the bean's own affair. */
    private static final String LISTENER_FAILED = "listener-failed";

    private final Activation activation;
    private final WaybillActivationSpec spec;
    private final DeliveryPool pool = new DeliveryPool();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable XAConnection connection;
    private volatile @Nullable ConnectionConsumer consumer;
    private volatile @Nullable Destination from;

    /** Not open yet. */
    Inflow(Activation activation) {
        this.activation = activation;
        this.spec = activation.spec();
    }

    /** Connects and begins to receive. When it throws it is still to be closed. */
    void open() throws JMSException, ResourceException {
        Destination source = spec.from();
        from = source;
        XAConnection opened = activation.target().factory().createXAConnection();
        connection = opened;
        if (spec.getClientId() != null) {
            opened.setClientID(spec.getClientId());
        }
        opened.setExceptionListener(this::report);
        boolean transacted = isTransacted();
        for (int count = 0; count < spec.getMaxSessions(); count++) {
            pool.add(delivery(opened, transacted));
        }
        consumer = consume(opened, source);
        opened.start();
    }

    private boolean isTransacted() throws ResourceException {
        try {
            return activation.factory().isDeliveryTransacted(DeliverySession.ON_MESSAGE);
        } catch (NoSuchMethodException e) {
            throw new ResourceException("the bean is no message listener", e);
        }
    }

    private DeliverySession delivery(XAConnection opened, boolean transacted) throws JMSException, ResourceException {
        if (!transacted) {
            MessageEndpoint endpoint = activation.factory().createEndpoint(null);
            return new DeliverySession(
                    this, opened.createSession(false, spec.sessionMode()), endpoint, false, activation.work());
        }
        XASession session = opened.createXASession();
        MessageEndpoint endpoint = activation.factory().createEndpoint(session.getXAResource());
        return new DeliverySession(this, session.getSession(), endpoint, true, activation.work());
    }

    private ConnectionConsumer consume(XAConnection opened, Destination source) throws JMSException {
        String selector = spec.getMessageSelector();
        String name = spec.getSubscriptionName();
        if (spec.isSubscriptionShared()) {
            Topic topic = (Topic) source;
            return spec.isDurable()
                    ? opened.createSharedDurableConnectionConsumer(topic, name, selector, pool, 1)
                    : opened.createSharedConnectionConsumer(topic, name, selector, pool, 1);
        }
        return spec.isDurable()
                ? opened.createDurableConnectionConsumer((Topic) source, name, selector, pool, 1)
                : opened.createConnectionConsumer(source, selector, pool, 1);
    }

    private void report(JMSException why) {
        if (!LISTENER_FAILED.equals(why.getErrorCode())) {
            failed(why);
        }
    }

    /** It can do no more. Must not block. */
    void failed(Exception why) {
        activation.failed(this, why);
    }

    /** Takes note that it can do no more; answers whether that is news. */
    boolean fail() {
        return over.compareAndSet(false, true);
    }

    /** A session's message is done with. */
    void done(DeliverySession session) {
        pool.giveBack(session);
    }

    /** Lets no further message begin. */
    void interrupt() {
        over.set(true);
        pool.drain();
    }

    /**
     * Closes what there is of it. The messages that the bean has are finished before that, for what acknowledges them goes over the
     * link that closes; what the bean does not finish in time is rolled back.
     */
    void close() {
        interrupt();
        pool.awaitIdle();
        XAConnection closing = connection;
        if (closing != null) {
            // Stopped first, so that the message that waits for a session goes back as one that nobody has seen.
            quietly(closing::stop);
        }
        pool.close();
        ConnectionConsumer taking = consumer;
        if (taking != null) {
            quietly(taking::close);
        }
        if (closing != null) {
            quietly(closing::close);
        }
        pool.release();
    }

    private interface Closing {
        void run() throws JMSException;
    }

    private static void quietly(Closing closing) {
        try {
            closing.run();
        } catch (JMSException e) {
            LOG.debug("Closing", e);
        }
    }

    /** What it receives from. */
    @Override
    public String toString() {
        Destination source = from;
        return source == null ? String.valueOf(spec.getDestinationLookup()) : source.toString();
    }
}
