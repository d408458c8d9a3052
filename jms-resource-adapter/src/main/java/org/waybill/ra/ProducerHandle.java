package org.waybill.ra;

import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueSender;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import org.jspecify.annotations.Nullable;

/** A producer as an application in a server has it: it sends without completion listeners, which would run outside of the server. */
final class ProducerHandle implements QueueSender, TopicPublisher {
    private final MessageProducer producer;

    ProducerHandle(MessageProducer producer) {
        this.producer = producer;
    }

    // --- sending

    @Override
    public void send(Message message) throws JMSException {
        producer.send(message);
    }

    @Override
    public void send(Message message, int mode, int priority, long timeToLiveMs) throws JMSException {
        producer.send(message, mode, priority, timeToLiveMs);
    }

    @Override
    public void send(Destination to, Message message) throws JMSException {
        producer.send(to, message);
    }

    @Override
    public void send(Destination to, Message message, int mode, int priority, long timeToLiveMs) throws JMSException {
        producer.send(to, message, mode, priority, timeToLiveMs);
    }

    @Override
    public void send(Queue to, Message message) throws JMSException {
        producer.send(to, message);
    }

    @Override
    public void send(Queue to, Message message, int mode, int priority, long timeToLiveMs) throws JMSException {
        producer.send(to, message, mode, priority, timeToLiveMs);
    }

    @Override
    public void publish(Message message) throws JMSException {
        producer.send(message);
    }

    @Override
    public void publish(Message message, int mode, int priority, long timeToLiveMs) throws JMSException {
        producer.send(message, mode, priority, timeToLiveMs);
    }

    @Override
    public void publish(Topic to, Message message) throws JMSException {
        producer.send(to, message);
    }

    @Override
    public void publish(Topic to, Message message, int mode, int priority, long timeToLiveMs) throws JMSException {
        producer.send(to, message, mode, priority, timeToLiveMs);
    }

    // --- what is the server's

    @Override
    public void send(Message message, CompletionListener listener) throws JMSException {
        throw Forbidden.of("send with a completion listener");
    }

    @Override
    public void send(Message message, int mode, int priority, long timeToLiveMs, CompletionListener listener)
            throws JMSException {
        throw Forbidden.of("send with a completion listener");
    }

    @Override
    public void send(Destination to, Message message, CompletionListener listener) throws JMSException {
        throw Forbidden.of("send with a completion listener");
    }

    @Override
    public void send(
            Destination to, Message message, int mode, int priority, long timeToLiveMs, CompletionListener listener)
            throws JMSException {
        throw Forbidden.of("send with a completion listener");
    }

    // --- what it is

    @Override
    public boolean getDisableMessageID() throws JMSException {
        return producer.getDisableMessageID();
    }

    @Override
    public void setDisableMessageID(boolean disableMessageID) throws JMSException {
        producer.setDisableMessageID(disableMessageID);
    }

    @Override
    public boolean getDisableMessageTimestamp() throws JMSException {
        return producer.getDisableMessageTimestamp();
    }

    @Override
    public void setDisableMessageTimestamp(boolean disableMessageTimestamp) throws JMSException {
        producer.setDisableMessageTimestamp(disableMessageTimestamp);
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        return producer.getDeliveryMode();
    }

    @Override
    public void setDeliveryMode(int deliveryMode) throws JMSException {
        producer.setDeliveryMode(deliveryMode);
    }

    @Override
    public int getPriority() throws JMSException {
        return producer.getPriority();
    }

    @Override
    public void setPriority(int priority) throws JMSException {
        producer.setPriority(priority);
    }

    @Override
    public long getTimeToLive() throws JMSException {
        return producer.getTimeToLive();
    }

    @Override
    public void setTimeToLive(long timeMs) throws JMSException {
        producer.setTimeToLive(timeMs);
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        return producer.getDeliveryDelay();
    }

    @Override
    public void setDeliveryDelay(long delayMs) throws JMSException {
        producer.setDeliveryDelay(delayMs);
    }

    @Override
    public @Nullable Destination getDestination() throws JMSException {
        return producer.getDestination();
    }

    @Override
    public @Nullable Queue getQueue() throws JMSException {
        return ((QueueSender) producer).getQueue();
    }

    @Override
    public @Nullable Topic getTopic() throws JMSException {
        return ((TopicPublisher) producer).getTopic();
    }

    @Override
    public void close() throws JMSException {
        producer.close();
    }
}
