package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import java.io.Serializable;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.AddressPrefixes;
import org.waybill.jms.destination.WaybillDestination;

/** Makes, decodes and encodes the messages of a connection. Any thread. */
public final class Messages {
    private final DeserializationPolicy policy;
    private final boolean validatesPropertyNames;
    private final InstantSource clock;
    private volatile AddressPrefixes prefixes = AddressPrefixes.NONE;

    /**
     * Messages as a connection's options want them.
     *
     * @param policy what received objects may be
     * @param validatesPropertyNames whether properties must have names that selectors can use
     * @param clock the time when a message with a time to live comes in
     */
    public Messages(DeserializationPolicy policy, boolean validatesPropertyNames, InstantSource clock) {
        this.policy = policy;
        this.validatesPropertyNames = validatesPropertyNames;
        this.clock = clock;
    }

    /** Says how the peer wants names spelled; after each connect. */
    public void prefixes(AddressPrefixes ofPeer) {
        prefixes = ofPeer;
    }

    AddressPrefixes prefixes() {
        return prefixes;
    }

    DeserializationPolicy policy() {
        return policy;
    }

    boolean validatesPropertyNames() {
        return validatesPropertyNames;
    }

    long nowMs() {
        return clock.millis();
    }

    /** A message without a body. */
    public JmsMessage createMessage() {
        return new JmsPlainMessage(this);
    }

    /** A message of this text. */
    public JmsTextMessage createTextMessage(@Nullable String text) throws JMSException {
        JmsTextMessage message = new JmsTextMessage(this);
        message.setText(text);
        return message;
    }

    /** A message of bytes to be written. */
    public JmsBytesMessage createBytesMessage() {
        return new JmsBytesMessage(this);
    }

    /** A message of names and values. */
    public JmsMapMessage createMapMessage() {
        return new JmsMapMessage(this);
    }

    /** A message of values to be written. */
    public JmsStreamMessage createStreamMessage() {
        return new JmsStreamMessage(this);
    }

    /**
     * A message of this object as it is now.
     *
     * @throws JMSException if it cannot be serialised
     */
    public JmsObjectMessage createObjectMessage(@Nullable Serializable object) throws JMSException {
        JmsObjectMessage message = new JmsObjectMessage(this);
        message.setObject(object);
        return message;
    }

    /**
     * A received message; of the kind that its annotation says, or that its body is.
     *
     * @param encoded all its sections; the message keeps the array
     * @param consumed what it was received from: its destination if it does not say one itself
     * @throws MessageFormatException if it is none
     */
    public JmsMessage decode(byte[] encoded, WaybillDestination consumed) throws JMSException {
        Sections received = new Sections(encoded);
        int type = received.jmsType();
        return switch (type >= 0 ? type : ReceivedBody.type(received)) {
            case JmsPlainMessage.TYPE -> new JmsPlainMessage(this, received, consumed);
            case JmsTextMessage.TYPE -> new JmsTextMessage(this, received, consumed);
            case JmsBytesMessage.TYPE -> new JmsBytesMessage(this, received, consumed);
            case JmsMapMessage.TYPE -> new JmsMapMessage(this, received, consumed);
            case JmsStreamMessage.TYPE -> new JmsStreamMessage(this, received, consumed);
            case JmsObjectMessage.TYPE -> new JmsObjectMessage(this, received, consumed);
            default -> throw new MessageFormatException(
                    "x-opt-jms-msg-type of a received message is " + type + ", which is no type of JMS");
        };
    }

    /**
     * What is to be sent for an application's message: itself if it is ours, of whatever connection; else a copy of it.
     *
     * @throws JMSException if a copy cannot be made
     */
    public JmsMessage outgoing(Message any) throws JMSException {
        return any instanceof JmsMessage ours ? ours : ForeignMessages.convert(any, this);
    }

    /** Sets what the sending of a copy made known on the application's message: id, time, destination and so on. */
    public static void returnHeaders(JmsMessage sent, Message foreign) throws JMSException {
        ForeignMessages.returnHeaders(sent, foreign);
    }

    /**
     * Appends the encoded message, with the context of the trace that is current on this thread. It is complete: the message may be
     * changed afterwards.
     *
     * @param timeToLiveMs for the header, 0 for none; {@code JMS_AMQP_TTL} outweighs it
     * @param origin for producers whose messages are stored exactly once, else null
     * @throws JMSException if something in it cannot be encoded; then nothing was appended
     */
    public void encode(JmsMessage message, long timeToLiveMs, @Nullable Origin origin, EncodeBuffer out)
            throws JMSException {
        int begun = out.size();
        boolean done = false;
        try {
            message.trace();
            message.encode(prefixes, timeToLiveMs, origin, out);
            done = true;
        } finally {
            if (!done) {
                out.truncate(begun);
            }
        }
    }
}
