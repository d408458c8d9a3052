package org.waybill.jms.message;

import jakarta.jms.MessageFormatException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The encodings of AMQP 1.0 part 1, section 1.6, and where values end. */
final class Wire {
    static final byte DESCRIBED = 0x00;
    static final byte NULL = 0x40;
    static final byte TRUE = 0x41;
    static final byte FALSE = 0x42;
    static final byte UINT0 = 0x43;
    static final byte ULONG0 = 0x44;
    static final byte LIST0 = 0x45;
    static final byte UBYTE = 0x50;
    static final byte BYTE = 0x51;
    static final byte SMALL_UINT = 0x52;
    static final byte SMALL_ULONG = 0x53;
    static final byte SMALL_INT = 0x54;
    static final byte SMALL_LONG = 0x55;
    static final byte BOOLEAN = 0x56;
    static final byte USHORT = 0x60;
    static final byte SHORT = 0x61;
    static final byte UINT = 0x70;
    static final byte INT = 0x71;
    static final byte FLOAT = 0x72;
    static final byte CHAR = 0x73;
    static final byte DECIMAL32 = 0x74;
    static final byte ULONG = (byte) 0x80;
    static final byte LONG = (byte) 0x81;
    static final byte DOUBLE = (byte) 0x82;
    static final byte TIMESTAMP = (byte) 0x83;
    static final byte DECIMAL64 = (byte) 0x84;
    static final byte DECIMAL128 = (byte) 0x94;
    static final byte UUID = (byte) 0x98;
    static final byte BINARY8 = (byte) 0xA0;
    static final byte STRING8 = (byte) 0xA1;
    static final byte SYMBOL8 = (byte) 0xA3;
    static final byte BINARY32 = (byte) 0xB0;
    static final byte STRING32 = (byte) 0xB1;
    static final byte SYMBOL32 = (byte) 0xB3;
    static final byte LIST8 = (byte) 0xC0;
    static final byte MAP8 = (byte) 0xC1;
    static final byte LIST32 = (byte) 0xD0;
    static final byte MAP32 = (byte) 0xD1;
    static final byte ARRAY8 = (byte) 0xE0;
    static final byte ARRAY32 = (byte) 0xF0;
    /** From the constructor with a length of one byte to that with four. */
    static final int TO_LONG_FORM = 0x10;

    static final int HEADER = 0x70;
    static final int DELIVERY_ANNOTATIONS = 0x71;
    static final int MESSAGE_ANNOTATIONS = 0x72;
    static final int PROPERTIES = 0x73;
    static final int APPLICATION_PROPERTIES = 0x74;
    static final int DATA = 0x75;
    static final int SEQUENCE = 0x76;
    static final int VALUE = 0x77;
    static final int FOOTER = 0x78;

    private static final String[] SECTION_NAMES = {
        "amqp:header:list",
        "amqp:delivery-annotations:map",
        "amqp:message-annotations:map",
        "amqp:properties:list",
        "amqp:application-properties:map",
        "amqp:data:binary",
        "amqp:amqp-sequence:list",
        "amqp:amqp-value:*",
        "amqp:footer:map"
    };

    private Wire() {}

    static MessageFormatException malformed(String what, int at) {
        return new MessageFormatException("not an AMQP message: " + what + " at byte " + at);
    }

    /**
     * Where the value that starts at {@code at} ends, whatever it is. A constructor's first four bits say how long it is, and a
     * described value is two values; so this neither recurses nor knows types.
     */
    static int skip(byte[] in, int at, int end) throws MessageFormatException {
        long next = at;
        for (int left = 1; left > 0; left--) {
            if (next >= end) {
                throw malformed("a value that does not end", at);
            }
            int code = in[(int) next] & 0xFF;
            if (code == 0) {
                left += 2;
                next++;
                continue;
            }
            next += 1 + width(in, (int) next, end, code);
        }
        if (next > end) {
            throw malformed("a value that does not end", at);
        }
        return (int) next;
    }

    private static long width(byte[] in, int at, int end, int code) throws MessageFormatException {
        return switch (code >> 4) {
            case 0x4 -> 0;
            case 0x5 -> 1;
            case 0x6 -> 2;
            case 0x7 -> 4;
            case 0x8 -> 8;
            case 0x9 -> 16;
            case 0xA, 0xC, 0xE -> {
                if (end - at < 2) {
                    throw malformed("a value without its length", at);
                }
                yield 1 + (in[at + 1] & 0xFF);
            }
            case 0xB, 0xD, 0xF -> {
                if (end - at < 5) {
                    throw malformed("a value without its length", at);
                }
                yield 4 + (BigEndian.getInt(in, at + 1) & 0xFFFFFFFFL);
            }
            default -> throw malformed("the unknown constructor 0x" + Integer.toHexString(code), at);
        };
    }

    /** The code of the section that starts at {@code at}, whatever way its descriptor is written. */
    static int section(byte[] in, int at, int end) throws MessageFormatException {
        if (end - at < 3 || in[at] != DESCRIBED) {
            throw malformed("no section", at);
        }
        int code = -1;
        if (in[at + 1] == SMALL_ULONG) {
            code = in[at + 2] & 0xFF;
        } else if (in[at + 1] == ULONG && end - at >= 10) {
            long wide = BigEndian.getLong(in, at + 2);
            code = wide >= HEADER && wide <= FOOTER ? (int) wide : -1;
        } else if (in[at + 1] == SYMBOL8) {
            int length = skip(in, at + 1, end) - at - 3;
            String name = new String(in, at + 3, length, StandardCharsets.US_ASCII);
            for (int i = 0; i < SECTION_NAMES.length; i++) {
                if (SECTION_NAMES[i].equals(name)) {
                    code = HEADER + i;
                }
            }
        }
        if (code < HEADER || code > FOOTER) {
            throw malformed("an unknown section", at);
        }
        return code;
    }

    /** Where the value of the section that starts at {@code at} begins. */
    static int value(byte[] in, int at, int end) throws MessageFormatException {
        return skip(in, at + 1, end);
    }

    /** Whether the symbol or string at {@code at} reads so. */
    static boolean reads(byte[] in, int at, int end, byte[] text) {
        int code = in[at];
        return (code == SYMBOL8 || code == STRING8)
                && end - at >= 2 + text.length
                && (in[at + 1] & 0xFF) == text.length
                && java.util.Arrays.equals(in, at + 2, at + 2 + text.length, text, 0, text.length);
    }

    /** A whole number at {@code at} as an int, or null if there is something else. */
    static @Nullable Integer smallNumber(byte[] in, int at, int end) throws MessageFormatException {
        Object value = new AmqpReader(in, at, end).value();
        return value instanceof Number number ? Integer.valueOf(number.intValue()) : null;
    }
}
