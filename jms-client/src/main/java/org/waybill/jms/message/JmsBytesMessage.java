package org.waybill.jms.message;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/** A message whose body is bytes: data, or an amqp-value that is binary. Received bytes are read where they came in. */
public final class JmsBytesMessage extends JmsMessage implements BytesMessage {
    static final byte TYPE = 3;

    private static final int INITIAL_BYTES = 256;

    /** What was written here; null while the body is the received one. */
    private @Nullable EncodeBuffer written;
    /** What is being read; null while the body is written, and before a received one is read. */
    private @Nullable ByteBuffer reading;

    JmsBytesMessage(Messages messages) {
        super(messages);
        written = new EncodeBuffer(INITIAL_BYTES);
    }

    JmsBytesMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
    }

    @Override
    byte type() {
        return TYPE;
    }

    @Override
    @Nullable
    String contentType() {
        return ReceivedBody.OCTETS;
    }

    @Override
    void encodeBody(EncodeBuffer out) {
        out.section(Wire.DATA);
        if (written == null) {
            out.putBinary(new byte[0], 0, 0);
        } else {
            out.putBinary(written.array(), 0, written.size());
        }
    }

    @Override
    void discardBody() {
        written = new EncodeBuffer(INITIAL_BYTES);
        reading = null;
    }

    /** All bytes, from the first on. */
    private ByteBuffer content() throws JMSException {
        Sections received = receivedBody();
        if (received != null) {
            return ReceivedBody.data(received);
        }
        return written == null ? ByteBuffer.allocate(0) : ByteBuffer.wrap(written.array(), 0, written.size());
    }

    @Override
    @Nullable
    Object body() throws JMSException {
        ByteBuffer content = content();
        if (!content.hasRemaining()) {
            return null;
        }
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    @Override
    Class<?> bodyClass(Object body) {
        return byte[].class;
    }

    /** As the specification says, resets the message. */
    @Override
    public <T> @Nullable T getBody(Class<T> type) throws JMSException {
        T body = super.getBody(type);
        reset();
        return body;
    }

    @Override
    public void reset() throws JMSException {
        reading = content().slice();
    }

    private ByteBuffer in() throws JMSException {
        if (reading == null) {
            if (receivedBody() == null) {
                throw new MessageNotReadableException("the message is being written; reset() makes it readable");
            }
            reading = content().slice();
        }
        return reading;
    }

    private ByteBuffer in(int bytes) throws JMSException {
        ByteBuffer in = in();
        if (in.remaining() < bytes) {
            throw new MessageEOFException("only " + in.remaining() + " bytes are left to read");
        }
        return in;
    }

    private EncodeBuffer out() throws JMSException {
        checkBodyWritable();
        if (reading != null || written == null) {
            throw new MessageNotWriteableException("the message is being read; clearBody() makes it writable");
        }
        return written;
    }

    @Override
    public long getBodyLength() throws JMSException {
        return in().limit();
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return in(1).get() != 0;
    }

    @Override
    public byte readByte() throws JMSException {
        return in(1).get();
    }

    @Override
    public int readUnsignedByte() throws JMSException {
        return in(1).get() & 0xFF;
    }

    @Override
    public short readShort() throws JMSException {
        return in(Short.BYTES).getShort();
    }

    @Override
    public int readUnsignedShort() throws JMSException {
        return in(Short.BYTES).getShort() & 0xFFFF;
    }

    @Override
    public char readChar() throws JMSException {
        return in(Character.BYTES).getChar();
    }

    @Override
    public int readInt() throws JMSException {
        return in(Integer.BYTES).getInt();
    }

    @Override
    public long readLong() throws JMSException {
        return in(Long.BYTES).getLong();
    }

    @Override
    public float readFloat() throws JMSException {
        return in(Float.BYTES).getFloat();
    }

    @Override
    public double readDouble() throws JMSException {
        return in(Double.BYTES).getDouble();
    }

    @Override
    public String readUTF() throws JMSException {
        ByteBuffer in = in();
        ByteArrayInputStream bytes =
                new ByteArrayInputStream(in.array(), in.arrayOffset() + in.position(), in.remaining());
        try {
            String text = new DataInputStream(bytes).readUTF();
            in.position(in.limit() - bytes.available());
            return text;
        } catch (EOFException e) {
            throw caused(new MessageEOFException("fewer bytes are left than the string has"), e);
        } catch (IOException e) {
            throw caused(new MessageFormatException("there is no string to read: " + e.getMessage()), e);
        }
    }

    private static JMSException caused(JMSException failure, Exception cause) {
        failure.initCause(cause);
        return failure;
    }

    @Override
    public int readBytes(byte[] value) throws JMSException {
        return readBytes(value, value.length);
    }

    @Override
    public int readBytes(byte[] value, int length) throws JMSException {
        ByteBuffer in = in();
        if (length < 0 || length > value.length) {
            throw new IndexOutOfBoundsException(length + " bytes into an array of " + value.length);
        }
        int count = Math.min(length, in.remaining());
        if (count == 0 && length > 0) {
            return -1;
        }
        in.get(value, 0, count);
        return count;
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        out().putByte(value ? 1 : 0);
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        out().putByte(value);
    }

    @Override
    public void writeShort(short value) throws JMSException {
        out().putShort(value);
    }

    @Override
    public void writeChar(char value) throws JMSException {
        out().putShort(value);
    }

    @Override
    public void writeInt(int value) throws JMSException {
        out().putInt(value);
    }

    @Override
    public void writeLong(long value) throws JMSException {
        out().putLong(value);
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        out().putInt(Float.floatToIntBits(value));
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        out().putLong(Double.doubleToLongBits(value));
    }

    @Override
    public void writeUTF(String value) throws JMSException {
        EncodeBuffer out = out();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length() + 2);
        try {
            new DataOutputStream(bytes).writeUTF(value);
        } catch (IOException e) {
            throw caused(new MessageFormatException("the string cannot be written: " + e.getMessage()), e);
        }
        out.putBytes(bytes.toByteArray(), 0, bytes.size());
    }

    @Override
    public void writeBytes(byte[] value) throws JMSException {
        out().putBytes(value, 0, value.length);
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        EncodeBuffer out = out();
        Objects.checkFromIndexSize(offset, length, value.length);
        out.putBytes(value, offset, length);
    }

    @Override
    public void writeObject(Object value) throws JMSException {
        EncodeBuffer out = out();
        if (value == null) {
            throw new NullPointerException("a bytes message has no null");
        }
        if (value instanceof byte[] bytes) {
            writeBytes(bytes);
        } else if (value instanceof String text) {
            writeUTF(text);
        } else if (value instanceof Integer number) {
            out.putInt(number);
        } else if (value instanceof Long number) {
            out.putLong(number);
        } else if (value instanceof Byte number) {
            out.putByte(number);
        } else if (value instanceof Short number) {
            out.putShort(number);
        } else if (value instanceof Character character) {
            out.putShort(character);
        } else if (value instanceof Boolean flag) {
            writeBoolean(flag);
        } else if (value instanceof Double number) {
            writeDouble(number);
        } else if (value instanceof Float number) {
            writeFloat(number);
        } else {
            throw new MessageFormatException(
                    "a bytes message cannot have a " + value.getClass().getName());
        }
    }
}
