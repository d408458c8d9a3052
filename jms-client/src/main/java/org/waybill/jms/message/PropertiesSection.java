package org.waybill.jms.message;

import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code properties} (AMQP 1.0 part 3, section 3.2.4), decoded, without absolute-expiry-time, which is wanted of every
 * message and kept in {@link Sections}.
 */
final class PropertiesSection {
    static final int CONTENT_TYPE = 6;
    static final int ABSOLUTE_EXPIRY = 8;
    static final long NO_SEQUENCE = -1;

    /** String, UUID, UnsignedLong or byte[]; null too while {@link #idPrefix} stands for it. */
    private @Nullable Object messageId;

    private @Nullable String idPrefix;
    private long idNumber;

    byte @Nullable [] userId;

    @Nullable
    String to;

    @Nullable
    String subject;

    @Nullable
    String replyTo;

    /** String, UUID, UnsignedLong or byte[]. */
    @Nullable
    Object correlationId;

    @Nullable
    String contentType;

    @Nullable
    String contentEncoding;

    /** 0 for none. */
    long creationTimeMs;

    @Nullable
    String groupId;

    /** Unsigned; {@link #NO_SEQUENCE} for none. */
    long groupSequence = NO_SEQUENCE;

    @Nullable
    String replyToGroupId;

    /** The id as AMQP has it. */
    @Nullable
    Object messageId() {
        if (idPrefix != null) {
            messageId(idPrefix + idNumber);
        }
        return messageId;
    }

    void messageId(@Nullable Object id) {
        messageId = id;
        idPrefix = null;
    }

    /** Sets an id whose string is made when somebody asks for it. */
    void messageId(String prefix, long number) {
        messageId = null;
        idPrefix = prefix;
        idNumber = number;
    }

    @Nullable
    String userName() {
        return userId == null || userId.length == 0 ? null : new String(userId, StandardCharsets.UTF_8);
    }

    void userName(@Nullable String name) {
        userId = name == null ? null : name.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the list that starts at {@code at}. */
    static PropertiesSection decode(byte[] in, int at, int end) throws JMSException {
        AmqpReader reader = new AmqpReader(in, at, end);
        PropertiesSection section = new PropertiesSection();
        int count = reader.enter(Wire.LIST8);
        for (int field = 0; field < count; field++) {
            section.read(field, reader);
        }
        return section;
    }

    private void read(int field, AmqpReader in) throws JMSException {
        switch (field) {
            case 0 -> messageId = in.id();
            case 1 -> userId = in.value() instanceof byte[] binary ? binary : null;
            case 2 -> to = in.text();
            case 3 -> subject = in.text();
            case 4 -> replyTo = in.text();
            case 5 -> correlationId = in.id();
            case CONTENT_TYPE -> contentType = in.text();
            case 7 -> contentEncoding = in.text();
            case 9 -> creationTimeMs = AmqpReader.epochMs(in.value(), 0);
            case 10 -> groupId = in.text();
            case 11 -> groupSequence = in.value() instanceof Number number ? number.longValue() : NO_SEQUENCE;
            case 12 -> replyToGroupId = in.text();
            default -> in.value();
        }
    }

    /** Writes the section with this absolute-expiry-time, 0 for none. */
    void encode(EncodeBuffer out, long absoluteExpiryMs) throws JMSException {
        out.section(Wire.PROPERTIES);
        int begun = out.begin(Wire.LIST8);
        int count = lastField(absoluteExpiryMs) + 1;
        for (int field = 0; field < count; field++) {
            write(field, out, absoluteExpiryMs);
        }
        out.end(begun, count);
    }

    private int lastField(long absoluteExpiryMs) {
        if (replyToGroupId != null) {
            return 12;
        }
        if (groupSequence != NO_SEQUENCE) {
            return 11;
        }
        if (groupId != null) {
            return 10;
        }
        if (creationTimeMs != 0) {
            return 9;
        }
        return absoluteExpiryMs != 0 ? ABSOLUTE_EXPIRY : 7;
    }

    private void write(int field, EncodeBuffer out, long absoluteExpiryMs) throws JMSException {
        switch (field) {
            case 0 -> writeId(out);
            case 1 -> AmqpWriter.value(out, userId);
            case 2 -> AmqpWriter.value(out, to);
            case 3 -> AmqpWriter.value(out, subject);
            case 4 -> AmqpWriter.value(out, replyTo);
            case 5 -> AmqpWriter.value(out, correlationId);
            case CONTENT_TYPE -> symbol(out, contentType);
            case 7 -> symbol(out, contentEncoding);
            case ABSOLUTE_EXPIRY -> timestamp(out, absoluteExpiryMs);
            case 9 -> timestamp(out, creationTimeMs);
            case 10 -> AmqpWriter.value(out, groupId);
            case 11 -> sequence(out);
            default -> AmqpWriter.value(out, replyToGroupId);
        }
    }

    private void writeId(EncodeBuffer out) throws JMSException {
        if (idPrefix != null) {
            out.putString(idPrefix, idNumber);
        } else {
            AmqpWriter.value(out, messageId);
        }
    }

    private static void symbol(EncodeBuffer out, @Nullable String text) {
        if (text == null) {
            out.putByte(Wire.NULL);
        } else {
            out.putEncoded(Wire.SYMBOL8, text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void timestamp(EncodeBuffer out, long epochMs) {
        if (epochMs == 0) {
            out.putByte(Wire.NULL);
        } else {
            AmqpWriter.timestamp(out, epochMs);
        }
    }

    private void sequence(EncodeBuffer out) {
        if (groupSequence == NO_SEQUENCE) {
            out.putByte(Wire.NULL);
        } else {
            AmqpWriter.unsigned(out, groupSequence);
        }
    }
}
