package org.waybill.jms.context;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.session.BodyConsumer;
import org.waybill.jms.session.JmsSession;

/**
 * A context (JMS 2.8): a session on a connection that other contexts may share. For one thread at a time, but for {@link #close}.
 *
 * <p>The session is made when it is first needed, so that a client identifier can still be set. Only the XA context extends this.
 */
public class WaybillContext implements JMSContext {
    /**
     * Makes the session of a context.
     */
    public interface Sessions {
        /** A session of this mode on this connection. */
        Session create(Connection connection, int mode) throws JMSException;
    }

    /** Qpid JMS's mode in which each message is acknowledged by itself. */
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private final SharedConnection shared;
    private final int mode;
    private final Sessions sessions;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Session session;
    private @Nullable MessageProducer producer;
    private boolean closed;
    private volatile boolean autoStart = true;
    /**
     * The first context on a connection, which it closes if no other one was made of it that is still open.
     *
     * @param mode one of JMS's session modes
     */
    public WaybillContext(Connection connection, int mode) {
        this(connection, mode, WaybillContext::ordinary);
    }

    /** The same, with sessions of another kind. */
    protected WaybillContext(Connection connection, int mode, Sessions sessions) {
        this(new SharedConnection(connection), mode, sessions);
    }

    private WaybillContext(SharedConnection shared, int mode, Sessions sessions) {
        this.shared = shared;
        this.mode = mode;
        this.sessions = sessions;
    }

    private static Session ordinary(Connection connection, int mode) throws JMSException {
        return connection.createSession(mode == SESSION_TRANSACTED, mode);
    }

    /**
     * Refuses a mode that there is not, before anything is opened for it.
     *
     * @throws JMSRuntimeException if there is none
     */
    public static void checkMode(int mode) {
        if ((mode < SESSION_TRANSACTED || mode > DUPS_OK_ACKNOWLEDGE) && mode != INDIVIDUAL_ACKNOWLEDGE) {
            throw new JMSRuntimeException("there is no session mode " + mode + ": see the constants of JMSContext");
        }
    }

    /** The session, made now if there is none yet. */
    protected final Session session() {
        lock.lock();
        try {
            checkOpen();
            Session made = session;
            if (made == null) {
                made = sessions.create(connection(), mode);
                session = made;
            }
            return made;
        } catch (JMSException e) {
            throw Unchecked.of(e);
        } finally {
            lock.unlock();
        }
    }

