package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;

/** A message whose body is a string: an amqp-value that is one, or data with a textual content type. */
public final class JmsTextMessage extends JmsMessage implements TextMessage {
    static final byte TYPE = 5;

    private @Nullable String text;
    private boolean decoded;

    JmsTextMessage(Messages messages) {
        super(messages);
    }

    JmsTextMessage(Messages messages, Sections received, WaybillDestination consumed) {
        super(messages, received, consumed);
    }

    @Override
    public @Nullable String getText() throws JMSException {
        Sections received = receivedBody();
        if (received != null && !decoded) {
            text = ReceivedBody.text(received);
            decoded = true;
        }
        return text;
    }

    @Override
    public void setText(@Nullable String text) throws JMSException {
        checkBodyWritable();
        this.text = text;
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

    @Override
    void encodeBody(EncodeBuffer out) throws JMSException {
        out.section(Wire.VALUE);
        AmqpWriter.value(out, text);
    }

    @Override
    void discardBody() {
        text = null;
    }

    @Override
    @Nullable
    Object body() throws JMSException {
        return getText();
    }

    @Override
    Class<?> bodyClass(Object body) {
        return String.class;
    }
}
