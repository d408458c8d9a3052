package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Properties that are not the application's: they stand in other sections, or are orders to this client. */
enum SpecialProperty {
    /** The group of a message: group-id. */
    GROUP_ID("JMSXGroupID") {
        @Override
        @Nullable
        Object get(JmsMessage message) throws JMSException {
            return message.properties().groupId;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            message.properties().groupId = string(value);
        }
    },
    /** The number of a message in its group: group-sequence, whose upper half is negative here. */
    GROUP_SEQUENCE("JMSXGroupSeq") {
        @Override
        @Nullable
        Object get(JmsMessage message) throws JMSException {
            long sequence = message.properties().groupSequence;
            return sequence == PropertiesSection.NO_SEQUENCE ? null : (Object) (int) sequence;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            message.properties().groupSequence =
                    value == null ? PropertiesSection.NO_SEQUENCE : Integer.toUnsignedLong(Conversion.toInt(value));
        }
    },
    /** Who sent it: user-id. */
    USER_ID("JMSXUserID") {
        @Override
        @Nullable
        Object get(JmsMessage message) throws JMSException {
            return message.properties().userName();
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            message.properties().userName(string(value));
        }
    },
    /** The how manieth delivery this is: delivery-count + 1, of received messages. */
    DELIVERY_COUNT("JMSXDeliveryCount") {
        @Override
        @Nullable
        Object get(JmsMessage message) {
            return message.isReceived() ? (Object) (message.redeliveryCount() + 1) : null;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            throw new JMSException("JMSXDeliveryCount is set by the provider alone");
        }

        @Override
        void clear(JmsMessage message) {
            // It says something of the delivery, not of the message.
        }
    },
    /** The ttl of the header in ms, instead of what the producer's time to live makes it. */
    TIME_TO_LIVE("JMS_AMQP_TTL") {
        @Override
        @Nullable
        Object get(JmsMessage message) {
            long ttl = message.timeToLiveOverrideMs();
            return ttl == Sections.NONE ? null : (Object) ttl;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            long ttl = value == null ? Sections.NONE : Conversion.toLong(value);
            if (value != null && (ttl < 0 || ttl > 0xFFFFFFFFL)) {
                throw new MessageFormatException("JMS_AMQP_TTL is from 0 to 4294967295 ms, not " + ttl);
            }
            message.timeToLiveOverrideMs(ttl);
        }
    },
    /** The group to answer in: reply-to-group-id. */
    REPLY_TO_GROUP_ID("JMS_AMQP_REPLY_TO_GROUP_ID") {
        @Override
        @Nullable
        Object get(JmsMessage message) throws JMSException {
            return message.properties().replyToGroupId;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            message.properties().replyToGroupId = string(value);
        }
    },
    /** Whether the body of an object message is a value of AMQP rather than a serialised object. */
    TYPED_ENCODING("JMS_AMQP_TYPED_ENCODING") {
        @Override
        @Nullable
        Object get(JmsMessage message) {
            return message instanceof JmsObjectMessage object && object.isTyped() ? Boolean.TRUE : null;
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            if (!(message instanceof JmsObjectMessage object)) {
                throw new MessageFormatException("JMS_AMQP_TYPED_ENCODING is a property of object messages");
            }
            object.typed(Conversion.toBoolean(value));
        }
    },
    /** What {@code acknowledge} says of a received message: an {@link AckType}. The application may set it at any time. */
    ACK_TYPE("JMS_AMQP_ACK_TYPE") {
        @Override
        @Nullable
        Object get(JmsMessage message) {
            AckType type = message.ackType();
            return type == null ? null : (Object) type.code();
        }

        @Override
        void set(JmsMessage message, @Nullable Object value) throws JMSException {
            message.ackType(value == null ? null : AckType.of(Conversion.toInt(value)));
        }
    };

    private static final Map<String, SpecialProperty> BY_NAME = new HashMap<>();

    static {
        for (SpecialProperty property : values()) {
            BY_NAME.put(property.propertyName, property);
        }
    }

    private final String propertyName;

    SpecialProperty(String propertyName) {
        this.propertyName = propertyName;
    }

    /** The property of this name, or null if it is the application's. */
    static @Nullable SpecialProperty named(String name) {
        return name.startsWith("JMS") ? BY_NAME.get(name) : null;
    }

    String propertyName() {
        return propertyName;
    }

    /** Its value, or null if the message does not have it. */
    abstract @Nullable Object get(JmsMessage message) throws JMSException;

    abstract void set(JmsMessage message, @Nullable Object value) throws JMSException;

    void clear(JmsMessage message) throws JMSException {
        if (get(message) != null) {
            set(message, null);
        }
    }

    private static @Nullable String string(@Nullable Object value) throws JMSException {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new MessageFormatException(
                "this property is a string, not a " + value.getClass().getName());
    }
}
