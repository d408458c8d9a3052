package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.AddressPrefixes;
import org.waybill.jms.destination.WaybillDestination;

/**
 * A message of this client. Beyond Jakarta Messaging it has what a provider says of it; that may be called at any time, on
 * received messages too. Its body is its subclass's.
 *
 * <p>For one thread at a time. A received one keeps the bytes it came in.
 */
public abstract sealed class JmsMessage extends MessageHeaders
        permits JmsPlainMessage, JmsTextMessage, JmsBytesMessage, JmsMapMessage, JmsStreamMessage, JmsObjectMessage {
    private @Nullable Map<String, @Nullable Object> applicationProperties;
    /** Whether the application's properties are still those that were received; then they are read-only. */
    private boolean propertiesReceived;
    /** Whether the body is still the one that was received; then it is read-only. */
    private boolean bodyReceived;

    /** A new one. */
    JmsMessage(Messages messages) {
        super(messages);
    }

    /** A received one. */
    JmsMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
        bodyReceived = true;
        propertiesReceived = true;
    }

    /** The content type of a body made here. */
    abstract @Nullable String contentType();

    /** Writes the sections of a body made here. */
    abstract void encodeBody(EncodeBuffer out) throws JMSException;

    /** Forgets the body that was made or decoded here. */
    abstract void discardBody();

    final void encode(AddressPrefixes prefixes, long timeToLiveMs, @Nullable Origin origin, EncodeBuffer out)
            throws JMSException {
        encodeHeaders(timeToLiveMs, origin, out);
        Sections body = receivedBody();
        if (body == null) {
            properties().contentType = contentType();
            properties().contentEncoding = null;
        }
        encodeProperties(prefixes, out);
        Sections readOnly = receivedProperties();
        if (readOnly != null) {
            readOnly.copyApplicationProperties(out);
        } else if (applicationProperties != null && !applicationProperties.isEmpty()) {
            out.section(Wire.APPLICATION_PROPERTIES);
            AmqpWriter.value(out, applicationProperties);
        }
        if (body != null && body.body != Sections.NONE) {
            body.copyBody(out);
        } else {
            encodeBody(out);
        }
    }

    /** The sections whose body this message has, or null if its body was made here. */
    final @Nullable Sections receivedBody() {
        return bodyReceived ? received() : null;
    }

    /** The sections whose application properties this message has, or null if it has its own or none. */
    private @Nullable Sections receivedProperties() {
        Sections received = received();
        return propertiesReceived && received != null && received.hasApplicationProperties() ? received : null;
    }

    /**
     * The body as an object, or null if there is none.
     *
     * @throws MessageFormatException if it cannot be had so
     */
    abstract @Nullable Object body() throws JMSException;

    /** What the body may be assigned to is this or above it. */
    abstract Class<?> bodyClass(Object body);

    @Override
    @SuppressWarnings("rawtypes")
    public final boolean isBodyAssignableTo(Class type) throws JMSException {
        try {
            Object body = body();
            return body == null || isAssignable(type, body);
        } catch (MessageFormatException e) {
            return false;
        }
    }

    private boolean isAssignable(Class<?> type, Object body) {
        return type.isAssignableFrom(bodyClass(body));
    }

    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        Object body = body();
        if (body == null) {
            return null;
        }
        if (!isAssignable(type, body)) {
            throw new MessageFormatException(
                    "the body of a " + getClass().getSimpleName() + " cannot be had as " + type.getName());
        }
        return type.cast(body);
    }

    @Override
    public final void clearBody() {
        bodyReceived = false;
        discardBody();
    }

    final void checkBodyWritable() throws MessageNotWriteableException {
        if (bodyReceived) {
            throw new MessageNotWriteableException("the body of a received message is read-only until clearBody()");
        }
    }

    private Map<String, @Nullable Object> applicationProperties() throws JMSException {
        if (applicationProperties == null) {
            Sections readOnly = receivedProperties();
            applicationProperties = readOnly == null ? new LinkedHashMap<>() : decoded(readOnly);
        }
        return applicationProperties;
    }

    private static Map<String, @Nullable Object> decoded(Sections received) throws JMSException {
        Map<String, @Nullable Object> decoded = new LinkedHashMap<>();
        Object map = new AmqpReader(received.bytes, received.applicationAt(), received.bytes.length).value();
        if (map instanceof Map<?, ?> entries) {
            for (Map.Entry<?, ?> entry : entries.entrySet()) {
                decoded.put(String.valueOf(entry.getKey()), entry.getValue());
            }
        }
        return decoded;
    }

    private @Nullable Object property(String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a property without a name");
        }
        SpecialProperty special = SpecialProperty.named(name);
        return special != null ? special.get(this) : applicationProperties().get(name);
    }

    @Override
    public final void setObjectProperty(String name, @Nullable Object value) throws JMSException {
        PropertyNames.check(name, messages().validatesPropertyNames());
        putProperty(name, value);
    }

    /** Sets a property whose name needs no check. */
    final void putProperty(String name, @Nullable Object value) throws JMSException {
        SpecialProperty special = SpecialProperty.named(name);
        if (propertiesReceived && special != SpecialProperty.ACK_TYPE) {
            throw new MessageNotWriteableException(
                    "the properties of a received message are read-only until clearProperties()");
        }
        Object checked = Conversion.property(value);
        if (special != null) {
            special.set(this, checked);
        } else {
            applicationProperties().put(name, checked);
        }
    }

    @Override
    public final void clearProperties() throws JMSException {
        for (SpecialProperty special : SpecialProperty.values()) {
            special.clear(this);
        }
        propertiesReceived = false;
        applicationProperties = null;
    }

    @Override
    public final boolean propertyExists(String name) throws JMSException {
        SpecialProperty special = SpecialProperty.named(name);
        return special != null
                ? special.get(this) != null
                : applicationProperties().containsKey(name);
    }

    @Override
    public final Enumeration<String> getPropertyNames() throws JMSException {
        List<String> names = new ArrayList<>(applicationProperties().keySet());
        for (SpecialProperty special : SpecialProperty.values()) {
            if (special.get(this) != null) {
                names.add(special.propertyName());
            }
        }
        return Collections.enumeration(names);
    }

    @Override
    public final @Nullable Object getObjectProperty(String name) throws JMSException {
        return property(name);
    }

    @Override
    public final boolean getBooleanProperty(String name) throws JMSException {
        return Conversion.toBoolean(property(name));
    }

    @Override
    public final byte getByteProperty(String name) throws JMSException {
        return Conversion.toByte(property(name));
    }

    @Override
    public final short getShortProperty(String name) throws JMSException {
        return Conversion.toShort(property(name));
    }

    @Override
    public final int getIntProperty(String name) throws JMSException {
        return Conversion.toInt(property(name));
    }

    @Override
    public final long getLongProperty(String name) throws JMSException {
        return Conversion.toLong(property(name));
    }

    @Override
    public final float getFloatProperty(String name) throws JMSException {
        return Conversion.toFloat(property(name));
    }

    @Override
    public final double getDoubleProperty(String name) throws JMSException {
        return Conversion.toDouble(property(name));
    }

    @Override
    public final @Nullable String getStringProperty(String name) throws JMSException {
        return Conversion.toText(property(name));
    }

    @Override
    public final void setBooleanProperty(String name, boolean value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setByteProperty(String name, byte value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setShortProperty(String name, short value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setIntProperty(String name, int value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setLongProperty(String name, long value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setFloatProperty(String name, float value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setDoubleProperty(String name, double value) throws JMSException {
        setObjectProperty(name, value);
    }

    @Override
    public final void setStringProperty(String name, @Nullable String value) throws JMSException {
        setObjectProperty(name, value);
    }

    /** The kind of message and its id; never its content. */
    @Override
    public final String toString() {
        String id;
        try {
            id = getJMSMessageID();
        } catch (JMSException e) {
            id = e.getMessage();
        }
        return getClass().getSimpleName() + '[' + id + ']';
    }
}
