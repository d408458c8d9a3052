package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the sections of an encoded message are, and the few fields that every delivery needs; all it costs to receive a message.
 * AMQP 1.0 part 3, section 3.2: the sections come in the order of their codes, each once but the body's.
 */
final class Sections {
    /** No section of this kind. */
    static final int NONE = -1;

    private static final byte[] JMS_TYPE = "x-opt-jms-msg-type".getBytes(StandardCharsets.US_ASCII);
    private static final int DURABLE_FIELD = 0;
    private static final int PRIORITY_FIELD = 1;
    private static final int TTL_FIELD = 2;
    private static final int DELIVERY_COUNT_FIELD = 4;

    final byte[] bytes;
    /** The code of the body's sections, {@link #NONE} without a body. */
    final int body;
    /** Where the body's first section begins, its descriptor included. */
    final int bodyFrom;
    /** Where the body's last section ends; what comes then is the footer. */
    final int bodyTo;

    private int annotationsAt = NONE;
    private int propertiesAt = NONE;
    private int applicationFrom = NONE;
    private int applicationAt = NONE;

    boolean durable;
    byte priority = 4;
    long timeToLiveMs = NONE;
    int deliveryCount;
    long absoluteExpiryMs;

    /**
     * Finds the sections.
     *
     * @throws MessageFormatException if these bytes are not the sections of a message
     */
    Sections(byte[] bytes) throws JMSException {
        this.bytes = bytes;
        int end = bytes.length;
        int last = 0;
        int kind = NONE;
        int from = end;
        int to = end;
        for (int at = 0; at < end; ) {
            int section = Wire.section(bytes, at, end);
            if (section <= last && !(section == last && (section == Wire.DATA || section == Wire.SEQUENCE))
                    || kind != NONE && section != kind && section != Wire.FOOTER) {
                throw Wire.malformed("a section out of its order", at);
            }
            int value = Wire.value(bytes, at, end);
            int next = Wire.skip(bytes, value, end);
            if (section >= Wire.DATA && section <= Wire.VALUE) {
                from = kind == NONE ? at : from;
                kind = section;
                to = next;
            } else if (section == Wire.FOOTER && kind == NONE) {
                from = at;
                to = at;
            } else {
                found(section, at, value, next);
            }
            last = section;
            at = next;
        }
        body = kind;
        bodyFrom = from;
        bodyTo = to;
    }

    private void found(int section, int from, int value, int next) throws JMSException {
        switch (section) {
            case Wire.HEADER -> header(value, next);
            case Wire.MESSAGE_ANNOTATIONS -> annotationsAt = value;
            case Wire.PROPERTIES -> {
                propertiesAt = value;
                absoluteExpiryMs = timestampField(PropertiesSection.ABSOLUTE_EXPIRY);
            }
            case Wire.APPLICATION_PROPERTIES -> {
                applicationFrom = from;
                applicationAt = value;
            }
            default -> {
                // Delivery annotations were for us alone; a footer is passed on as it is.
            }
        }
    }

    private void header(int at, int end) throws JMSException {
        AmqpReader in = new AmqpReader(bytes, at, end);
        int count = in.enter(Wire.LIST8);
        for (int field = 0; field < count; field++) {
            Object value = in.value();
            switch (field) {
                case DURABLE_FIELD -> durable = Boolean.TRUE.equals(value);
                case PRIORITY_FIELD -> priority = (byte) Math.min(9, number(value, 4));
                case TTL_FIELD -> timeToLiveMs = number(value, NONE);
                case DELIVERY_COUNT_FIELD -> deliveryCount = (int) Math.min(Integer.MAX_VALUE - 1, number(value, 0));
                default -> {
                    // first-acquirer says nothing that JMS asks
                }
            }
        }
    }

    private static long number(@Nullable Object value, long otherwise) {
        return value instanceof Number number ? number.longValue() : otherwise;
    }

