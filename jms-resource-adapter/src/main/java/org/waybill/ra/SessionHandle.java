package org.waybill.ra;

import jakarta.jms.BytesMessage;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.jms.session.BodyConsumer;

/**
 * A session as an application in a server has it: it works in whatever its {@link ManagedSession} works in. What was made of it ends
 * with it, and temporary destinations do, too. For one thread at a time, but for the server, which may end it.
 */
final class SessionHandle implements QueueSession, TopicSession {
    private static final Logger LOG = LoggerFactory.getLogger(SessionHandle.class);

    private interface Part {
        void end() throws JMSException;
    }

    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private volatile @Nullable ManagedSession managed;

    SessionHandle(ManagedSession managed) {
        this.managed = managed;
    }

    private ManagedSession managed() throws IllegalStateException {
        ManagedSession now = managed;
        if (now == null) {
            throw new IllegalStateException("the session is closed", "closed");
        }
        return now;
    }

    private Session session() throws IllegalStateException {
        return managed().session();
    }

    boolean isOpen() {
        return managed != null;
    }

    void start() throws JMSException {
        managed().start();
    }

    ConnectionMetaData metaData() throws JMSException {
        return managed().metaData();
    }

    @Nullable
    String clientId() throws JMSException {
        return managed().clientId();
    }

    // --- its end

    /** Gives it to another connection of the pool. What was made of it stays behind. */
    void moveTo(ManagedSession other) {
        ManagedSession before = managed;
        if (before != null && before != other) {
            endParts();
            before.forget(this);
        }
        managed = other;
    }

    @Override
    public void close() {
        ManagedSession last = managed;
        if (last != null) {
            endParts();
            managed = null;
            last.closed(this);
        }
    }

    /** The server ends it. */
    void end() {
        managed = null;
        endParts();
    }

    private void endParts() {
        // The latest first: consumers before the temporary destinations that they consume from.
        for (int index = parts.size() - 1; index >= 0; index--) {
            try {
                parts.get(index).end();
            } catch (JMSException e) {
                LOG.debug("Closing", e);
            }
        }
        parts.clear();
    }

    private MessageConsumer consumer(MessageConsumer made) {
        ConsumerHandle handle = new ConsumerHandle((BodyConsumer) made);
        parts.add(handle::close);
        return handle;
    }

    private ProducerHandle producer(@Nullable Destination to) throws JMSException {
        ProducerHandle handle = new ProducerHandle(session().createProducer(to));
        parts.add(handle::close);
        return handle;
    }

    // --- consumers and producers

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        return producer(destination);
    }

    @Override
    public QueueSender createSender(@Nullable Queue queue) throws JMSException {
        return producer(queue);
    }

    @Override
    public TopicPublisher createPublisher(@Nullable Topic topic) throws JMSException {
        return producer(topic);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination) throws JMSException {
        return consumer(session().createConsumer(destination));
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String selector) throws JMSException {
        return consumer(session().createConsumer(destination, selector));
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return consumer(session().createConsumer(destination, selector, noLocal));
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name) throws JMSException {
        return consumer(session().createSharedConsumer(topic, name));
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name, @Nullable String selector)
            throws JMSException {
        return consumer(session().createSharedConsumer(topic, name, selector));
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name) throws JMSException {
        return consumer(session().createDurableConsumer(topic, name));
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return consumer(session().createDurableConsumer(topic, name, selector, noLocal));
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name) throws JMSException {
        return consumer(session().createSharedDurableConsumer(topic, name));
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String selector)
            throws JMSException {
        return consumer(session().createSharedDurableConsumer(topic, name, selector));
    }

    @Override
    public QueueReceiver createReceiver(Queue queue) throws JMSException {
        return (QueueReceiver) createConsumer(queue);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue, @Nullable String selector) throws JMSException {
        return (QueueReceiver) createConsumer(queue, selector);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic) throws JMSException {
        return (TopicSubscriber) createConsumer(topic);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return (TopicSubscriber) createConsumer(topic, selector, noLocal);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name) throws JMSException {
        return (TopicSubscriber) createDurableConsumer(topic, name);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return (TopicSubscriber) createDurableConsumer(topic, name, selector, noLocal);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) throws JMSException {
        return createBrowser(queue, null);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String selector) throws JMSException {
        QueueBrowser browser = session().createBrowser(queue, selector);
        parts.add(browser::close);
        return browser;
    }

    @Override
    public void unsubscribe(String name) throws JMSException {
        session().unsubscribe(name);
    }

    // --- messages and destinations

    @Override
    public BytesMessage createBytesMessage() throws JMSException {
        return session().createBytesMessage();
    }

    @Override
    public MapMessage createMapMessage() throws JMSException {
        return session().createMapMessage();
    }

    @Override
    public Message createMessage() throws JMSException {
        return session().createMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        return session().createObjectMessage();
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        return session().createStreamMessage();
    }

    @Override
    public TextMessage createTextMessage() throws JMSException {
        return session().createTextMessage();
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) throws JMSException {
        return session().createObjectMessage(object);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) throws JMSException {
        return session().createTextMessage(text);
    }

    @Override
    public Queue createQueue(String name) throws JMSException {
        return session().createQueue(name);
    }

    @Override
    public Topic createTopic(String name) throws JMSException {
        return session().createTopic(name);
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        TemporaryQueue queue = session().createTemporaryQueue();
        parts.add(queue::delete);
        return queue;
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        TemporaryTopic topic = session().createTemporaryTopic();
        parts.add(topic::delete);
        return topic;
    }

    // --- what is the server's

    @Override
    public boolean getTransacted() throws JMSException {
        return session().getTransacted();
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        return session().getAcknowledgeMode();
    }

    @Override
    public void commit() throws JMSException {
        throw Forbidden.of("commit");
    }

    @Override
    public void rollback() throws JMSException {
        throw Forbidden.of("rollback");
    }

    @Override
    public void recover() throws JMSException {
        throw Forbidden.of("recover");
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        throw Forbidden.of("getMessageListener");
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        throw Forbidden.of("setMessageListener");
    }

    @Override
    public void run() {
        throw new UnsupportedOperationException("run is for application servers, not for applications in them");
    }
}
