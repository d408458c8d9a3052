package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.StreamMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/** A message whose body is values one after the other: amqp-sequences, or an amqp-value that is a list. */
public final class JmsStreamMessage extends JmsMessage implements StreamMessage {
    static final byte TYPE = 4;

    private static final int NOT_IN_BYTES = -1;

    private @Nullable List<@Nullable Object> values;
    private boolean reading;
    private int next;
    /** How much of the next value, an array, was read already; {@link #NOT_IN_BYTES} if its reading has not begun. */
    private int bytesRead = NOT_IN_BYTES;

    JmsStreamMessage(Messages messages) {
        super(messages);
    }

    JmsStreamMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
        reading = true;
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

    private List<@Nullable Object> values() throws JMSException {
        if (values == null) {
            Sections received = receivedBody();
            values = received == null ? new ArrayList<>() : ReceivedBody.list(received);
        }
        return values;
    }

    @Override
    void encodeBody(EncodeBuffer out) throws JMSException {
        out.section(Wire.SEQUENCE);
        AmqpWriter.value(out, values());
    }

    @Override
    void discardBody() {
        values = null;
        reading = false;
        next = 0;
        bytesRead = NOT_IN_BYTES;
    }

    @Override
    Object body() throws JMSException {
        throw new MessageFormatException("the body of a stream message is read value by value");
    }

    @Override
    Class<?> bodyClass(Object body) {
        return Object.class;
    }

    @Override
    public void reset() {
        reading = true;
        next = 0;
        bytesRead = NOT_IN_BYTES;
    }

    /** The next value, which stays the next. */
    private @Nullable Object peek() throws JMSException {
        if (!reading) {
            throw new MessageNotReadableException("the message is being written; reset() makes it readable");
        }
        if (next >= values().size()) {
            throw new MessageEOFException("all " + next + " values were read");
        }
        return values().get(next);
    }

    /** The next value, which must not be an array that is half read. */
    private @Nullable Object whole() throws JMSException {
        Object value = peek();
        if (bytesRead != NOT_IN_BYTES) {
            throw new MessageFormatException("the bytes of an array are being read; readBytes reads the others");
        }
        return value;
    }

    @Override
    public boolean readBoolean() throws JMSException {
        boolean value = Conversion.toBoolean(whole());
        next++;
        return value;
    }

    @Override
    public byte readByte() throws JMSException {
        byte value = Conversion.toByte(whole());
        next++;
        return value;
    }

    @Override
    public short readShort() throws JMSException {
        short value = Conversion.toShort(whole());
        next++;
        return value;
    }

    @Override
    public char readChar() throws JMSException {
        char value = Conversion.toChar(whole());
        next++;
        return value;
    }

    @Override
    public int readInt() throws JMSException {
        int value = Conversion.toInt(whole());
        next++;
        return value;
    }

    @Override
    public long readLong() throws JMSException {
        long value = Conversion.toLong(whole());
        next++;
        return value;
    }

    @Override
    public float readFloat() throws JMSException {
        float value = Conversion.toFloat(whole());
        next++;
        return value;
    }

    @Override
    public double readDouble() throws JMSException {
        double value = Conversion.toDouble(whole());
        next++;
        return value;
    }

    @Override
    public @Nullable String readString() throws JMSException {
        String value = Conversion.toText(whole());
        next++;
        return value;
    }

    @Override
    public int readBytes(byte[] target) throws JMSException {
        byte[] source = Conversion.toBytes(peek());
        Objects.requireNonNull(target, "no array to read into");
        if (source == null) {
            next++;
            return -1;
        }
        if (bytesRead == NOT_IN_BYTES) {
            bytesRead = 0;
        } else if (bytesRead == source.length) {
            endOfBytes();
            return -1;
        }
        int count = Math.min(target.length, source.length - bytesRead);
        System.arraycopy(source, bytesRead, target, 0, count);
        bytesRead += count;
        if (count < target.length) {
            endOfBytes();
        }
        return count;
    }

    private void endOfBytes() {
        bytesRead = NOT_IN_BYTES;
        next++;
    }

    @Override
    public @Nullable Object readObject() throws JMSException {
        Object value = whole();
        next++;
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }

    @Override
    public void writeObject(@Nullable Object value) throws JMSException {
        checkBodyWritable();
        if (reading) {
            throw new MessageNotWriteableException("the message is being read; clearBody() makes it writable");
        }
        values().add(Conversion.element(value));
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeShort(short value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeChar(char value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeInt(int value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeLong(long value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeString(@Nullable String value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeBytes(byte @Nullable [] value) throws JMSException {
        writeObject(value);
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        writeObject(Arrays.copyOfRange(value, offset, offset + length));
    }
}
