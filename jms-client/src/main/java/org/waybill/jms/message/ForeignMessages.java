package org.waybill.jms.message;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.Enumeration;

/**
 * Messages of other providers as ours (Jakarta Messaging 3.1, section 3.12): what an application sets, by what an application may
 * read. What a provider sets is left to the sending.
 */
final class ForeignMessages {
    private static final int COPIED_BYTES = 8192;

    private ForeignMessages() {}

    static JmsMessage convert(Message foreign, Messages messages) throws JMSException {
        JmsMessage ours = body(foreign, messages);
        ours.setJMSReplyTo(foreign.getJMSReplyTo());
        ours.setJMSType(foreign.getJMSType());
        correlation(foreign, ours);
        Enumeration<?> names = foreign.getPropertyNames();
        while (names.hasMoreElements()) {
            String name = String.valueOf(names.nextElement());
            if (!PropertyNames.isProviders(name)) {
                ours.putProperty(name, foreign.getObjectProperty(name));
            }
        }
        return ours;
    }

    /** As a string, which all providers have; as bytes where they can only give these. */
    private static void correlation(Message foreign, JmsMessage ours) throws JMSException {
        String id = foreign.getJMSCorrelationID();
        if (id != null) {
            ours.setJMSCorrelationID(id);
            return;
        }
        try {
            ours.setJMSCorrelationIDAsBytes(foreign.getJMSCorrelationIDAsBytes());
        } catch (JMSException | UnsupportedOperationException e) {
            // Providers need not have correlation ids of bytes.
            ours.setJMSCorrelationID(null);
        }
    }

    private static JmsMessage body(Message foreign, Messages messages) throws JMSException {
        if (foreign instanceof TextMessage text) {
            return messages.createTextMessage(text.getText());
        }
        if (foreign instanceof BytesMessage bytes) {
            return bytes(bytes, messages.createBytesMessage());
        }
        if (foreign instanceof MapMessage map) {
            return map(map, messages.createMapMessage());
        }
        if (foreign instanceof StreamMessage stream) {
            return stream(stream, messages.createStreamMessage());
        }
        if (foreign instanceof ObjectMessage object) {
            return messages.createObjectMessage(object.getObject());
        }
        return messages.createMessage();
    }

    private static JmsMessage bytes(BytesMessage foreign, JmsBytesMessage ours) throws JMSException {
        foreign.reset();
        byte[] part = new byte[(int) Math.max(1, Math.min(COPIED_BYTES, foreign.getBodyLength()))];
        for (int count = foreign.readBytes(part); count > 0; count = foreign.readBytes(part)) {
            ours.writeBytes(part, 0, count);
        }
        return ours;
    }

    private static JmsMessage map(MapMessage foreign, JmsMapMessage ours) throws JMSException {
        Enumeration<?> names = foreign.getMapNames();
        while (names.hasMoreElements()) {
            String name = String.valueOf(names.nextElement());
            ours.setObject(name, foreign.getObject(name));
        }
        return ours;
    }

    private static JmsMessage stream(StreamMessage foreign, JmsStreamMessage ours) throws JMSException {
        foreign.reset();
        try {
            while (true) {
                ours.writeObject(foreign.readObject());
            }
        } catch (MessageEOFException e) {
            // The specification's way to say that this was all.
            return ours;
        }
    }

    /** Gives the application's message what the sending of its copy made known. */
    static void returnHeaders(JmsMessage sent, Message foreign) throws JMSException {
        foreign.setJMSDestination(sent.getJMSDestination());
        foreign.setJMSDeliveryMode(sent.getJMSDeliveryMode());
        foreign.setJMSPriority(sent.getJMSPriority());
        foreign.setJMSMessageID(sent.getJMSMessageID());
        foreign.setJMSTimestamp(sent.getJMSTimestamp());
        foreign.setJMSExpiration(sent.getJMSExpiration());
        foreign.setJMSDeliveryTime(sent.getJMSDeliveryTime());
    }
}
