package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.session.IncomingLink.Delivered;

/**
 * A consumer of a queue or of a subscription. Synchronous receives run on the caller's thread, and take what has arrived at once;
 * a listener is called on its session's thread. Closing is for any thread, and from within the consumer's own listener.
 */
public final class JmsMessageConsumer implements QueueReceiver, TopicSubscriber, BodyConsumer {
    /** Messages a listener gets before another consumer's listener of the session has its turn. */
    private static final int TURN = 256;

    private final SessionWork session;
    private final ConsumerSpec spec;
    private final IncomingLink link;
    /** Held by who takes messages off the link: a receive from its first look to its return, a listener for its turn. */
    private final ReentrantLock receiving = new ReentrantLock();

    private volatile @Nullable MessageListener listener;
    private volatile boolean closed;
    private volatile @Nullable Exception failure;
    /** Whether a turn of the listener is on its way; with the delivery lock held. */
    private boolean scheduled;
    /** What {@link #next} found. */
    private @Nullable Delivered delivered;

    JmsMessageConsumer(SessionWork session, ConsumerSpec spec) {
        this.session = session;
        this.spec = spec;
        this.link = new IncomingLink(
                () -> spec.options(session.connection()), spec.window(), this::wakeListener, this::ended);
    }

    IncomingLink link() {
        return link;
    }

    ConsumerSpec spec() {
        return spec;
    }

    // --- receiving

    @Override
    public @Nullable Message receive() throws JMSException {
        return receive(Deadline.never(), false);
    }

