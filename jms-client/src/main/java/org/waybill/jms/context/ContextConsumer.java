package org.waybill.jms.context;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.session.BodyConsumer;

/** A consumer of a context. */
final class ContextConsumer implements JMSConsumer {
    private final BodyConsumer consumer;

    ContextConsumer(BodyConsumer consumer) {
        this.consumer = consumer;
    }

    @Override
    public @Nullable String getMessageSelector() {
        return Unchecked.ask(consumer::getMessageSelector);
    }

    @Override
    public @Nullable MessageListener getMessageListener() {
        return Unchecked.ask(consumer::getMessageListener);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener told) {
        Unchecked.run(() -> consumer.setMessageListener(told));
    }

    @Override
    public @Nullable Message receive() {
        try {
            return consumer.receive();
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public @Nullable Message receive(long timeoutMs) {
        try {
            return consumer.receive(timeoutMs);
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public @Nullable Message receiveNoWait() {
        try {
            return consumer.receiveNoWait();
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type) {
        return body(type, 0);
    }

    @Override
    public <T> @Nullable T receiveBody(Class<T> type, long timeoutMs) {
        return body(type, Math.max(0, timeoutMs));
    }

    @Override
    public <T> @Nullable T receiveBodyNoWait(Class<T> type) {
        return body(type, -1);
    }

    private <T> @Nullable T body(Class<T> type, long timeoutMs) {
        try {
            return consumer.receiveBody(type, timeoutMs);
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public void close() {
        Unchecked.run(consumer::close);
    }
}
