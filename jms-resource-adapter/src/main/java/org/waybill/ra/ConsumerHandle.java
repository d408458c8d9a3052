package org.waybill.ra;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.session.BodyConsumer;

/** A consumer as an application in a server has it: it receives, and does not listen. */
final class ConsumerHandle implements QueueReceiver, TopicSubscriber, BodyConsumer {
    private final BodyConsumer consumer;

    ConsumerHandle(BodyConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public @Nullable Message receive() throws JMSException {
        return consumer.receive();
    }

    @Override
    public @Nullable Message receive(long timeoutMs) throws JMSException {
        return consumer.receive(timeoutMs);
    }

    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        return consumer.receiveNoWait();
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type, long timeoutMs) throws JMSException {
        return consumer.receiveBody(type, timeoutMs);
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        return consumer.getMessageSelector();
    }

    @Override
    public Queue getQueue() throws JMSException {
        return ((QueueReceiver) consumer).getQueue();
    }

    @Override
    public Topic getTopic() throws JMSException {
        return ((TopicSubscriber) consumer).getTopic();
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        return ((TopicSubscriber) consumer).getNoLocal();
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
    public void close() throws JMSException {
        consumer.close();
    }
}
