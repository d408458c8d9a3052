package org.waybill.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One message as its sender encoded it, with the offsets of its sections and the header fields the broker acts on.
 *
 * <p>Immutable; any thread. The array belongs to the message and is never written to. The bare message (properties,
 * application-properties, body; AMQP 1.0 part 3, section 3.2) and the footer leave the broker byte for byte as they came.
 */
public final class Message {
    /** Priority of a message that names none (AMQP 1.0 part 3, section 3.2.1). */
    public static final int DEFAULT_PRIORITY = 4;

    /** Index of a field in the properties section (AMQP 1.0 part 3, section 3.2.4). */
    public static final int MESSAGE_ID = 0;

    /** See {@link #MESSAGE_ID}. */
    public static final int USER_ID = 1;

    /** See {@link #MESSAGE_ID}. */
    public static final int TO = 2;

    /** See {@link #MESSAGE_ID}. */
    public static final int SUBJECT = 3;

    /** See {@link #MESSAGE_ID}. */
    public static final int REPLY_TO = 4;

    /** See {@link #MESSAGE_ID}. */
    public static final int CORRELATION_ID = 5;

    /** See {@link #MESSAGE_ID}. */
    public static final int CONTENT_TYPE = 6;

    /** See {@link #MESSAGE_ID}. */
    public static final int CONTENT_ENCODING = 7;

    /** See {@link #MESSAGE_ID}. */
    public static final int ABSOLUTE_EXPIRY_TIME = 8;

    /** See {@link #MESSAGE_ID}. */
    public static final int CREATION_TIME = 9;

    /** See {@link #MESSAGE_ID}. */
    public static final int GROUP_ID = 10;

    /** See {@link #MESSAGE_ID}. */
    public static final int GROUP_SEQUENCE = 11;

    /** See {@link #MESSAGE_ID}. */
    public static final int REPLY_TO_GROUP_ID = 12;

    private final byte[] bytes;
    private final int format;
    private final Sections sections;

    private Message(byte[] bytes, int format, Sections sections) {
        this.bytes = bytes;
        this.format = format;
        this.sections = sections;
    }

    /**
     * Reads the sections of an encoded message.
     *
     * @param bytes exactly the message; owned by the result from here on
     * @param format the message-format of its transfer
     * @throws DecodeError when the bytes are not well-formed sections in their order
     */
    public static Message of(byte[] bytes, int format) {
        return new Message(bytes, format, Sections.scan(bytes));
    }

    /** The whole encoded message. Not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Its size in bytes. */
    public int size() {
        return bytes.length;
    }

    /** The message-format of its transfer, as the sender gave it. */
    public int format() {
        return format;
    }

    /** Whether it must survive the broker's end. */
    public boolean durable() {
        return sections.durable;
    }

    /** 0 (lowest) to 9 (highest); higher values of the wire count as 9. */
    public int priority() {
        return sections.priority;
    }

    /** The header's time to live in milliseconds, or 0 for no limit. */
    public long ttlMs() {
        return sections.ttlMs;
    }

    /** Whether its sender said that no other link has acquired it before. */
    public boolean firstAcquirer() {
        return sections.firstAcquirer;
    }

    /** Where the bare message begins: all before it is header and annotations. */
    public int bareAt() {
        return sections.bareAt;
    }

    /** The {@code to} field of its properties, or null. */
    public @Nullable String to() {
        return property(TO) instanceof String address ? address : null;
    }

    /**
     * The id by which its sender marks it as the same message when it is sent again, or null: the message annotation {@code
     * x-opt-waybill-duplicate-id} or the application property {@code _AMQ_DUPL_ID}, a text or a number.
     */
    public @Nullable Object duplicateId() {
        Object id = annotation("x-opt-waybill-duplicate-id");
        return id != null ? id : applicationProperty("_AMQ_DUPL_ID");
    }

    /**
     * Who sends it and as which of theirs; null when its sender does not say so.
     *
     * @throws DecodeError when that cannot be used; whoever takes a message from outside asks once, before anybody relies on it
     */
    public @Nullable Origin origin() {
        return sections.deliveryAnnotationsAt < 0 ? null : Origin.of(bytes, sections.deliveryAnnotationsAt);
    }

    /** Whether its properties reach as far as a group id: false costs nothing and means that it has none. */
    public boolean mayHaveGroup() {
        return sections.propertyCount > GROUP_ID;
    }

