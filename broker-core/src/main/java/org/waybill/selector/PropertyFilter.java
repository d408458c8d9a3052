package org.waybill.selector;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Property filters (AMQP Filter Expressions 1.0, CSD01, section 4): the fields of one section that a message must have, each with a
 * value to be equal to. They are written as an SQL filter, which has all they need.
 *
 * <p>A string value may begin with a modifier: {@code &p:} for fields that begin with the rest, {@code &s:} for those that end
 * with it, {@code &&} for a value that itself begins with an ampersand.
 */
public final class PropertyFilter {
    /** The most fields a filter may have. */
    public static final int MAX_FIELDS = 256;

    private PropertyFilter() {}

    /**
     * Makes a selector of a property filter: {@code amqp:header-filter}, {@code amqp:message-annotations-filter},
     * {@code amqp:properties-filter}, {@code amqp:application-properties-filter} or {@code amqp:footer-filter}.
     *
     * @param section the section that the filter is for
     * @param references the fields by name, with a String (also for a symbol), Boolean, Byte, Short, Integer, Long, Float, Double,
     *     ByteBuffer or UUID (unsigned numbers and timestamps as the signed number of the same bits or of more); null matches
     *     whatever a message has there. Without any entry all messages match
     * @throws SelectorError if a name or value is none that the section can have, or a bound is exceeded
     */
    public static Selector of(Section section, Map<String, ?> references) {
        if (references.size() > MAX_FIELDS) {
            throw new SelectorError("the filter has more than " + MAX_FIELDS + " fields");
        }
        StringJoiner text = new StringJoiner(" AND ");
        references.forEach((name, value) -> {
            if (value != null) {
                String field = section.letter() + ".[" + name.replace("]", "]]") + "]";
                text.add(field + " " + comparison(name, value));
            }
        });
        try {
            return Selector.parseFilter(text.toString());
        } catch (SelectorError error) {
            // where in the text that was made here is of no use to anybody
            throw new SelectorError(error.problem());
        }
    }

    private static String comparison(String name, Object value) {
        if (!(value instanceof String string) || !string.startsWith("&")) {
            return "= " + constant(name, value);
        }
        if (string.startsWith("&p:")) {
            return "LIKE " + quoted(escaped(string.substring(3)) + "%") + " ESCAPE '!'";
        }
        if (string.startsWith("&s:")) {
            return "LIKE " + quoted("%" + escaped(string.substring(3))) + " ESCAPE '!'";
        }
        if (string.startsWith("&&")) {
            return "= " + quoted(string.substring(1));
        }
        throw new SelectorError("the value of " + Token.printable(name)
                + " begins with & but with none of the modifiers &p: &s: &&: " + Token.printable(string));
    }

    private static String constant(String name, Object value) {
        if (value instanceof String string) {
            return quoted(string);
        }
        if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return "0x" + HexFormat.of().formatHex(copy);
        }
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue(), value.toString() + (value instanceof Float ? "f" : ""));
        }
        if (value instanceof UUID) {
            return "UUID('" + value + "')";
        }
        if (value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            return value.toString();
        }
        throw new SelectorError("the value of " + Token.printable(name) + " is of a type that no filter can compare: "
                + value.getClass().getSimpleName());
    }

    private static String number(double value, String finite) {
        if (Double.isNaN(value)) {
            return "NAN";
        }
        return Double.isInfinite(value) ? (value < 0 ? "-INF" : "INF") : finite;
    }

    private static String quoted(String string) {
        return "'" + string.replace("'", "''") + "'";
    }

    private static String escaped(String string) {
        return string.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
