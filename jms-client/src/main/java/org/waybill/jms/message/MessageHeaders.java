package org.waybill.jms.message;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.AddressPrefixes;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.tracing.TraceCarrier;
import org.waybill.jms.tracing.Tracing;

/** The headers of a message: what JMS calls so, and what the provider says of it at send and at receive. */
abstract sealed class MessageHeaders implements Message, TraceCarrier permits JmsMessage {
    private final Messages messages;
    private final @Nullable Sections received;
    private final @Nullable WaybillDestination consumed;

    private @Nullable PropertiesSection properties;

    private boolean durable = true;
    private byte priority = DEFAULT_PRIORITY;
    private int redeliveryCount;
    private long expirationMs;
    private long timeToLiveOverrideMs = Sections.NONE;

    private @Nullable WaybillDestination destination;
    private @Nullable WaybillDestination replyTo;
    private boolean replyToKnown;
    private long deliveryTimeMs = Sections.NONE;
    private boolean delayed;

    /** The context of the trace that the sending under way belongs to; null where nothing is traced. */
    private @Nullable Map<String, String> traceFields;

    private @Nullable Acknowledgement acknowledgement;
    private @Nullable AckType ackType;

    /** Those of a new message. */
    MessageHeaders(Messages messages) {
        this.messages = messages;
        received = null;
        consumed = null;
        replyToKnown = true;
        deliveryTimeMs = 0;
        properties = new PropertiesSection();
    }

    /** Those of a received one. */
    MessageHeaders(Messages messages, Sections received, WaybillDestination consumed) {
        this.messages = messages;
        this.received = received;
        this.consumed = consumed;
        durable = received.durable;
        priority = received.priority;
        redeliveryCount = received.deliveryCount;
        if (received.absoluteExpiryMs != 0) {
            expirationMs = received.absoluteExpiryMs;
        } else if (received.timeToLiveMs > 0) {
            expirationMs = messages.nowMs() + received.timeToLiveMs;
        }
    }

    final Messages messages() {
        return messages;
    }

    final boolean isReceived() {
        return received != null;
    }

    /** The sections this message came in, or null if it was made here. */
    final @Nullable Sections received() {
        return received;
    }

    /** The section of this name, decoded; what is changed in it is sent. */
    final PropertiesSection properties() throws JMSException {
        if (properties == null) {
            properties = received == null ? new PropertiesSection() : received.properties();
        }
        return properties;
    }

    /** Sets what {@link #acknowledge} does; without one it does nothing. */
    public final void acknowledgement(@Nullable Acknowledgement what) {
        acknowledgement = what;
    }

    /** Sets an id that is a prefix, which begins with {@code ID:}, and a number; the string is made when it is asked for. */
    public final void assignMessageId(String prefix, long number) throws JMSException {
        properties().messageId(prefix, number);
    }

    /**
     * Sets when it is to be delivered.
     *
     * @param epochMs what {@link #getJMSDeliveryTime} answers
     * @param isDelayed whether the server is to wait for that time; otherwise it is not told
     */
    public final void deliveryTime(long epochMs, boolean isDelayed) {
        deliveryTimeMs = epochMs;
        delayed = isDelayed;
    }

    /** Sets who sent it: {@code JMSXUserID}. */
    public final void userId(@Nullable String name) throws JMSException {
        properties().userName(name);
    }

    /** When it expires, in ms since 1970; 0 for never. */
    public final long expirationMs() {
        return expirationMs;
    }

    /** How many deliveries of it failed: {@code JMSXDeliveryCount} - 1. */
    public final int redeliveryCount() {
        return redeliveryCount;
    }

    /** Sets how many deliveries of it failed. */
    public final void redeliveryCount(int count) {
        redeliveryCount = count;
    }

    /** Where it is sent to or came from; for a received message that does not say, what was consumed. */
    public final @Nullable WaybillDestination destination() throws JMSException {
        if (destination == null && received != null && consumed != null) {
            String to = properties().to;
            destination = to == null
                    ? consumed
                    : messages.prefixes().destination(to, Annotations.destinationKind(received), consumed);
        }
        return destination;
    }

    final long timeToLiveOverrideMs() {
        return timeToLiveOverrideMs;
    }

    final void timeToLiveOverrideMs(long ms) {
        timeToLiveOverrideMs = ms;
    }

    final @Nullable AckType ackType() {
        return ackType;
    }

    final void ackType(@Nullable AckType type) {
        ackType = type;
    }

    /** The value of {@code x-opt-jms-msg-type}. */
    abstract byte type();

    /** Writes the header and the annotations. */
    final void encodeHeaders(long timeToLiveMs, @Nullable Origin origin, EncodeBuffer out) throws JMSException {
        header(timeToLiveOverrideMs == Sections.NONE ? timeToLiveMs : timeToLiveOverrideMs, out);
        WaybillDestination to = destination();
        WaybillDestination answerTo = reply();
        long earliestMs = delayed ? deliveryTimeMs : Sections.NONE;
        Annotations.encode(out, received, type(), to, answerTo, earliestMs, origin, traceFields);
    }

    /** Takes the trace's context that is current on this thread along, instead of any other. */
    final void trace() {
        traceFields = null;
        Tracing.DETECTED.inject(this);
    }

    @Override
    public final void traceField(String name, String value) {
        if (traceFields == null) {
            traceFields = new TreeMap<>();
        }
        traceFields.put(name, value);
    }

    @Override
    public final @Nullable String traceField(String name) {
        try {
            String annotation = received == null ? null : Annotations.text(received, name);
            // Agents of OpenTelemetry know JMS but not AMQP, and use its properties.
            return annotation != null ? annotation : getStringProperty(name);
        } catch (JMSException e) {
            return null;
        }
    }

