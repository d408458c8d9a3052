package org.waybill.jms.message;

import jakarta.jms.MessageFormatException;
import org.jspecify.annotations.Nullable;

/**
 * What a value that was written as one type can be read as, for properties, map and stream messages (Jakarta Messaging 3.1,
 * sections 3.5.4 and 3.11.3). Properties know neither {@code char} nor {@code byte[]}.
 *
 * <pre>
 *           boolean byte short char int long float double String byte[]
 *  boolean     X                                            X
 *  byte              X    X          X   X                  X
 *  short                  X          X   X                  X
 *  char                         X                           X
 *  int                               X   X                  X
 *  long                                  X                  X
 *  float                                      X      X      X
 *  double                                            X      X
 *  String      X     X    X          X   X    X      X      X
 *  byte[]                                                          X
 * </pre>
 *
 * <p>A null reads as the type's {@code valueOf(null)}: false for a boolean, NumberFormatException for whole numbers,
 * NullPointerException for the others.
 */
final class Conversion {
    private Conversion() {}

    private static MessageFormatException not(String type, Object value) {
        return new MessageFormatException(
                "a value of type " + value.getClass().getSimpleName() + " cannot be read as " + type);
    }

    private static NullPointerException nothing(String type) {
        return new NullPointerException("a null value cannot be read as " + type);
    }

    static boolean toBoolean(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value == null || value instanceof String) {
            return Boolean.parseBoolean((String) value);
        }
        throw not("boolean", value);
    }

    static byte toByte(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Byte number) {
            return number;
        }
        return Byte.parseByte(digits(value, "byte"));
    }

    static short toShort(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).shortValue();
        }
        return Short.parseShort(digits(value, "short"));
    }

    static int toInt(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).intValue();
        }
        return Integer.parseInt(digits(value, "int"));
    }

    static long toLong(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        return Long.parseLong(digits(value, "long"));
    }

    static float toFloat(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Float number) {
            return number;
        }
        if (value == null) {
            throw nothing("float");
        }
        return Float.parseFloat(digits(value, "float"));
    }

    static double toDouble(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value == null) {
            throw nothing("double");
        }
        return Double.parseDouble(digits(value, "double"));
    }

    static char toChar(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Character character) {
            return character;
        }
        if (value == null) {
            throw nothing("char");
        }
        throw not("char", value);
    }

    static @Nullable String toText(@Nullable Object value) throws MessageFormatException {
        if (value instanceof byte[]) {
            throw not("String", value);
        }
        return value == null ? null : value.toString();
    }

    static byte @Nullable [] toBytes(@Nullable Object value) throws MessageFormatException {
        if (value == null || value instanceof byte[]) {
            return (byte[]) value;
        }
        throw not("byte[]", value);
    }

    private static String digits(@Nullable Object value, String type) throws MessageFormatException {
        if (value instanceof String text) {
            return text;
        }
        if (value == null) {
            throw new NumberFormatException("a null value cannot be read as " + type);
        }
        throw not(type, value);
    }

    /**
     * A value as properties may have it.
     *
     * @throws MessageFormatException unless it is a string, a box of a primitive other than char, or null
     */
    static @Nullable Object property(@Nullable Object value) throws MessageFormatException {
        if (value == null || value instanceof String || value instanceof Boolean || isNumber(value)) {
            return value;
        }
        throw new MessageFormatException(
                "a property cannot be a " + value.getClass().getName());
    }

    /**
     * A value as map and stream messages may have it; arrays are copied.
     *
     * @throws MessageFormatException unless it is a string, a box of a primitive, {@code byte[]} or null
     */
    static @Nullable Object element(@Nullable Object value) throws MessageFormatException {
        if (value instanceof byte[] bytes) {
            return bytes.clone();
        }
        if (value instanceof Character) {
            return value;
        }
        if (value == null || value instanceof String || value instanceof Boolean || isNumber(value)) {
            return value;
        }
        throw new MessageFormatException(
                "a map or stream message cannot have a " + value.getClass().getName());
    }

    private static boolean isNumber(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Double
                || value instanceof Float
                || value instanceof Short
                || value instanceof Byte;
    }
}