    private int end() {
        return bytes.length;
    }

    /** The section {@code properties}, empty if there is none. */
    PropertiesSection properties() throws JMSException {
        return propertiesAt == NONE ? new PropertiesSection() : PropertiesSection.decode(bytes, propertiesAt, end());
    }

    /** A field of the section {@code properties} that is a timestamp, or 0. */
    private long timestampField(int index) throws JMSException {
        int at = field(index);
        if (at == NONE || bytes[at] != Wire.TIMESTAMP) {
            return 0;
        }
        return BigEndian.getLong(bytes, at + 1);
    }

    /** The content type, or null. */
    @Nullable
    String contentType() throws JMSException {
        int at = field(PropertiesSection.CONTENT_TYPE);
        return at == NONE ? null : new AmqpReader(bytes, at, end()).text();
    }

    /** Where a whole field of the section {@code properties} begins. */
    private int field(int index) throws JMSException {
        if (propertiesAt == NONE) {
            return NONE;
        }
        AmqpReader in = new AmqpReader(bytes, propertiesAt, end());
        if (in.enter(Wire.LIST8) <= index) {
            return NONE;
        }
        int at = in.position();
        for (int field = 0; field < index; field++) {
            at = Wire.skip(bytes, at, end());
        }
        Wire.skip(bytes, at, end());
        return at;
    }

    /** The value of {@code x-opt-jms-msg-type}, or -1. */
    int jmsType() throws JMSException {
        Object type = annotation(JMS_TYPE);
        return type instanceof Number number ? number.intValue() : -1;
    }

    /** The value of a message annotation, or null. */
    @Nullable
    Object annotation(byte[] name) throws JMSException {
        if (annotationsAt == NONE) {
            return null;
        }
        AmqpReader in = new AmqpReader(bytes, annotationsAt, end());
        int count = in.enter(Wire.MAP8);
        int at = in.position();
        for (int i = 0; i + 1 < count; i += 2) {
            int value = Wire.skip(bytes, at, end());
            if (Wire.reads(bytes, at, end(), name)) {
                return new AmqpReader(bytes, value, end()).value();
            }
            at = Wire.skip(bytes, value, end());
        }
        return null;
    }

    /** Copies the message annotations but those of these names, and answers how many elements of a map they are. */
    int copyAnnotations(EncodeBuffer out, byte[][] without) throws JMSException {
        if (annotationsAt == NONE) {
            return 0;
        }
        AmqpReader in = new AmqpReader(bytes, annotationsAt, end());
        int count = in.enter(Wire.MAP8);
        int at = in.position();
        int copied = 0;
        for (int i = 0; i + 1 < count; i += 2) {
            int value = Wire.skip(bytes, at, end());
            int next = Wire.skip(bytes, value, end());
            if (!isAnyOf(at, without)) {
                out.putBytes(bytes, at, next - at);
                copied += 2;
            }
            at = next;
        }
        return copied;
    }

    private boolean isAnyOf(int at, byte[][] names) {
        for (byte[] name : names) {
            if (Wire.reads(bytes, at, end(), name)) {
                return true;
            }
        }
        return false;
    }

    boolean hasApplicationProperties() {
        return applicationAt != NONE;
    }

    /** Where the map of the application's properties begins. */
    int applicationAt() {
        return applicationAt;
    }

    /** Copies the section of the application's properties as it came. */
    void copyApplicationProperties(EncodeBuffer out) throws JMSException {
        int next = Wire.skip(bytes, applicationAt, end());
        out.putBytes(bytes, applicationFrom, next - applicationFrom);
    }

    /** Copies body and footer as they came. */
    void copyBody(EncodeBuffer out) {
        out.putBytes(bytes, bodyFrom, end() - bodyFrom);
    }

    /** Where the value of the body's first section begins. */
    int bodyValue() throws JMSException {
        return Wire.value(bytes, bodyFrom, end());
    }
}
