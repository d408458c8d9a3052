package org.waybill.jms.message;

import jakarta.jms.MessageFormatException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/** Writes values of Java in the shortest encoding that AMQP has for their type. */
final class AmqpWriter {
    private static final int MAX_DEPTH = 64;

    private AmqpWriter() {}

    /**
     * Writes a value: null, a box, a string, {@code byte[]}, {@code UUID}, {@code Date}, or maps and collections of them.
     *
     * @throws MessageFormatException if AMQP has no type for it
     */
    static void value(EncodeBuffer out, @Nullable Object value) throws MessageFormatException {
        value(out, value, 0);
    }

    private static void value(EncodeBuffer out, @Nullable Object value, int depth) throws MessageFormatException {
        if (value == null) {
            out.putByte(Wire.NULL);
        } else if (value instanceof String text) {
            out.putString(text);
        } else if (value instanceof Number number) {
            number(out, number);
        } else if (value instanceof Boolean flag) {
            out.putByte(flag ? Wire.TRUE : Wire.FALSE);
        } else if (value instanceof Character character) {
            out.putByte(Wire.CHAR);
            out.putInt(character);
        } else if (value instanceof byte[] binary) {
            out.putBinary(binary, 0, binary.length);
        } else if (value instanceof UUID uuid) {
            uuid(out, uuid);
        } else if (value instanceof Date date) {
            timestamp(out, AmqpReader.epochMs(date, 0));
        } else if (value instanceof Map<?, ?> map) {
            map(out, map, checked(depth));
        } else if (value instanceof Collection<?> collection) {
            list(out, collection, checked(depth));
        } else {
            throw new MessageFormatException(
                    "AMQP has no type for " + value.getClass().getName());
        }
    }

    private static int checked(int depth) throws MessageFormatException {
        if (depth >= MAX_DEPTH) {
            throw new MessageFormatException("values nested more than " + MAX_DEPTH + " deep");
        }
        return depth + 1;
    }

    static void map(EncodeBuffer out, Map<?, ?> map, int depth) throws MessageFormatException {
        int begun = out.begin(Wire.MAP8);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            value(out, entry.getKey(), depth);
            value(out, entry.getValue(), depth);
        }
        out.end(begun, 2 * map.size());
    }

    static void list(EncodeBuffer out, Collection<?> collection, int depth) throws MessageFormatException {
        int begun = out.begin(Wire.LIST8);
        for (Object element : collection) {
            value(out, element, depth);
        }
        out.end(begun, collection.size());
    }

    private static void number(EncodeBuffer out, Number number) throws MessageFormatException {
        if (number instanceof Integer) {
            integer(out, number.intValue());
        } else if (number instanceof Long) {
            whole(out, number.longValue());
        } else if (number instanceof Double) {
            out.putByte(Wire.DOUBLE);
            out.putLong(Double.doubleToRawLongBits(number.doubleValue()));
        } else if (number instanceof Float) {
            out.putByte(Wire.FLOAT);
            out.putInt(Float.floatToRawIntBits(number.floatValue()));
        } else if (number instanceof Short) {
            out.putByte(Wire.SHORT);
            out.putShort(number.shortValue());
        } else if (number instanceof Byte) {
            out.putByte(Wire.BYTE);
            out.putByte(number.byteValue());
        } else if (number instanceof UnsignedLong
                || number instanceof BigInteger big && big.signum() >= 0 && big.bitLength() <= Long.SIZE) {
            out.putByte(Wire.ULONG);
            out.putLong(number.longValue());
        } else {
            throw new MessageFormatException(
                    "AMQP has no type for the " + number.getClass().getName() + " " + number);
        }
    }

    private static void integer(EncodeBuffer out, int value) {
        if (value == (byte) value) {
            out.putByte(Wire.SMALL_INT);
            out.putByte(value);
        } else {
            out.putByte(Wire.INT);
            out.putInt(value);
        }
    }

    static void whole(EncodeBuffer out, long value) {
        if (value == (byte) value) {
            out.putByte(Wire.SMALL_LONG);
            out.putByte((int) value);
        } else {
            out.putByte(Wire.LONG);
            out.putLong(value);
        }
    }

    static void unsigned(EncodeBuffer out, long value) {
        if (value == 0) {
            out.putByte(Wire.UINT0);
        } else if (value <= 0xFF) {
            out.putByte(Wire.SMALL_UINT);
            out.putByte((int) value);
        } else {
            out.putByte(Wire.UINT);
            out.putInt((int) value);
        }
    }

    static void timestamp(EncodeBuffer out, long epochMs) {
        out.putByte(Wire.TIMESTAMP);
        out.putLong(epochMs);
    }

    static void uuid(EncodeBuffer out, UUID uuid) {
        out.putByte(Wire.UUID);
        out.putLong(uuid.getMostSignificantBits());
        out.putLong(uuid.getLeastSignificantBits());
    }
}
