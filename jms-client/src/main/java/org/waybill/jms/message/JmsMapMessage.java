package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/** A message whose body is names and values: an amqp-value that is a map. */
public final class JmsMapMessage extends JmsMessage implements MapMessage {
    static final byte TYPE = 2;

    private @Nullable Map<String, @Nullable Object> entries;

    JmsMapMessage(Messages messages) {
        super(messages);
    }

    JmsMapMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
    }

    @Override
    byte type() {
        return TYPE;
    }

    @Override
    @Nullable
    String contentType() {
        return null;
    }

    private Map<String, @Nullable Object> entries() throws JMSException {
        if (entries == null) {
            entries = new LinkedHashMap<>();
            Sections received = receivedBody();
            if (received != null) {
                for (Map.Entry<?, ?> entry : ReceivedBody.map(received).entrySet()) {
                    entries.put(String.valueOf(entry.getKey()), entry.getValue());
                }
            }
        }
        return entries;
    }

    @Override
    void encodeBody(EncodeBuffer out) throws JMSException {
        out.section(Wire.VALUE);
        AmqpWriter.value(out, entries());
    }

    @Override
    void discardBody() {
        entries = null;
    }

    @Override
    @Nullable
    Object body() throws JMSException {
        if (entries().isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(entries());
        copy.replaceAll((name, value) -> value instanceof byte[] bytes ? bytes.clone() : value);
        return copy;
    }

    @Override
    Class<?> bodyClass(Object body) {
        return Map.class;
    }

    private @Nullable Object get(String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("an entry without a name");
        }
        return entries().get(name);
    }

    @Override
    public void setObject(String name, @Nullable Object value) throws JMSException {
        checkBodyWritable();
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("an entry without a name");
        }
        entries().put(name, Conversion.element(value));
    }

    @Override
    public @Nullable Object getObject(String name) throws JMSException {
        Object value = get(name);
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }

    @Override
    public boolean itemExists(String name) throws JMSException {
        return entries().containsKey(name);
    }

    @Override
    public Enumeration<String> getMapNames() throws JMSException {
        return Collections.enumeration(entries().keySet());
    }

    @Override
    public boolean getBoolean(String name) throws JMSException {
        return Conversion.toBoolean(get(name));
    }

    @Override
    public byte getByte(String name) throws JMSException {
        return Conversion.toByte(get(name));
    }

    @Override
    public short getShort(String name) throws JMSException {
        return Conversion.toShort(get(name));
    }

    @Override
    public char getChar(String name) throws JMSException {
        return Conversion.toChar(get(name));
    }

    @Override
    public int getInt(String name) throws JMSException {
        return Conversion.toInt(get(name));
    }

    @Override
    public long getLong(String name) throws JMSException {
        return Conversion.toLong(get(name));
    }

    @Override
    public float getFloat(String name) throws JMSException {
        return Conversion.toFloat(get(name));
    }

    @Override
    public double getDouble(String name) throws JMSException {
        return Conversion.toDouble(get(name));
    }

    @Override
    public @Nullable String getString(String name) throws JMSException {
        return Conversion.toText(get(name));
    }

    @Override
    public byte @Nullable [] getBytes(String name) throws JMSException {
        byte[] bytes = Conversion.toBytes(get(name));
        return bytes == null ? null : bytes.clone();
    }

    @Override
    public void setBoolean(String name, boolean value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setByte(String name, byte value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setShort(String name, short value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setChar(String name, char value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setInt(String name, int value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setLong(String name, long value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setFloat(String name, float value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setDouble(String name, double value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setString(String name, @Nullable String value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setBytes(String name, byte @Nullable [] value) throws JMSException {
        setObject(name, value);
    }

    @Override
    public void setBytes(String name, byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        setObject(name, Arrays.copyOfRange(value, offset, offset + length));
    }
}