    private Connection connection() {
        return shared.connection();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateRuntimeException("the context is closed", "closed");
        }
    }

    /** The one producer behind all of {@link #createProducer}: it has no destination, and what they set goes with each message. */
    final MessageProducer producer() {
        lock.lock();
        try {
            MessageProducer made = producer;
            if (made == null) {
                made = session().createProducer(null);
                producer = made;
            }
            return made;
        } catch (JMSException e) {
            throw Unchecked.of(e);
        } finally {
            lock.unlock();
        }
    }

    // --- other contexts, producers, consumers

    @Override
    public JMSContext createContext(int sessionMode) {
        checkMode(sessionMode);
        lock.lock();
        try {
            checkOpen();
            shared.enter();
        } finally {
            lock.unlock();
        }
        return new WaybillContext(shared, sessionMode, WaybillContext::ordinary);
    }

    @Override
    public JMSProducer createProducer() {
        return new ContextProducer(this, session());
    }

    @Override
    public JMSConsumer createConsumer(Destination destination) {
        return consumer(() -> session().createConsumer(destination));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String selector) {
        return consumer(() -> session().createConsumer(destination, selector));
    }

    @Override
    public JMSConsumer createConsumer(Destination destination, @Nullable String selector, boolean noLocal) {
        return consumer(() -> session().createConsumer(destination, selector, noLocal));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name) {
        return consumer(() -> session().createDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createDurableConsumer(Topic topic, String name, @Nullable String selector, boolean noLocal) {
        return consumer(() -> session().createDurableConsumer(topic, name, selector, noLocal));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name) {
        return consumer(() -> session().createSharedDurableConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String selector) {
        return consumer(() -> session().createSharedDurableConsumer(topic, name, selector));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name) {
        return consumer(() -> session().createSharedConsumer(topic, name));
    }

    @Override
    public JMSConsumer createSharedConsumer(Topic topic, String name, @Nullable String selector) {
        return consumer(() -> session().createSharedConsumer(topic, name, selector));
    }

    private JMSConsumer consumer(Unchecked.Call<MessageConsumer> making) {
        // All consumers of this client's sessions are of that kind.
        BodyConsumer consumer = (BodyConsumer) Unchecked.get(making);
        startIfWanted();
        return new ContextConsumer(consumer);
    }

    private void startIfWanted() {
        if (autoStart) {
            start();
        }
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) {
        return createBrowser(queue, null);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String selector) {
        QueueBrowser browser = Unchecked.get(() -> session().createBrowser(queue, selector));
        startIfWanted();
        return browser;
    }

    @Override
    public void unsubscribe(String name) {
        Unchecked.run(() -> session().unsubscribe(name));
    }

    // --- messages and destinations

    @Override
    public Message createMessage() {
        return Unchecked.get(() -> session().createMessage());
    }

    @Override
    public BytesMessage createBytesMessage() {
        return Unchecked.get(() -> session().createBytesMessage());
    }

    @Override
    public MapMessage createMapMessage() {
        return Unchecked.get(() -> session().createMapMessage());
    }

    @Override
    public StreamMessage createStreamMessage() {
        return Unchecked.get(() -> session().createStreamMessage());
    }

    @Override
    public ObjectMessage createObjectMessage() {
        return Unchecked.get(() -> session().createObjectMessage());
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) {
        return Unchecked.get(() -> session().createObjectMessage(object));
    }

    @Override
    public TextMessage createTextMessage() {
        return Unchecked.get(() -> session().createTextMessage());
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) {
        return Unchecked.get(() -> session().createTextMessage(text));
    }

    @Override
    public Queue createQueue(String name) {
        return Unchecked.get(() -> session().createQueue(name));
    }

    @Override
    public Topic createTopic(String name) {
        return Unchecked.get(() -> session().createTopic(name));
    }

    @Override
    public TemporaryQueue createTemporaryQueue() {
        return Unchecked.get(() -> session().createTemporaryQueue());
    }

    @Override
    public TemporaryTopic createTemporaryTopic() {
        return Unchecked.get(() -> session().createTemporaryTopic());
    }

    // --- the connection

    @Override
    public @Nullable String getClientID() {
        return Unchecked.ask(() -> connection().getClientID());
    }

    @Override
    public void setClientID(String clientId) {
        Unchecked.run(() -> connection().setClientID(clientId));
    }

    @Override
    public ConnectionMetaData getMetaData() {
        return Unchecked.get(() -> connection().getMetaData());
    }

    @Override
    public @Nullable ExceptionListener getExceptionListener() {
        return Unchecked.ask(() -> connection().getExceptionListener());
    }

    @Override
    public void setExceptionListener(@Nullable ExceptionListener listener) {
        Unchecked.run(() -> connection().setExceptionListener(listener));
    }

    @Override
    public void start() {
        Unchecked.run(() -> connection().start());
    }

    @Override
    public void stop() {
        Unchecked.run(() -> connection().stop());
    }

    @Override
    public void setAutoStart(boolean starts) {
        autoStart = starts;
    }

    @Override
    public boolean getAutoStart() {
        return autoStart;
    }

    // --- the session

    @Override
    public boolean getTransacted() {
        return mode == SESSION_TRANSACTED;
    }

    @Override
    public int getSessionMode() {
        return mode;
    }

    @Override
    public void commit() {
        Unchecked.run(() -> session().commit());
    }

    @Override
    public void rollback() {
        Unchecked.run(() -> session().rollback());
    }

    @Override
    public void recover() {
        Unchecked.run(() -> session().recover());
    }

    @Override
    public void acknowledge() {
        if (!(session() instanceof JmsSession ours)) {
            throw new IllegalStateRuntimeException("the application server acknowledges what is received", "managed");
        }
        Unchecked.run(ours::acknowledge);
    }

    /**
     * Closes the session, and the connection if no other context uses it. From a listener of the context's own it is refused, and the
     * context stays as it is.
     */
    @Override
    public void close() {
        Session made;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            made = session;
        } finally {
            lock.unlock();
        }
        try {
            if (made != null) {
                made.close();
            }
        } catch (jakarta.jms.IllegalStateException e) {
            throw Unchecked.of(e);
        } catch (JMSException e) {
            leaveAfter(e);
            throw Unchecked.of(e);
        }
        Unchecked.run(this::leave);
    }

    private void leaveAfter(JMSException failure) {
        try {
            leave();
        } catch (JMSException e) {
            failure.addSuppressed(e);
        }
    }

    private void leave() throws JMSException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        shared.leave();
    }
}
