package org.waybill.jms.context;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A producer of a context: what it is told to set goes with each message that it sends. It needs nothing of the server's, so there may
 * be any number of them.
 */
final class ContextProducer implements JMSProducer {
    private final WaybillContext context;
    private final Session session;
    private int deliveryMode = Message.DEFAULT_DELIVERY_MODE;
    private int priority = Message.DEFAULT_PRIORITY;
    private long timeToLiveMs = Message.DEFAULT_TIME_TO_LIVE;
    private long deliveryDelayMs = Message.DEFAULT_DELIVERY_DELAY;
    private boolean disableMessageId;
    private boolean disableTimestamp;
    private @Nullable CompletionListener completion;
    private @Nullable String correlationId;
    private byte @Nullable [] correlationBytes;
    private @Nullable String type;
    private @Nullable Destination replyTo;
    /** The properties, as a message has them: it knows which names and types there are, and what converts to what. */
    private final Message properties;

    private final Set<String> names = new LinkedHashSet<>();

    ContextProducer(WaybillContext context, Session session) {
        this.context = context;
        this.session = session;
        this.properties = Unchecked.get(session::createMessage);
    }

    // --- sending

    @Override
    public JMSProducer send(@Nullable Destination destination, @Nullable Message message) {
        if (destination == null) {
            throw new InvalidDestinationRuntimeException(
                    "a message is sent to a destination, not to null", "no-destination");
        }
        if (message == null) {
            throw new MessageFormatRuntimeException("null is no message", "no-message");
        }
        try {
            fill(message);
            MessageProducer producer = context.producer();
            set(producer);
            CompletionListener told = completion;
            if (told == null) {
                producer.send(destination, message, deliveryMode, priority, timeToLiveMs);
            } else {
                producer.send(destination, message, deliveryMode, priority, timeToLiveMs, told);
            }
            return this;
        } catch (JMSException e) {
            throw Unchecked.of(e);
        }
    }

    private void fill(Message message) throws JMSException {
        for (String name : names) {
            message.setObjectProperty(name, properties.getObjectProperty(name));
        }
        if (correlationId != null) {
            message.setJMSCorrelationID(correlationId);
        } else if (correlationBytes != null) {
            message.setJMSCorrelationIDAsBytes(correlationBytes);
        }
        if (type != null) {
            message.setJMSType(type);
        }
        if (replyTo != null) {
            message.setJMSReplyTo(replyTo);
        }
    }

    /** The context's producer is shared: it is told anew what cannot be said with each message. */
    private void set(MessageProducer producer) throws JMSException {
        producer.setDeliveryDelay(deliveryDelayMs);
        producer.setDisableMessageID(disableMessageId);
        producer.setDisableMessageTimestamp(disableTimestamp);
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable String body) {
        return send(destination, Unchecked.get(() -> session.createTextMessage(body)));
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable Map<String, Object> body) {
        return send(destination, Unchecked.<Message>get(() -> {
            MapMessage message = session.createMapMessage();
            if (body != null) {
                for (Map.Entry<String, Object> entry : body.entrySet()) {
                    message.setObject(entry.getKey(), entry.getValue());
                }
            }
            return message;
        }));
    }

    @Override
    public JMSProducer send(Destination destination, byte @Nullable [] body) {
        return send(destination, Unchecked.<Message>get(() -> {
            BytesMessage message = session.createBytesMessage();
            if (body != null) {
                message.writeBytes(body);
            }
            return message;
        }));
    }

    @Override
    public JMSProducer send(Destination destination, @Nullable Serializable body) {
        return send(destination, Unchecked.<Message>get(() -> session.createObjectMessage(body)));
    }

    // --- how to send

    @Override
    public JMSProducer setDisableMessageID(boolean value) {
        disableMessageId = value;
        return this;
    }

    @Override
    public boolean getDisableMessageID() {
        return disableMessageId;
    }

    @Override
    public JMSProducer setDisableMessageTimestamp(boolean value) {
        disableTimestamp = value;
        return this;
    }

    @Override
    public boolean getDisableMessageTimestamp() {
        return disableTimestamp;
    }

    @Override
    public JMSProducer setDeliveryMode(int mode) {
        if (mode != DeliveryMode.PERSISTENT && mode != DeliveryMode.NON_PERSISTENT) {
            throw new JMSRuntimeException("there is no delivery mode " + mode + ": see the constants of DeliveryMode");
        }
        deliveryMode = mode;
        return this;
    }

