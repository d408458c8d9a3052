package org.waybill.jms.message;

import jakarta.jms.MessageFormatException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads values as Java has them: unsigned ones as the next larger type, symbols as strings, binary as an array of its own, a
 * described value as what is described. What comes from the network is bounded before anything is allocated for it.
 */
final class AmqpReader {
    private static final int MAX_DEPTH = 64;
    /** Elements without bytes of their own, as in an array of nulls, which could be any number. */
    private static final int MAX_EMPTY_ELEMENTS = 65_536;

    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final byte[] in;
    private int at;
    private int end;

    AmqpReader(byte[] in, int at, int end) {
        this.in = in;
        this.at = at;
        this.end = end;
    }

    int position() {
        return at;
    }

    /** The next value. */
    @Nullable
    Object value() throws MessageFormatException {
        return value(0);
    }

    /** The next value, which must be a string, a symbol or null. */
    @Nullable
    String text() throws MessageFormatException {
        int from = at;
        Object value = value(MAX_DEPTH);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw Wire.malformed("something that is no string", from);
    }

    /** The next value, which must be a message's id: string, uuid, ulong (as proton-j's), binary or null. */
    @Nullable
    Object id() throws MessageFormatException {
        int from = at;
        byte code = peek();
        if (code == Wire.ULONG0 || code == Wire.SMALL_ULONG || code == Wire.ULONG) {
            at++;
            return UnsignedLong.valueOf(unsignedLong(code));
        }
        Object value = value(MAX_DEPTH);
        if (value == null || value instanceof String || value instanceof UUID || value instanceof byte[]) {
            return value;
        }
        throw Wire.malformed("something that is no message id", from);
    }

    /** Enters the list or map that is next; answers how many values are in it. What comes after it is out of reach then. */
    int enter(byte shortForm) throws MessageFormatException {
        int from = at;
        byte code = peek();
        if (code == Wire.LIST0 && shortForm == Wire.LIST8) {
            at++;
            end = at;
            return 0;
        }
        if (code != shortForm && code != (byte) (shortForm + Wire.TO_LONG_FORM)) {
            throw Wire.malformed(
                    shortForm == Wire.MAP8 ? "something that is no map" : "something that is no list", from);
        }
        at++;
        return compound(code == shortForm, from);
    }

    private byte peek() throws MessageFormatException {
        if (at >= end) {
            throw Wire.malformed("a value missing", at);
        }
        return in[at];
    }

    private int take(int count) throws MessageFormatException {
        int from = at;
        if (count < 0 || end - from < count) {
            throw Wire.malformed("a value that does not end", from);
        }
        at = from + count;
        return from;
    }

    private @Nullable Object value(int depth) throws MessageFormatException {
        byte code = peek();
        at++;
        if (code == Wire.DESCRIBED) {
            check(depth);
            value(depth + 1);
            return value(depth + 1);
        }
        return value(code, depth);
    }

    private void check(int depth) throws MessageFormatException {
        if (depth >= MAX_DEPTH) {
            throw Wire.malformed("values nested too deep", at);
        }
    }

    private @Nullable Object value(byte code, int depth) throws MessageFormatException {
        return switch (code) {
            case Wire.NULL -> null;
            case Wire.TRUE -> true;
            case Wire.FALSE -> false;
            case Wire.BOOLEAN -> in[take(1)] != 0;
            case Wire.BYTE -> in[take(1)];
            case Wire.UBYTE -> (short) (in[take(1)] & 0xFF);
            case Wire.SHORT -> BigEndian.getShort(in, take(2));
            case Wire.USHORT -> BigEndian.getShort(in, take(2)) & 0xFFFF;
            case Wire.SMALL_INT -> (int) in[take(1)];
            case Wire.INT -> BigEndian.getInt(in, take(4));
            case Wire.UINT0 -> 0L;
            case Wire.SMALL_UINT -> (long) (in[take(1)] & 0xFF);
            case Wire.UINT -> BigEndian.getInt(in, take(4)) & 0xFFFFFFFFL;
            case Wire.SMALL_LONG -> (long) in[take(1)];
            case Wire.LONG -> BigEndian.getLong(in, take(8));
            case Wire.ULONG0, Wire.SMALL_ULONG, Wire.ULONG -> unsigned(unsignedLong(code));
            case Wire.FLOAT -> Float.intBitsToFloat(BigEndian.getInt(in, take(4)));
            case Wire.DOUBLE -> Double.longBitsToDouble(BigEndian.getLong(in, take(8)));
            case Wire.TIMESTAMP -> date(BigEndian.getLong(in, take(8)));
            case Wire.CHAR -> character(BigEndian.getInt(in, take(4)));
            case Wire.UUID -> new UUID(BigEndian.getLong(in, take(8)), BigEndian.getLong(in, take(8)));
            case Wire.DECIMAL32 -> new Decimal32(BigEndian.getInt(in, take(4)));
            case Wire.DECIMAL64 -> new Decimal64(BigEndian.getLong(in, take(8)));
            case Wire.DECIMAL128 -> new Decimal128(BigEndian.getLong(in, take(8)), BigEndian.getLong(in, take(8)));
            case Wire.BINARY8, Wire.BINARY32 -> {
                int length = length(code == Wire.BINARY8);
                int from = take(length);
                yield java.util.Arrays.copyOfRange(in, from, from + length);
            }
            case Wire.STRING8, Wire.STRING32 -> {
                int length = length(code == Wire.STRING8);
                yield new String(in, take(length), length, StandardCharsets.UTF_8);
            }
            case Wire.SYMBOL8, Wire.SYMBOL32 -> {
                int length = length(code == Wire.SYMBOL8);
                yield new String(in, take(length), length, StandardCharsets.US_ASCII);
            }
            case Wire.LIST0 -> new ArrayList<>(0);
            case Wire.LIST8, Wire.LIST32 -> list(code == Wire.LIST8, depth);
            case Wire.MAP8, Wire.MAP32 -> map(code == Wire.MAP8, depth);
            case Wire.ARRAY8, Wire.ARRAY32 -> array(code == Wire.ARRAY8, depth);
            default -> throw Wire.malformed("the unknown constructor 0x" + Integer.toHexString(code & 0xFF), at - 1);
        };
    }

