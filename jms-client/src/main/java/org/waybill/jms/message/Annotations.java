package org.waybill.jms.message;

import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.DestinationKind;
import org.waybill.jms.destination.WaybillDestination;

/**
 * The annotations that JMS and this client use. Message annotations of others are passed on when a received message is sent again; of
 * ours none is, for they belong to one sending.
 */
final class Annotations {
    private static final byte[] TYPE = name("x-opt-jms-msg-type");
    private static final byte[] DESTINATION = name("x-opt-jms-dest");
    private static final byte[] REPLY_TO = name("x-opt-jms-reply-to");
    private static final byte[] OLD_DESTINATION = name("x-opt-to-type");
    private static final byte[] OLD_REPLY_TO = name("x-opt-reply-type");
    private static final byte[] DELIVERY_TIME = name("x-opt-delivery-time");
    private static final byte[] DELIVERY_DELAY = name("x-opt-delivery-delay");
    private static final byte[] PRODUCER_ID = name("x-opt-waybill-producer-id");
    private static final byte[] PRODUCER_EPOCH = name("x-opt-waybill-producer-epoch");
    private static final byte[] SEQUENCE = name("x-opt-waybill-sequence");
    private static final byte[][] OURS = {
        TYPE, DESTINATION, REPLY_TO, OLD_DESTINATION, OLD_REPLY_TO, DELIVERY_TIME, DELIVERY_DELAY
    };

    private Annotations() {}

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes the sections for a message that is sent, with the annotations of others that it was received with. */
    static void encode(
            EncodeBuffer out,
            @Nullable Sections received,
            byte type,
            @Nullable WaybillDestination destination,
            @Nullable WaybillDestination replyTo,
            long deliveryTimeMs,
            @Nullable Origin origin,
            @Nullable Map<String, String> traceFields)
            throws JMSException {
        if (origin != null) {
            origin(out, origin);
        }
        out.section(Wire.MESSAGE_ANNOTATIONS);
        int begun = out.begin(Wire.MAP8);
        int count = code(out, TYPE, type);
        if (destination != null) {
            count += code(out, DESTINATION, destination.kind().code());
        }
        if (replyTo != null) {
            count += code(out, REPLY_TO, replyTo.kind().code());
        }
        if (deliveryTimeMs != Sections.NONE) {
            out.putEncoded(Wire.SYMBOL8, DELIVERY_TIME);
            AmqpWriter.whole(out, deliveryTimeMs);
            count += 2;
        }
        byte[][] written = OURS;
        if (traceFields != null) {
            written = Arrays.copyOf(OURS, OURS.length + traceFields.size());
            count += trace(out, traceFields, written);
        }
        if (received != null) {
            count += received.copyAnnotations(out, written);
        }
        out.end(begun, count);
    }

    /** Writes the fields, and their names at the end of {@code names}. */
    private static int trace(EncodeBuffer out, Map<String, String> fields, byte[][] names) {
        int next = OURS.length;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            names[next] = name(field.getKey());
            out.putEncoded(Wire.SYMBOL8, names[next++]);
            out.putString(field.getValue());
        }
        return 2 * fields.size();
    }

    /** The message annotation of this name if it is text, else null. */
    static @Nullable String text(Sections message, String name) throws JMSException {
        return message.annotation(name(name)) instanceof String text ? text : null;
    }

    private static int code(EncodeBuffer out, byte[] name, byte value) {
        out.putEncoded(Wire.SYMBOL8, name);
        out.putByte(Wire.BYTE);
        out.putByte(value);
        return 2;
    }

    /** Delivery annotations, which are for the next hop alone: whoever sends the message on is another producer. */
    private static void origin(EncodeBuffer out, Origin origin) {
        out.section(Wire.DELIVERY_ANNOTATIONS);
        int begun = out.begin(Wire.MAP8);
        out.putEncoded(Wire.SYMBOL8, PRODUCER_ID);
        AmqpWriter.uuid(out, origin.producerId());
        out.putEncoded(Wire.SYMBOL8, PRODUCER_EPOCH);
        out.putByte(Wire.INT);
        out.putInt(origin.epoch());
        out.putEncoded(Wire.SYMBOL8, SEQUENCE);
        AmqpWriter.whole(out, origin.sequence());
        out.end(begun, 6);
    }

    /** What the destination is, or null if the message does not say. */
    static @Nullable DestinationKind destinationKind(Sections message) throws JMSException {
        return kind(message, DESTINATION, OLD_DESTINATION);
    }

    /** What the destination for the reply is, or null if the message does not say. */
    static @Nullable DestinationKind replyKind(Sections message) throws JMSException {
        return kind(message, REPLY_TO, OLD_REPLY_TO);
    }

    private static @Nullable DestinationKind kind(Sections message, byte[] name, byte[] oldName) throws JMSException {
        Object code = message.annotation(name);
        if (code instanceof Number number) {
            return DestinationKind.ofCode(number.intValue());
        }
        return message.annotation(oldName) instanceof String words ? kind(words) : null;
    }

    /** What clients before the mapping of JMS said: a set of the words queue, topic and temporary. */
    private static @Nullable DestinationKind kind(String words) {
        boolean temporary = words.contains("temporary");
        if (words.contains("queue")) {
            return temporary ? DestinationKind.TEMPORARY_QUEUE : DestinationKind.QUEUE;
        }
        if (words.contains("topic")) {
            return temporary ? DestinationKind.TEMPORARY_TOPIC : DestinationKind.TOPIC;
        }
        return null;
    }

    /** The earliest time of delivery, or -1 if the message does not say. */
    static long deliveryTimeMs(Sections message) throws JMSException {
        return AmqpReader.epochMs(message.annotation(DELIVERY_TIME), Sections.NONE);
    }
}