    @Override
    public int getDeliveryMode() {
        return deliveryMode;
    }

    @Override
    public JMSProducer setPriority(int value) {
        if (value < 0 || value > 9) {
            throw new JMSRuntimeException("the priority is " + value + " but must be from 0 to 9");
        }
        priority = value;
        return this;
    }

    @Override
    public int getPriority() {
        return priority;
    }

    @Override
    public JMSProducer setTimeToLive(long valueMs) {
        timeToLiveMs = notNegative(valueMs, "time to live");
        return this;
    }

    @Override
    public long getTimeToLive() {
        return timeToLiveMs;
    }

    @Override
    public JMSProducer setDeliveryDelay(long valueMs) {
        deliveryDelayMs = notNegative(valueMs, "delivery delay");
        return this;
    }

    private static long notNegative(long valueMs, String what) {
        if (valueMs < 0) {
            throw new JMSRuntimeException("the " + what + " is " + valueMs + " ms but must not be negative");
        }
        return valueMs;
    }

    @Override
    public long getDeliveryDelay() {
        return deliveryDelayMs;
    }

    @Override
    public JMSProducer setAsync(@Nullable CompletionListener listener) {
        completion = listener;
        return this;
    }

    @Override
    public @Nullable CompletionListener getAsync() {
        return completion;
    }

    // --- headers

    @Override
    public JMSProducer setJMSCorrelationIDAsBytes(byte @Nullable [] value) {
        correlationBytes = value == null ? null : value.clone();
        correlationId = null;
        return this;
    }

    @Override
    public byte @Nullable [] getJMSCorrelationIDAsBytes() {
        if (correlationBytes != null) {
            return correlationBytes.clone();
        }
        String id = correlationId;
        return id == null ? null : id.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public JMSProducer setJMSCorrelationID(@Nullable String value) {
        correlationId = value;
        correlationBytes = null;
        return this;
    }

    @Override
    public @Nullable String getJMSCorrelationID() {
        byte[] bytes = correlationBytes;
        return bytes == null ? correlationId : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public JMSProducer setJMSType(@Nullable String value) {
        type = value;
        return this;
    }

    @Override
    public @Nullable String getJMSType() {
        return type;
    }

    @Override
    public JMSProducer setJMSReplyTo(@Nullable Destination value) {
        replyTo = value;
        return this;
    }

    @Override
    public @Nullable Destination getJMSReplyTo() {
        return replyTo;
    }

    // --- properties

    @Override
    public JMSProducer clearProperties() {
        Unchecked.run(properties::clearProperties);
        names.clear();
        return this;
    }

    @Override
    public boolean propertyExists(String name) {
        return names.contains(name);
    }

    @Override
    public Set<String> getPropertyNames() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(names));
    }

    @Override
    public JMSProducer setProperty(String name, @Nullable Object value) {
        Unchecked.run(() -> properties.setObjectProperty(name, value));
        names.add(name);
        return this;
    }

    @Override
    public JMSProducer setProperty(String name, boolean value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, byte value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, short value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, int value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, long value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, float value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, double value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public JMSProducer setProperty(String name, @Nullable String value) {
        return setProperty(name, (Object) value);
    }

    @Override
    public boolean getBooleanProperty(String name) {
        return Unchecked.get(() -> properties.getBooleanProperty(name));
    }

    @Override
    public byte getByteProperty(String name) {
        return Unchecked.get(() -> properties.getByteProperty(name));
    }

    @Override
    public short getShortProperty(String name) {
        return Unchecked.get(() -> properties.getShortProperty(name));
    }

    @Override
    public int getIntProperty(String name) {
        return Unchecked.get(() -> properties.getIntProperty(name));
    }

    @Override
    public long getLongProperty(String name) {
        return Unchecked.get(() -> properties.getLongProperty(name));
    }

    @Override
    public float getFloatProperty(String name) {
        return Unchecked.get(() -> properties.getFloatProperty(name));
    }

    @Override
    public double getDoubleProperty(String name) {
        return Unchecked.get(() -> properties.getDoubleProperty(name));
    }

    @Override
    public @Nullable String getStringProperty(String name) {
        return Unchecked.ask(() -> properties.getStringProperty(name));
    }

    @Override
    public @Nullable Object getObjectProperty(String name) {
        return Unchecked.ask(() -> properties.getObjectProperty(name));
    }
}