    private long unsignedLong(byte code) throws MessageFormatException {
        return switch (code) {
            case Wire.ULONG0 -> 0;
            case Wire.SMALL_ULONG -> in[take(1)] & 0xFF;
            default -> BigEndian.getLong(in, take(8));
        };
    }

    private static Object unsigned(long bits) {
        if (bits >= 0) {
            return bits;
        }
        return BigInteger.valueOf(bits).add(TWO_TO_64);
    }

    /** What applications get as the value of a timestamp, as from Qpid JMS. */
    @SuppressWarnings("JavaUtilDate")
    private static Date date(long epochMs) {
        return new Date(epochMs);
    }

    /** The ms since 1970 of a timestamp or number that was read, or {@code otherwise}. */
    @SuppressWarnings("JavaUtilDate")
    static long epochMs(@Nullable Object value, long otherwise) {
        if (value instanceof Date date) {
            return date.getTime();
        }
        return value instanceof Number number ? number.longValue() : otherwise;
    }

    private static Object character(int point) {
        return Character.isBmpCodePoint(point) ? (Object) (char) point : Integer.valueOf(point);
    }

    private int length(boolean shortForm) throws MessageFormatException {
        return shortForm ? in[take(1)] & 0xFF : BigEndian.getInt(in, take(4));
    }

    /** Narrows the reader to the compound value that was begun, and answers its count. */
    private int compound(boolean shortForm, int from) throws MessageFormatException {
        int size = length(shortForm);
        if (size < 0 || size > end - at) {
            throw Wire.malformed("a value that does not end", from);
        }
        end = at + size;
        int count = length(shortForm);
        if (count < 0 || count > end - at) {
            throw Wire.malformed("a count that cannot be", from);
        }
        return count;
    }

    private List<@Nullable Object> list(boolean shortForm, int depth) throws MessageFormatException {
        check(depth);
        int outer = end;
        int count = compound(shortForm, at - 1);
        List<@Nullable Object> list = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            list.add(value(depth + 1));
        }
        leave(outer);
        return list;
    }

    private Map<Object, @Nullable Object> map(boolean shortForm, int depth) throws MessageFormatException {
        check(depth);
        int outer = end;
        int from = at - 1;
        int count = compound(shortForm, from);
        if (count % 2 != 0) {
            throw Wire.malformed("a map with a key and no value", from);
        }
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i += 2) {
            Object key = value(depth + 1);
            Object value = value(depth + 1);
            if (key != null) {
                map.put(key, value);
            }
        }
        leave(outer);
        return map;
    }

    private void leave(int outer) throws MessageFormatException {
        if (at != end) {
            throw Wire.malformed("a value with more in it than it says", at);
        }
        end = outer;
    }

    /** An array as a list, for Java's arrays would have to be of some type. */
    private List<@Nullable Object> array(boolean shortForm, int depth) throws MessageFormatException {
        check(depth);
        int outer = end;
        int from = at - 1;
        int size = length(shortForm);
        if (size < 0 || size > end - at) {
            throw Wire.malformed("a value that does not end", from);
        }
        end = at + size;
        int count = length(shortForm);
        byte code = elements(depth);
        boolean empty = (code & 0xF0) == 0x40;
        if (count < 0 || count > (empty ? MAX_EMPTY_ELEMENTS : end - at)) {
            throw Wire.malformed("a count that cannot be", from);
        }
        List<@Nullable Object> list = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            list.add(value(code, depth + 1));
        }
        leave(outer);
        return list;
    }

    private byte elements(int depth) throws MessageFormatException {
        int level = depth;
        byte code = peek();
        at++;
        while (code == Wire.DESCRIBED) {
            check(level++);
            value(level);
            code = peek();
            at++;
        }
        return code;
    }
}
