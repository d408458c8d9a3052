package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.Queue;
import jakarta.jms.QueueSender;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.session.MessageStamp.Sending;

/**
 * A producer, of one destination or of whatever each message names. Used by its session's thread; closing is for any thread but a
 * completion listener's.
 */
public final class JmsMessageProducer implements QueueSender, TopicPublisher {
    private static final int LOWEST_PRIORITY = 0;
    private static final int HIGHEST_PRIORITY = 9;

    private final SessionWork session;
    private final @Nullable WaybillDestination destination;
    private final @Nullable OutgoingLink link;
    private final MessageStamp stamp;
    private int deliveryMode = DEFAULT_DELIVERY_MODE;
    private int priority = DEFAULT_PRIORITY;
    private long timeToLiveMs = DEFAULT_TIME_TO_LIVE;
    private long deliveryDelayMs;
    private boolean disableMessageId;
    private boolean disableTimestamp;
    private volatile boolean closed;

    private static final int DEFAULT_DELIVERY_MODE = Message.DEFAULT_DELIVERY_MODE;
    private static final int DEFAULT_PRIORITY = Message.DEFAULT_PRIORITY;
    private static final long DEFAULT_TIME_TO_LIVE = Message.DEFAULT_TIME_TO_LIVE;

    /**
     * A producer.
     *
     * @param destination where to, or null
     * @param link how it gets there; null if and only if {@code destination} is, which leaves it to the session
     */
    JmsMessageProducer(
            SessionWork session,
            @Nullable WaybillDestination destination,
            @Nullable OutgoingLink link,
            MessageStamp stamp) {
        this.session = session;
        this.destination = destination;
        this.link = link;
        this.stamp = stamp;
    }

    @Nullable
    OutgoingLink link() {
        return link;
    }

    // --- sending

    @Override
    public void send(Message message) throws JMSException {
        send(own(), message, deliveryMode, priority, timeToLiveMs, null);
    }

    @Override
    public void send(Message message, int mode, int rank, long lifeMs) throws JMSException {
        send(own(), message, mode, rank, lifeMs, null);
    }

    @Override
    public void send(Destination to, Message message) throws JMSException {
        send(named(to), message, deliveryMode, priority, timeToLiveMs, null);
    }

    @Override
    public void send(Destination to, Message message, int mode, int rank, long lifeMs) throws JMSException {
        send(named(to), message, mode, rank, lifeMs, null);
    }

    @Override
    public void send(Message message, CompletionListener listener) throws JMSException {
        send(own(), message, deliveryMode, priority, timeToLiveMs, required(listener));
    }

    @Override
    public void send(Message message, int mode, int rank, long lifeMs, CompletionListener listener)
            throws JMSException {
        send(own(), message, mode, rank, lifeMs, required(listener));
    }

    @Override
    public void send(Destination to, Message message, CompletionListener listener) throws JMSException {
        send(named(to), message, deliveryMode, priority, timeToLiveMs, required(listener));
    }

    @Override
    public void send(Destination to, Message message, int mode, int rank, long lifeMs, CompletionListener listener)
            throws JMSException {
        send(named(to), message, mode, rank, lifeMs, required(listener));
    }

    @Override
    public void send(Queue queue, Message message) throws JMSException {
        send((Destination) queue, message);
    }

    @Override
    public void send(Queue queue, Message message, int mode, int rank, long lifeMs) throws JMSException {
        send((Destination) queue, message, mode, rank, lifeMs);
    }

    @Override
    public void publish(Message message) throws JMSException {
        send(message);
    }

    @Override
    public void publish(Message message, int mode, int rank, long lifeMs) throws JMSException {
        send(message, mode, rank, lifeMs);
    }

    @Override
    public void publish(Topic topic, Message message) throws JMSException {
        send((Destination) topic, message);
    }

    @Override
    public void publish(Topic topic, Message message, int mode, int rank, long lifeMs) throws JMSException {
        send((Destination) topic, message, mode, rank, lifeMs);
    }

