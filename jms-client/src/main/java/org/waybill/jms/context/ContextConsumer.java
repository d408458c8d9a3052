package org.waybill.jms.context;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.session.JmsMessageConsumer;

/** A consumer of a context. */
final class ContextConsumer implements JMSConsumer {
    private final WaybillContext context;
    private final JmsMessageConsumer consumer;
    private @Nullable MessageListener listener;

    ContextConsumer(WaybillContext context, JmsMessageConsumer consumer) {
        this.context = context;
        this.consumer = consumer;
    }

    @Override
    public @Nullable String getMessageSelector() {
        return Unchecked.get(consumer::getMessageSelector);
    }

    @Override
    public @Nullable MessageListener getMessageListener() {
        return Unchecked.get(consumer::getMessageListener) == null ? null : listener;
    }

    @Override
    public void setMessageListener(@Nullable MessageListener told) {
        Unchecked.run(() -> consumer.setMessageListener(told == null ? null : message -> {
            context.received(message);
            told.onMessage(message);
        }));
        listener = told;
    }

    @Override
    public @Nullable Message receive() {
        try {
            return noted(consumer.receive());
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public @Nullable Message receive(long timeoutMs) {
        try {
            return noted(consumer.receive(timeoutMs));
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public @Nullable Message receiveNoWait() {
        try {
            return noted(consumer.receiveNoWait());
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    private @Nullable Message noted(@Nullable Message message) {
        context.received(message);
        return message;
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
            return consumer.receiveBody(type, timeoutMs, context::received);
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    @Override
    public void close() {
        Unchecked.run(consumer::close);
    }
}
