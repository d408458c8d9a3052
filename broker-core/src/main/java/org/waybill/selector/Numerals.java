package org.waybill.selector;

import java.util.Locale;

/**
 * Reads number literals, which have Java's syntax: decimal, hexadecimal, octal and binary whole numbers, decimal and
 * hexadecimal floating-point numbers, underscores, and suffixes.
 *
 * <p>An exact number is a Long, with or without the suffix L. An approximate one is a Double, or a Float with the
 * suffix F. As in Java, 2<sup>63</sup> may stand only behind a minus, and a hexadecimal, octal or binary number may use
 * all 64 bits, the highest being the sign. In a filter a leading zero means nothing, and {@code INF} and {@code NAN} are numbers.
 */
final class Numerals {
    private final Token token;
    private final boolean isNegative;
    private final Dialect dialect;

    private Numerals(Token token, boolean isNegative, Dialect dialect) {
        this.token = token;
        this.isNegative = isNegative;
        this.dialect = dialect;
    }

    /** The value of a NUMBER token, with the sign that stands before it. */
    static Number read(Token token, boolean isNegative, Dialect dialect) {
        if (token.text().equals("INF")) {
            return isNegative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (token.text().equals("NAN")) {
            return Double.NaN;
        }
        Numerals numerals = new Numerals(token, isNegative, dialect);
        return numerals.isApproximate() ? numerals.approximate() : (Number) numerals.exact();
    }

    private boolean isApproximate() {
        String text = token.text();
        return text.chars().anyMatch(isHexadecimal(text) ? c -> ".pP".indexOf(c) >= 0 : c -> ".eEfFdD".indexOf(c) >= 0);
    }

    private static boolean isHexadecimal(String text) {
        return text.startsWith("0x") || text.startsWith("0X");
    }

    private Long exact() {
        String text = token.text();
        int end = text.endsWith("L") || text.endsWith("l") ? text.length() - 1 : text.length();
        boolean isBinary = text.startsWith("0b") || text.startsWith("0B");
        boolean isPrefixed = isBinary || isHexadecimal(text);
        int radix = isBinary ? 2 : isPrefixed ? 16 : isOctal(text) ? 8 : 10;
        String digits = digits(text.substring(isPrefixed ? 2 : 0, end), radix);
        try {
            if (radix == 10) {
                return Long.parseLong(isNegative ? "-" + digits : digits);
            }
            long value = Long.parseUnsignedLong(digits, radix);
            return isNegative ? -value : value;
        } catch (NumberFormatException e) {
            throw error("is beyond the range of a 64-bit number");
        }
    }

    private boolean isOctal(String text) {
        return text.charAt(0) == '0' && dialect == Dialect.SELECTOR;
    }

    /** The digits without the underscores between them. */
    private String digits(String text, int radix) {
        if (text.isEmpty() || text.startsWith("_") || text.endsWith("_")) {
            throw malformed();
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '_' && (c >= 128 || Character.digit(c, radix) < 0)) {
                throw malformed();
            }
        }
        return text.replace("_", "");
    }

    private Number approximate() {
        String text = token.text();
        requireUnderscoresBetweenDigits(text);
        String plain = text.replace("_", "");
        try {
            boolean isFloat = plain.endsWith("f") || plain.endsWith("F");
            // Read as a Float at once: by way of a double it would be rounded twice.
            Number value = isFloat ? (Number) Float.valueOf(plain) : (Number) Double.valueOf(plain);
            checkRange(plain, value.doubleValue());
            return isNegative ? Promotion.negate(value) : value;
        } catch (NumberFormatException e) {
            throw malformed();
        }
    }

    private void requireUnderscoresBetweenDigits(String text) {
        int exponent = isHexadecimal(text) ? text.toLowerCase(Locale.ROOT).indexOf('p') : 0;
        for (int start = text.indexOf('_'); start >= 0; ) {
            int end = start;
            while (end < text.length() && text.charAt(end) == '_') {
                end++;
            }
            int radix = start < exponent ? 16 : 10;
            if (end == text.length()
                    || Character.digit(text.charAt(start - 1), radix) < 0
                    || Character.digit(text.charAt(end), radix) < 0) {
                throw malformed();
            }
            start = text.indexOf('_', end);
        }
    }

    private void checkRange(String text, double value) {
        if (Double.isInfinite(value)) {
            throw error("is too large for a floating-point number");
        }
        if (value == 0 && hasNonZeroDigit(text)) {
            throw error("is too small for a floating-point number");
        }
    }

    private static boolean hasNonZeroDigit(String text) {
        boolean isHexadecimal = isHexadecimal(text);
        String exponentMarks = isHexadecimal ? "pP" : "eEfFdD";
        for (int i = isHexadecimal ? 2 : 0; i < text.length() && exponentMarks.indexOf(text.charAt(i)) < 0; i++) {
            if (text.charAt(i) != '0' && text.charAt(i) != '.') {
                return true;
            }
        }
        return false;
    }

    private SelectorError malformed() {
        return error("is no number; if a name was meant: names begin with a letter, _ or $");
    }

    private SelectorError error(String problem) {
        return new SelectorError(token.column(), Token.printable(token.text()) + " " + problem);
    }
}