    /** Writes the section {@code properties} with the addresses as the peer wants them. */
    final void encodeProperties(AddressPrefixes prefixes, EncodeBuffer out) throws JMSException {
        PropertiesSection section = properties();
        WaybillDestination to = destination();
        WaybillDestination answerTo = reply();
        section.to = to == null ? null : prefixes.address(to);
        section.replyTo = answerTo == null ? null : prefixes.address(answerTo);
        section.encode(out, expirationMs);
    }

    private void header(long timeToLiveMs, EncodeBuffer out) {
        out.section(Wire.HEADER);
        int begun = out.begin(Wire.LIST8);
        out.putByte(durable ? Wire.TRUE : Wire.FALSE);
        boolean hasTtl = timeToLiveMs > 0 && timeToLiveMs <= 0xFFFFFFFFL;
        if (!hasTtl && priority == DEFAULT_PRIORITY) {
            out.end(begun, 1);
            return;
        }
        out.putByte(Wire.UBYTE);
        out.putByte(priority);
        if (hasTtl) {
            AmqpWriter.unsigned(out, timeToLiveMs);
        }
        out.end(begun, hasTtl ? 3 : 2);
    }

    @Override
    public final @Nullable String getJMSMessageID() throws JMSException {
        return MessageIds.message(properties().messageId());
    }

    @Override
    public final void setJMSMessageID(@Nullable String id) throws JMSException {
        properties().messageId(MessageIds.amqp(id));
    }

    @Override
    public final long getJMSTimestamp() throws JMSException {
        return properties().creationTimeMs;
    }

    @Override
    public final void setJMSTimestamp(long epochMs) throws JMSException {
        properties().creationTimeMs = epochMs;
    }

    @Override
    public final byte @Nullable [] getJMSCorrelationIDAsBytes() throws JMSException {
        Object id = properties().correlationId;
        if (id == null) {
            return null;
        }
        if (id instanceof byte[] binary) {
            return binary.clone();
        }
        throw new JMSException("the correlation id is not bytes but " + MessageIds.correlation(id));
    }

    @Override
    public final void setJMSCorrelationIDAsBytes(byte @Nullable [] id) throws JMSException {
        properties().correlationId = id == null ? null : id.clone();
    }

    @Override
    public final @Nullable String getJMSCorrelationID() throws JMSException {
        return MessageIds.correlation(properties().correlationId);
    }

    @Override
    public final void setJMSCorrelationID(@Nullable String id) throws JMSException {
        properties().correlationId = MessageIds.amqp(id);
    }

    @Override
    public final @Nullable Destination getJMSReplyTo() throws JMSException {
        return reply();
    }

    private @Nullable WaybillDestination reply() throws JMSException {
        if (!replyToKnown && received != null && consumed != null) {
            String address = properties().replyTo;
            replyTo = address == null || address.isEmpty()
                    ? null
                    : messages.prefixes().destination(address, Annotations.replyKind(received), consumed);
            replyToKnown = true;
        }
        return replyTo;
    }

    @Override
    public final void setJMSReplyTo(@Nullable Destination to) throws JMSException {
        replyTo = WaybillDestination.from(to);
        replyToKnown = true;
    }

    @Override
    public final @Nullable Destination getJMSDestination() throws JMSException {
        return destination();
    }

    @Override
    public final void setJMSDestination(@Nullable Destination to) throws JMSException {
        destination = WaybillDestination.from(to);
        if (destination == null) {
            properties().to = null;
        }
    }

    @Override
    public final int getJMSDeliveryMode() {
        return durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT;
    }

    @Override
    public final void setJMSDeliveryMode(int mode) throws JMSException {
        if (mode != DeliveryMode.PERSISTENT && mode != DeliveryMode.NON_PERSISTENT) {
            throw new JMSException("no delivery mode: " + mode);
        }
        durable = mode == DeliveryMode.PERSISTENT;
    }

    @Override
    public final boolean getJMSRedelivered() {
        return redeliveryCount > 0;
    }

    @Override
    public final void setJMSRedelivered(boolean redelivered) {
        redeliveryCount = redelivered ? Math.max(1, redeliveryCount) : 0;
    }

    @Override
    public final @Nullable String getJMSType() throws JMSException {
        return properties().subject;
    }

    @Override
    public final void setJMSType(@Nullable String type) throws JMSException {
        properties().subject = type;
    }

    @Override
    public final long getJMSExpiration() {
        return expirationMs;
    }

    @Override
    public final void setJMSExpiration(long epochMs) {
        expirationMs = epochMs;
    }

    @Override
    public final long getJMSDeliveryTime() throws JMSException {
        if (deliveryTimeMs == Sections.NONE) {
            long stated = received == null ? Sections.NONE : Annotations.deliveryTimeMs(received);
            deliveryTimeMs = stated == Sections.NONE ? getJMSTimestamp() : stated;
        }
        return deliveryTimeMs;
    }

    @Override
    public final void setJMSDeliveryTime(long epochMs) {
        deliveryTime(epochMs, epochMs != 0);
    }

    @Override
    public final int getJMSPriority() {
        return priority;
    }

    @Override
    public final void setJMSPriority(int priority) throws JMSException {
        if (priority < 0 || priority > 9) {
            throw new JMSException("priorities are from 0 to 9, not " + priority);
        }
        this.priority = (byte) priority;
    }

    @Override
    public final void acknowledge() throws JMSException {
        if (acknowledgement != null) {
            acknowledgement.acknowledge(ackType == null ? AckType.ACCEPTED : ackType);
        }
    }
}
