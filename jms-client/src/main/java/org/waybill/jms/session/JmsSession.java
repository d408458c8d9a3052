package org.waybill.jms.session;

import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
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
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.destination.WaybillTopic;
import org.waybill.jms.metrics.Traffic;

/**
 * A session (JMS 6.2). One thread at a time uses it, but for {@link #close}, which is for any thread but those of its own listeners.
 *
 * <p>What happens behind the API is in {@link SessionWork}.
 */
public final class JmsSession implements QueueSession, TopicSession {
    private final SessionWork work;
    private final Domain domain;

    JmsSession(SessionWork work, Domain domain) {
        this.work = work;
        this.domain = domain;
    }

    SessionWork work() {
        return work;
    }

    // --- messages

    @Override
    public Message createMessage() throws JMSException {
        work.checkOpen();
        return work.messages().createMessage();
    }

    @Override
    public TextMessage createTextMessage() throws JMSException {
        return createTextMessage(null);
    }

    @Override
    public TextMessage createTextMessage(@Nullable String text) throws JMSException {
        work.checkOpen();
        return work.messages().createTextMessage(text);
    }

    @Override
    public BytesMessage createBytesMessage() throws JMSException {
        work.checkOpen();
        return work.messages().createBytesMessage();
    }

    @Override
    public MapMessage createMapMessage() throws JMSException {
        work.checkOpen();
        return work.messages().createMapMessage();
    }

    @Override
    public StreamMessage createStreamMessage() throws JMSException {
        work.checkOpen();
        return work.messages().createStreamMessage();
    }

    @Override
    public ObjectMessage createObjectMessage() throws JMSException {
        return createObjectMessage(null);
    }

    @Override
    public ObjectMessage createObjectMessage(@Nullable Serializable object) throws JMSException {
        work.checkOpen();
        return work.messages().createObjectMessage(object);
    }

    // --- destinations

    @Override
    public Queue createQueue(String name) throws JMSException {
        domain.checkQueues("createQueue");
        work.checkOpen();
        return new WaybillQueue(named(name));
    }

    @Override
    public Topic createTopic(String name) throws JMSException {
        domain.checkTopics("createTopic");
        work.checkOpen();
        return new WaybillTopic(named(name));
    }