    @Override
    public @Nullable Message receive(long timeoutMs) throws JMSException {
        return timeoutMs == 0
                ? receive()
                : receive(
                        Deadline.in(Math.max(0, timeoutMs)), !session.settings().receiveLocalOnly());
    }

    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        return receive(Deadline.in(0), !session.settings().receiveNoWaitLocalOnly());
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type, long timeoutMs) throws JMSException {
        Deadline deadline = timeoutMs == 0 ? Deadline.never() : Deadline.in(Math.max(0, timeoutMs));
        boolean drains = timeoutMs < 0
                ? !session.settings().receiveNoWaitLocalOnly()
                : !session.settings().receiveLocalOnly();
        begin();
        try {
            while (true) {
                JmsMessage message = await(deadline, drains);
                if (message == null) {
                    return null;
                }
                T body = bodyOf(message, type);
                if (received(message)) {
                    return body;
                }
            }
        } finally {
            receiving.unlock();
        }
    }

    private <T> @Nullable T bodyOf(JmsMessage message, Class<T> type) throws JMSException {
        try {
            return message.getBody(type);
        } catch (MessageFormatException e) {
            Delivered refused = delivered;
            if (refused != null && session.delivery().isAutomatic()) {
                session.delivery().lock().lock();
                try {
                    link.putBack(refused);
                } finally {
                    session.delivery().lock().unlock();
                }
            } else {
                received(message);
            }
            throw e;
        }
    }

    private @Nullable Message receive(Deadline deadline, boolean drains) throws JMSException {
        begin();
        try {
            while (true) {
                JmsMessage message = await(deadline, drains);
                if (message == null || received(message)) {
                    return message;
                }
            }
        } finally {
            receiving.unlock();
        }
    }

    private void begin() throws JMSException {
        checkOpen();
        session.checkReceivesSynchronously();
        receiving.lock();
    }

    /** The next message, not acknowledged yet; null if there is none in time or this is closed meanwhile. */
    private @Nullable JmsMessage await(Deadline deadline, boolean drains) throws JMSException {
        boolean drained = !drains;
        while (true) {
            JmsMessage message = next(false);
            if (message != null) {
                return message;
            }
            if (closed) {
                throwFailure();
                return null;
            }
            if (!session.delivery().awaitStarted(deadline)) {
                return null;
            }
            if (closed || fetch(deadline, drained)) {
                continue;
            }
            if (deadline.hasPassed()) {
                if (drained) {
                    return null;
                }
                drained = true;
                drain();
            }
        }
    }

    /** Waits for messages; answers whether something has changed. Waits for another connection if this one is lost. */
    private boolean fetch(Deadline deadline, boolean drained) throws JMSException {
        ClientReceiver from = receiver(deadline);
        if (from == null) {
            return false;
        }
        if (link.hasNext(from)) {
            // It was taken while the session was stopped, and nothing else may come.
            return true;
        }
        try {
            if (!drained || !deadline.hasPassed()) {
                link.pull(from);
            }
            return link.fetch(from, deadline.leftMs());
        } catch (ClientException e) {
            return resolve(from, e);
        }
    }

    private void drain() throws JMSException {
        ClientReceiver from = link.receiver();
        if (from == null) {
            return;
        }
        try {
            link.drain(from);
        } catch (ClientException e) {
            resolve(from, e);
        }
    }

    /** The receiver of the present connection; null if there is none in time. */
    private @Nullable ClientReceiver receiver(Deadline deadline) throws JMSException {
        ClientReceiver from = link.receiver();
        if (from == null && !closed) {
            try {
                session.connection().lifeline().poll(deadline, "cannot receive from " + spec.destination());
            } catch (IllegalStateException e) {
                if (!session.connection().isClosed()) {
                    throw e;
                }
                // The close has stopped the delivery, and will have this end as one that waits for a start.
            }
            from = link.receiver();
        }
        return from;
    }

    /** Whether to go on after this; throws if not. */
    private boolean resolve(ClientReceiver from, ClientException e) throws JMSException {
        if (closed || from != link.receiver() || session.survives(e)) {
            return true;
        }
        throwFailure();
        throw Failures.of("cannot receive from " + spec.destination(), e);
    }

    private void throwFailure() throws JMSException {
        Exception reason = failure;
        if (reason != null) {
            throw Failures.withCause(
                    new JMSException(
                            "cannot receive from " + spec.destination() + ": " + reason.getMessage(), "closed"),
                    reason);
        }
    }

    /**
     * The next message that is here and fit for delivery; sets {@link #delivered}.
     *
     * @param claims whether a listener is to get it
     */
    private @Nullable JmsMessage next(boolean claims) {
        session.delivery().lock().lock();
        try {
            while (session.delivery().isStarted() && !closed) {
                Delivered candidate = link.poll();
                if (candidate == null) {
                    return null;
                }
                JmsMessage message = session.delivery().screen(candidate, spec);
                if (message != null) {
                    delivered = candidate;
                    if (claims) {
                        session.delivery().claim(this, candidate);
                    }
                    return message;
                }
            }
            return null;
        } finally {
            session.delivery().lock().unlock();
        }
    }

    /** Does what the acknowledgement mode says when a message is received; answers whether the application may have it. */
    private boolean received(JmsMessage message) throws JMSException {
        Delivered now = delivered;
        return now != null && session.delivery().received(now, message);
    }

    // --- listening

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        checkOpen();
        return listener;
    }

    @Override
    public void setMessageListener(@Nullable MessageListener told) throws JMSException {
        checkOpen();
        session.delivery().lock().lock();
        try {
            listener = told;
        } finally {
            session.delivery().lock().unlock();
        }
        if (told != null) {
            wakeListener();
        } else {
            session.delivery()
                    .awaitQuiet(this, Deadline.in(session.settings().timeouts().closeMs()));
        }
    }

    boolean isListening() {
        return listener != null;
    }

    /** Has the listener get what is here, on the session's thread. Never blocks for long. */
    void wakeListener() {
        session.delivery().lock().lock();
        try {
            if (listener == null || scheduled || closed || !session.delivery().isStarted()) {
                return;
            }
            scheduled = true;
        } finally {
            session.delivery().lock().unlock();
        }
        session.delivery().dispatch(this::takeTurn);
    }

    private void takeTurn() {
        session.delivery().lock().lock();
        try {
            scheduled = false;
        } finally {
            session.delivery().lock().unlock();
        }
        receiving.lock();
        try {
            tellListener();
        } finally {
            receiving.unlock();
        }
    }

    private void tellListener() {
        for (int count = 0; count < TURN; count++) {
            MessageListener told = listener;
            if (told == null || closed || !session.delivery().isStarted()) {
                return;
            }
            JmsMessage message = next(true);
            if (message == null) {
                if (!fetchHere()) {
                    return;
                }
                continue;
            }
            Delivered now = delivered;
            if (now != null) {
                session.delivery().deliver(now, message, told);
            }
        }
        wakeListener();
    }

    private boolean fetchHere() {
        ClientReceiver from = link.receiver();
        if (from == null) {
            return false;
        }
        try {
            boolean came = link.fetch(from, 0);
            if (!came) {
                link.pull(from);
            }
            return came;
        } catch (ClientException e) {
            session.survives(e);
            return false;
        }
    }

    // --- the end

    /** The server closed the link, or the connection is gone. On the engine's loop. */
    private void ended(ClientException why) {
        if (session.endsWithItsConnection(why)) {
            return;
        }
        session.later(() -> fail(why));
    }

    /** It cannot be used any more. */
    void fail(Exception why) {
        if (!closed) {
            failure = why;
            boolean heard = listener != null;
            closeQuietly();
            if (heard) {
                session.connection()
                        .report(Failures.withCause(
                                new JMSException(
                                        "the consumer of " + spec.destination() + " was closed: " + why.getMessage(),
                                        "closed"),
                                why));
            }
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (JMSException e) {
            // It is closed, and what could not be said to the server is said by the end of the session.
        }
    }

    @Override
    public void close() throws JMSException {
        session.delivery().lock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            session.delivery().lock().unlock();
        }
        session.delivery().wake();
        link.wake();
        boolean alone = awaitReceiver();
        try {
            session.consumers().remove(this);
        } finally {
            if (alone) {
                receiving.unlock();
            }
        }
    }

    /** Marks it closed with its session, which does the rest. */
    void closeWithSession(@Nullable Exception why) {
        if (why != null && failure == null) {
            failure = why;
        }
        closed = true;
        link.wake();
    }

    private boolean awaitReceiver() {
        try {
            return receiving.tryLock(session.settings().timeouts().closeMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void checkOpen() throws IllegalStateException {
        if (closed) {
            throw Failures.closed("the consumer of " + spec.destination(), failure);
        }
        session.checkOpen();
    }

    // --- what it is

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        checkOpen();
        return spec.selector();
    }

    @Override
    public Queue getQueue() throws JMSException {
        checkOpen();
        if (spec.destination() instanceof Queue queue) {
            return queue;
        }
        throw new IllegalStateException("this consumes from a topic", "not-a-queue");
    }

    @Override
    public Topic getTopic() throws JMSException {
        checkOpen();
        if (spec.destination() instanceof Topic topic) {
            return topic;
        }
        throw new IllegalStateException("this consumes from a queue", "not-a-topic");
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        checkOpen();
        return spec.noLocal();
    }

    /** Where it consumes from. */
    WaybillDestination destination() {
        return spec.destination();
    }
}
