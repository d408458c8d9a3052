package org.waybill.message;

/**
 * The places of the sections inside an encoded message, and the header's fields. Filled by {@link #scan}, unchanged after it.
 *
 * <pre>
 *  header? delivery-annotations? message-annotations? | properties? application-properties? body | footer?
 *  ------------------- head ------------------------- bareAt ------------------------------------------
 * </pre>
 */
final class Sections {
    private static final int HEADER = 0x70;
    private static final int DELIVERY_ANNOTATIONS = 0x71;
    private static final int MESSAGE_ANNOTATIONS = 0x72;
    private static final int PROPERTIES = 0x73;
    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final int DATA = 0x75;
    private static final int SEQUENCE = 0x76;
    private static final int VALUE = 0x77;
    private static final int FOOTER = 0x78;

    private static final byte[] SYMBOL_PREFIX = {'a', 'm', 'q', 'p', ':'};

    boolean durable;
    int priority = Message.DEFAULT_PRIORITY;
    long ttlMs;
    boolean firstAcquirer;

    /** Where the bare message begins. */
    int bareAt = -1;

    /** The value (behind the descriptor) of the delivery annotations, or -1. */
    int deliveryAnnotationsAt = -1;

    /** The value of the message annotations, or -1. */
    int annotationsAt = -1;

    int annotationsEnd = -1;

    /** The value of the properties, or -1. */
    int propertiesAt = -1;

    /** How many fields of the properties are written. */
    int propertyCount;

    /** The value of the application properties, or -1. */
    int applicationPropertiesAt = -1;

    /** Whether everything before the bare message may go out as it came on a first delivery. */
    boolean verbatim = true;

    private Sections() {}

    static Sections scan(byte[] in) {
        Sections found = new Sections();
        int at = 0;
        int last = 0;
        boolean body = false;
        while (at < in.length) {
            int from = at;
            long place = descriptor(in, at);
            int section = (int) (place >>> 32);
            int value = (int) place;
            at = Encoding.skip(in, value, in.length);
            boolean repeatable = section == last && (section == DATA || section == SEQUENCE);
            if (section <= last && !repeatable || body && section != FOOTER && !repeatable) {
                throw new DecodeError("a section is repeated or out of order", from);
            }
            last = section;
            body |= section >= DATA && section <= VALUE;
            if (section >= PROPERTIES && found.bareAt < 0) {
                found.bareAt = from;
            }
            found.note(in, section, value, at);
        }
        if (found.bareAt < 0) {
            found.bareAt = in.length;
        }
        return found;
    }

    private void note(byte[] in, int section, int value, int end) {
        switch (section) {
            case HEADER -> header(new ListReader(in, value, end));
            case DELIVERY_ANNOTATIONS -> {
                expectMap(in, value);
                deliveryAnnotationsAt = value;
                verbatim = false;
            }
            case MESSAGE_ANNOTATIONS -> {
                Annotations.check(in, value, end);
                annotationsAt = value;
                annotationsEnd = end;
            }
            case PROPERTIES -> {
                propertiesAt = value;
                propertyCount = new ListReader(in, value, end).remaining();
            }
            case APPLICATION_PROPERTIES -> {
                expectMap(in, value);
                applicationPropertiesAt = value;
            }
            default -> {
                // body sections and the footer pass through unread
            }
        }
    }

    private void header(ListReader fields) {
        durable = fields.booleanOr(false);
        priority = (int) Math.min(9, fields.integerOr(Message.DEFAULT_PRIORITY));
        ttlMs = fields.integerOr(0);
        firstAcquirer = fields.booleanOr(false);
        if (firstAcquirer || fields.integerOr(0) != 0) {
            verbatim = false;
        }
    }

    /** Where the value of the footer stands in a message whose bare message begins at {@code bareAt}, or -1. */
    static int footer(byte[] in, int bareAt) {
        int at = bareAt;
        while (at < in.length) {
            long place = descriptor(in, at);
            if ((int) (place >>> 32) == FOOTER) {
                return (int) place;
            }
            at = Encoding.skip(in, (int) place, in.length);
        }
        return -1;
    }

    private static void expectMap(byte[] in, int at) {
        int constructor = in[at] & 0xFF;
        if (constructor != 0xC1 && constructor != 0xD1 && constructor != Encoding.NULL) {
            throw new DecodeError("a map was expected", at);
        }
    }

    /** The section's code in the upper half, the offset of its value in the lower. */
    private static long descriptor(byte[] in, int at) {
        if (Encoding.unsignedByte(in, at, in.length) != Encoding.DESCRIBED) {
            throw new DecodeError("a section was expected", at);
        }
        int constructor = Encoding.unsignedByte(in, at + 1, in.length);
        int value = Encoding.skip(in, at + 1, in.length);
        int code =
                switch (constructor) {
                    case 0x53 -> in[at + 2] & 0xFF;
                    case 0x80 -> (int) Math.max(-1, Math.min(FOOTER + 1, Encoding.signedLong(in, at + 2, in.length)));
                    case 0xA3 -> symbolic(in, at + 3, value);
                    case 0xB3 -> symbolic(in, at + 6, value);
                    default -> throw new DecodeError("a section's descriptor was expected", at);
                };
        if (code < HEADER || code > FOOTER) {
            throw new DecodeError("an unknown section", at);
        }
        return (long) code << 32 | value;
    }

    private static int symbolic(byte[] in, int from, int to) {
        for (int i = 0; i < SYMBOL_PREFIX.length; i++) {
            if (from + i >= to || in[from + i] != SYMBOL_PREFIX[i]) {
                return -1;
            }
        }
        String name = new String(in, from + 5, to - from - 5, java.nio.charset.StandardCharsets.US_ASCII);
        return switch (name) {
            case "header:list" -> HEADER;
            case "delivery-annotations:map" -> DELIVERY_ANNOTATIONS;
            case "message-annotations:map" -> MESSAGE_ANNOTATIONS;
            case "properties:list" -> PROPERTIES;
            case "application-properties:map" -> APPLICATION_PROPERTIES;
            case "data:binary" -> DATA;
            case "amqp-sequence:list" -> SEQUENCE;
            case "amqp-value:*" -> VALUE;
            case "footer:map" -> FOOTER;
            default -> -1;
        };
    }
}
