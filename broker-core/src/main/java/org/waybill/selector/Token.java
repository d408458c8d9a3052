package org.waybill.selector;

/**
 * A word of a selector.
 *
 * @param text the content of a string or of brackets, without these; for all others what stands in the selector
 * @param column where it begins; the first column is 1
 */
record Token(Kind kind, String text, int column) {
    private static final int SHOWN_CHARS = 40;

    enum Kind {
        IDENTIFIER,
        /** An identifier in brackets. */
        DELIMITED,
        STRING,
        NUMBER,
        BINARY,
        AND,
        OR,
        NOT,
        BETWEEN,
        IN,
        LIKE,
        ESCAPE,
        IS,
        NULL,
        TRUE,
        FALSE,
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        PLUS,
        MINUS,
        STAR,
        SLASH,
        PERCENT,
        DOT,
        OPEN,
        CLOSE,
        COMMA,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** The token in an error message. */
    String shown() {
        return switch (kind) {
            case END -> "the end";
            case STRING -> "the string '" + printable(text) + "'";
            default -> printable(text);
        };
    }

    /** A short form of any text that neither breaks a line nor plays tricks with a terminal. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        int[] codePoints = text.codePoints().limit(SHOWN_CHARS + 1L).toArray();
        for (int i = 0; i < Math.min(codePoints.length, SHOWN_CHARS); i++) {
            switch (Character.getType(codePoints[i])) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.UNASSIGNED,
                        Character.PRIVATE_USE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> shown.append("\\u{")
                        .append(Integer.toHexString(codePoints[i]))
                        .append('}');
                default -> shown.appendCodePoint(codePoints[i]);
            }
        }
        return codePoints.length > SHOWN_CHARS ? shown.append("...").toString() : shown.toString();
    }
}