    private void send(
            WaybillDestination to,
            @Nullable Message message,
            int mode,
            int rank,
            long lifeMs,
            @Nullable CompletionListener listener)
            throws JMSException {
        checkMode(mode);
        checkPriority(rank);
        if (lifeMs < 0) {
            throw new JMSException("a message cannot live " + lifeMs + " ms: 0 is for ever", "invalid-value");
        }
        if (message == null) {
            throw new MessageFormatException("there is no message to send", "invalid-value");
        }
        session.sends()
                .send(
                        message,
                        new Sending(
                                to, mode, rank, lifeMs, deliveryDelayMs, disableMessageId, disableTimestamp, listener),
                        stamp,
                        link);
    }

    private WaybillDestination own() throws JMSException {
        checkOpen();
        if (destination == null) {
            throw new UnsupportedOperationException(
                    "this producer has no destination of its own: name one with each message");
        }
        return destination;
    }

    private WaybillDestination named(@Nullable Destination to) throws JMSException {
        checkOpen();
        if (destination != null) {
            throw new UnsupportedOperationException(
                    "this producer sends to '" + destination + "' alone: make one without a destination");
        }
        WaybillDestination named = WaybillDestination.from(to);
        if (named == null) {
            throw new InvalidDestinationException("there is no destination to send to", "invalid-value");
        }
        return named;
    }

    private static CompletionListener required(@Nullable CompletionListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("there is no completion listener");
        }
        return listener;
    }

    // --- how

    @Override
    public void setDeliveryMode(int mode) throws JMSException {
        checkOpen();
        checkMode(mode);
        deliveryMode = mode;
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        checkOpen();
        return deliveryMode;
    }

    @Override
    public void setPriority(int rank) throws JMSException {
        checkOpen();
        checkPriority(rank);
        priority = rank;
    }

    @Override
    public int getPriority() throws JMSException {
        checkOpen();
        return priority;
    }

    @Override
    public void setTimeToLive(long lifeMs) throws JMSException {
        checkOpen();
        timeToLiveMs = lifeMs;
    }

    @Override
    public long getTimeToLive() throws JMSException {
        checkOpen();
        return timeToLiveMs;
    }

    @Override
    public void setDeliveryDelay(long delayMs) throws JMSException {
        checkOpen();
        if (delayMs < 0) {
            throw new JMSException("a delivery cannot be delayed by " + delayMs + " ms", "invalid-value");
        }
        deliveryDelayMs = delayMs;
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        checkOpen();
        return deliveryDelayMs;
    }

    @Override
    public void setDisableMessageID(boolean disable) throws JMSException {
        checkOpen();
        disableMessageId = disable;
    }

    @Override
    public boolean getDisableMessageID() throws JMSException {
        checkOpen();
        return disableMessageId;
    }

    @Override
    public void setDisableMessageTimestamp(boolean disable) throws JMSException {
        checkOpen();
        disableTimestamp = disable;
    }

    @Override
    public boolean getDisableMessageTimestamp() throws JMSException {
        checkOpen();
        return disableTimestamp;
    }

    private static void checkMode(int mode) throws JMSException {
        if (mode != DeliveryMode.PERSISTENT && mode != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("there is no delivery mode " + mode, "invalid-value");
        }
    }

    private static void checkPriority(int rank) throws JMSException {
        if (rank < LOWEST_PRIORITY || rank > HIGHEST_PRIORITY) {
            throw new JMSException("a priority is from 0 to 9, not " + rank, "invalid-value");
        }
    }

    // --- what it is

    @Override
    public @Nullable Destination getDestination() throws JMSException {
        checkOpen();
        return destination;
    }

    @Override
    public @Nullable Queue getQueue() throws JMSException {
        checkOpen();
        return destination instanceof Queue queue ? queue : null;
    }

    @Override
    public @Nullable Topic getTopic() throws JMSException {
        checkOpen();
        return destination instanceof Topic topic ? topic : null;
    }

    private void checkOpen() throws IllegalStateException {
        if (closed || (link != null && link.failure() != null)) {
            throw Failures.closed("the producer", link == null ? null : link.failure());
        }
        session.checkOpen();
    }

    @Override
    public void close() throws JMSException {
        session.sends().checkNotCompleting("a producer");
        if (!closed) {
            closed = true;
            session.remove(this);
        }
    }

    /** Marks it closed with its session, which does the rest. */
    void closeWithSession() {
        closed = true;
    }
}