    /** What kind of destination its sender says {@link #to} is. */
    public DestinationType destinationType() {
        Object code = annotation("x-opt-jms-dest");
        if (code instanceof Number number) {
            return DestinationType.of(number.intValue());
        }
        return annotation("x-opt-to-type") instanceof String words
                ? DestinationType.ofWords(words)
                : DestinationType.UNKNOWN;
    }

    /**
     * A field of its properties section.
     *
     * @return a String, Long, Integer, Boolean, Double, Float, UUID or (read-only, of this message's bytes) ByteBuffer; null when
     *     absent, malformed, or of a type that has no such form
     */
    public @Nullable Object property(int field) {
        if (sections.propertiesAt < 0) {
            return null;
        }
        try {
            ListReader properties = new ListReader(bytes, sections.propertiesAt, bytes.length);
            for (int i = 0; i < field; i++) {
                properties.skip();
            }
            return properties.value();
        } catch (DecodeError malformed) {
            return null;
        }
    }

    /**
     * An application property by its name, looked for in the encoded map.
     *
     * @return as {@link #property(int)}, with Byte and Short besides
     */
    public @Nullable Object applicationProperty(String name) {
        return value(sections.applicationPropertiesAt, name);
    }

    /** A message annotation by its symbol, as {@link #applicationProperty}. */
    public @Nullable Object annotation(String symbol) {
        return value(sections.annotationsAt, symbol);
    }

    /** An entry of the footer by its symbol, as {@link #applicationProperty}. The way there leads over the whole body. */
    public @Nullable Object footer(String symbol) {
        return value(Sections.footer(bytes, sections.bareAt), symbol);
    }

    private @Nullable Object value(int mapAt, String key) {
        try {
            return mapAt < 0 ? null : PropertyMap.find(bytes, mapAt, key);
        } catch (DecodeError malformed) {
            return null;
        }
    }

    /** The moment it expires in epoch milliseconds, or 0 for never, given the moment it arrived. */
    public long expiresAtMs(long arrivedAtMs) {
        if (sections.ttlMs > 0) {
            long at = arrivedAtMs + sections.ttlMs;
            return at < 0 ? 0 : at;
        }
        return property(ABSOLUTE_EXPIRY_TIME) instanceof Long at ? at : 0;
    }

    /**
     * The moment before which it is not to be delivered in epoch milliseconds, or 0 for at once, given the moment it arrived: the
     * message annotation {@code x-opt-delivery-time} (epoch milliseconds), or else {@code x-opt-delivery-delay} (milliseconds).
     */
    public long dueAtMs(long arrivedAtMs) {
        return sections.annotationsAt < 0
                ? 0
                : DeliveryTime.of(bytes, sections.annotationsAt, sections.annotationsEnd, arrivedAtMs);
    }

    /**
     * Checks what says when it is to be delivered, before anybody relies on {@link #dueAtMs}.
     *
     * @throws DecodeError if it is no whole number
     */
    public void checkDeliveryTime() {
        if (sections.annotationsAt >= 0) {
            DeliveryTime.check(bytes, sections.annotationsAt, sections.annotationsEnd);
        }
    }

    /**
     * The same message with other annotations, as the broker itself sends it on: nothing of its old deliveries stays, nor of
     * its time to live.
     *
     * @param annotations an encoded map
     */
    public Message forwarded(byte[] annotations) {
        byte[] head = HeadWriter.write(this, sections, 0, 0, annotations);
        byte[] whole = Arrays.copyOf(head, head.length + bytes.length - sections.bareAt);
        System.arraycopy(bytes, sections.bareAt, whole, head.length, bytes.length - sections.bareAt);
        return of(whole, format);
    }

    /** The encoded map of its message annotations, or null. */
    public byte @Nullable [] annotations() {
        if (sections.annotationsAt < 0) {
            return null;
        }
        byte[] map = new byte[sections.annotationsEnd - sections.annotationsAt];
        System.arraycopy(bytes, sections.annotationsAt, map, 0, map.length);
        return map;
    }

    /**
     * What goes out in place of everything before the bare message: the header with this delivery count, no delivery annotations
     * (they were for this hop alone), and the message annotations.
     *
     * @param deliveryCount failed attempts so far
     * @param annotations an encoded map in place of the message's own annotations, or null to keep those
     * @return null when the bytes before the bare message can go out as they came
     */
    public byte @Nullable [] head(int deliveryCount, byte @Nullable [] annotations) {
        if (deliveryCount == 0 && annotations == null && sections.verbatim) {
            return null;
        }
        return HeadWriter.write(this, sections, sections.ttlMs, deliveryCount, annotations);
    }
}
