package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/**
 * A message whose body is an object: data that is its serial form, or, if {@code JMS_AMQP_TYPED_ENCODING} is set, a value of AMQP,
 * which other languages understand.
 *
 * <p>Each {@link #getObject} makes a new object. Received serial forms are read as the {@link DeserializationPolicy} allows.
 */
public final class JmsObjectMessage extends JmsMessage implements ObjectMessage {
    static final byte TYPE = 1;

    private static final int INITIAL_BYTES = 512;
    /** What this program made itself needs no leave. */
    private static final @Nullable DeserializationPolicy TRUSTED = null;

    private boolean typed;
    /** The body made here, encoded: a serial form or a value of AMQP; null for no object. */
    private byte @Nullable [] made;

    JmsObjectMessage(Messages messages) {
        super(messages);
    }

    JmsObjectMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
        typed = received.body == Wire.VALUE || received.body == Wire.SEQUENCE;
    }

    boolean isTyped() {
        return typed;
    }

    /** Changes how the body is encoded; an object that was set already is encoded anew. */
    void typed(boolean asAmqpValue) throws JMSException {
        if (asAmqpValue != typed && made != null) {
            Serializable object = getObject();
            typed = asAmqpValue;
            made = encoded(object);
        }
        typed = asAmqpValue;
    }

    @Override
    byte type() {
        return TYPE;
    }

    @Override
    @Nullable
    String contentType() {
        return typed ? null : ReceivedBody.SERIALIZED_OBJECT;
    }

    @Override
    public void setObject(@Nullable Serializable object) throws JMSException {
        checkBodyWritable();
        made = encoded(object);
    }

    private byte @Nullable [] encoded(@Nullable Serializable object) throws JMSException {
        if (object == null) {
            return null;
        }
        if (!typed) {
            return serialized(object);
        }
        EncodeBuffer out = new EncodeBuffer(INITIAL_BYTES);
        AmqpWriter.value(out, object);
        return Arrays.copyOf(out.array(), out.size());
    }

    private static byte[] serialized(@Nullable Serializable object) throws JMSException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BYTES);
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            MessageFormatException failure = new MessageFormatException("the object cannot be serialised: " + e);
            failure.initCause(e);
            throw failure;
        }
        return bytes.toByteArray();
    }

    @Override
    public @Nullable Serializable getObject() throws JMSException {
        Sections received = receivedBody();
        if (received != null) {
            return received(received);
        }
        if (made == null) {
            return null;
        }
        if (typed) {
            return (Serializable) new AmqpReader(made, 0, made.length).value();
        }
        return FilteredObjectInput.read(ByteBuffer.wrap(made), TRUSTED);
    }

    private @Nullable Serializable received(Sections received) throws JMSException {
        if (received.body == Sections.NONE) {
            return null;
        }
        if (received.body == Wire.VALUE) {
            return (Serializable) ReceivedBody.value(received);
        }
        if (received.body == Wire.SEQUENCE) {
            return (Serializable) ReceivedBody.list(received);
        }
        ByteBuffer data = ReceivedBody.data(received);
        return data.hasRemaining() ? FilteredObjectInput.read(data, messages().policy()) : null;
    }

    @Override
    void encodeBody(EncodeBuffer out) throws JMSException {
        if (typed) {
            out.section(Wire.VALUE);
            if (made == null) {
                out.putByte(Wire.NULL);
            } else {
                out.putBytes(made, 0, made.length);
            }
        } else {
            byte[] data = made == null ? serialized(null) : made;
            out.section(Wire.DATA);
            out.putBinary(data, 0, data.length);
        }
    }

    @Override
    void discardBody() {
        made = null;
        typed = false;
    }

    @Override
    @Nullable
    Object body() throws JMSException {
        return getObject();
    }

    @Override
    Class<?> bodyClass(Object body) {
        return body.getClass();
    }
}