    private static String named(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new InvalidDestinationException("a destination needs a name that is not empty", "invalid-name");
        }
        return name;
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        domain.checkQueues("createTemporaryQueue");
        work.checkOpen();
        return work.connection().temporaries().createQueue();
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        domain.checkTopics("createTemporaryTopic");
        work.checkOpen();
        return work.connection().temporaries().createTopic();
    }

    // --- producers

    @Override
    public MessageProducer createProducer(@Nullable Destination destination) throws JMSException {
        return work.producer(destination);
    }

    @Override
    public QueueSender createSender(@Nullable Queue queue) throws JMSException {
        domain.checkQueues("createSender");
        return work.producer(queue);
    }

    @Override
    public TopicPublisher createPublisher(@Nullable Topic topic) throws JMSException {
        domain.checkTopics("createPublisher");
        return work.producer(topic);
    }

    // --- consumers

    @Override
    public MessageConsumer createConsumer(Destination destination) throws JMSException {
        return createConsumer(destination, null, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String selector) throws JMSException {
        return createConsumer(destination, selector, false);
    }

    @Override
    public MessageConsumer createConsumer(Destination destination, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return work.consumers().consumer(destination, selector, noLocal, null, null);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue) throws JMSException {
        return createReceiver(queue, null);
    }

    @Override
    public QueueReceiver createReceiver(Queue queue, @Nullable String selector) throws JMSException {
        domain.checkQueues("createReceiver");
        return work.consumers().consumer(queue, selector, false, null, null);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic) throws JMSException {
        return createSubscriber(topic, null, false);
    }

    @Override
    public TopicSubscriber createSubscriber(Topic topic, @Nullable String selector, boolean noLocal)
            throws JMSException {
        domain.checkTopics("createSubscriber");
        return work.consumers().consumer(topic, selector, noLocal, null, null);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name) throws JMSException {
        return createDurableSubscriber(topic, name, null, false);
    }

    @Override
    public TopicSubscriber createDurableSubscriber(Topic topic, String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        domain.checkTopics("createDurableSubscriber");
        return durable(topic, name, selector, noLocal);
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name) throws JMSException {
        return createDurableConsumer(topic, name, null, false);
    }

    @Override
    public MessageConsumer createDurableConsumer(Topic topic, String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        domain.checkTopics("createDurableConsumer");
        return durable(topic, name, selector, noLocal);
    }

    private JmsMessageConsumer durable(Topic topic, String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        work.checkOpen();
        work.connection().checkHasClientId();
        return work.consumers().consumer(topic, selector, noLocal, Subscriptions.Kind.DURABLE, name);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name) throws JMSException {
        return createSharedConsumer(topic, name, null);
    }

    @Override
    public MessageConsumer createSharedConsumer(Topic topic, String name, @Nullable String selector)
            throws JMSException {
        domain.checkTopics("createSharedConsumer");
        return work.consumers().consumer(topic, selector, false, Subscriptions.Kind.SHARED, name);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name) throws JMSException {
        return createSharedDurableConsumer(topic, name, null);
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(Topic topic, String name, @Nullable String selector)
            throws JMSException {
        domain.checkTopics("createSharedDurableConsumer");
        return work.consumers().consumer(topic, selector, false, Subscriptions.Kind.SHARED_DURABLE, name);
    }

    @Override
    public void unsubscribe(String name) throws JMSException {
        domain.checkTopics("unsubscribe");
        work.checkOpen();
        work.unsubscribe(name);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue) throws JMSException {
        return createBrowser(queue, null);
    }

    @Override
    public QueueBrowser createBrowser(Queue queue, @Nullable String selector) throws JMSException {
        domain.checkQueues("createBrowser");
        return work.consumers().browser(queue, selector);
    }

    /** What it counts. */
    public Traffic traffic() {
        return work.traffic();
    }

    // --- transactions and acknowledgement

    @Override
    public boolean getTransacted() throws JMSException {
        work.checkOpen();
        return work.isTransacted();
    }

    @Override
    public int getAcknowledgeMode() throws JMSException {
        work.checkOpen();
        return work.acknowledgeMode();
    }

    @Override
    public void commit() throws JMSException {
        work.localTransaction("commit").commit();
    }

    @Override
    public void rollback() throws JMSException {
        work.localTransaction("roll back");
        work.rollBack();
    }

    /** Acknowledges all that was received, where the application does so; changes nothing in other modes ({@code JMSContext}). */
    public void acknowledge() throws JMSException {
        work.checkOpen();
        work.delivery().acknowledgeReceived();
    }

    @Override
    public void recover() throws JMSException {
        work.checkOpen();
        work.delivery().recover();
    }

    /**
     * Waits until everything that was sent in a transaction has its outcome; what was acknowledged in it is on its way then.
     *
     * @throws JMSException if that takes too long
     */
    public void settleTransactedWork() throws JMSException {
        work.sends().settleSends();
    }

    // --- as a server session

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        work.checkOpen();
        return work.loaded().listener();
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        work.checkOpen();
        work.loaded().listener(listener);
    }

    @Override
    public void run() {
        work.loaded().run();
    }

    @Override
    public void close() throws JMSException {
        work.checkNotListening("a session");
        work.sends().checkNotCompleting("a session");
        work.close(null);
    }

    /** Whether this is one of JMS's acknowledgement modes, or the one that is ours. */
    static int checkedMode(int mode) throws JMSException {
        return switch (mode) {
            case Session.AUTO_ACKNOWLEDGE,
                    Session.CLIENT_ACKNOWLEDGE,
                    Session.DUPS_OK_ACKNOWLEDGE,
                    Session.SESSION_TRANSACTED,
                    Delivery.INDIVIDUAL_ACKNOWLEDGE -> mode;
            default -> throw new JMSException("there is no acknowledgement mode " + mode, "invalid-value");
        };
    }

    static IllegalStateException notTransacted(String what) {
        return new IllegalStateException("cannot " + what + ": the session is not transacted", "not-transacted");
    }
}
