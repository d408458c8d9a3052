package org.waybill.selector;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A LIKE pattern: {@code _} is any one character, {@code %} any number of them, anything else itself. A character is a
 * Unicode code point.
 *
 * <p>As in SQL, the escape character stands only before {@code _}, {@code %} or itself.
 */
final class LikePattern {
    // Neither can be a code point.
    private static final int ANY_CHARACTER = -1;
    private static final int ANY_SEQUENCE = -2;

    private final int[] elements;

    private LikePattern(int[] elements) {
        this.elements = elements;
    }

    /** Compiles a pattern; both tokens are strings, and the escape is null where the selector has none. */
    static LikePattern compile(Token pattern, @Nullable Token escape) {
        int[] characters = pattern.text().codePoints().toArray();
        int escapeCharacter = escape == null ? Integer.MIN_VALUE : escapeCharacter(escape);
        int[] elements = new int[characters.length];
        int count = 0;
        for (int i = 0; i < characters.length; i++) {
            int c = characters[i];
            if (c == escapeCharacter) {
                i++;
                if (i == characters.length || !isEscapable(characters[i], escapeCharacter)) {
                    throw new SelectorError(
                            pattern.column(),
                            "in this pattern the escape character " + Token.printable(Character.toString(c))
                                    + " does not stand before _, % or itself");
                }
                elements[count++] = characters[i];
            } else if (c == '_') {
                elements[count++] = ANY_CHARACTER;
            } else if (c != '%') {
                elements[count++] = c;
            } else if (count == 0 || elements[count - 1] != ANY_SEQUENCE) {
                elements[count++] = ANY_SEQUENCE;
            }
        }
        return new LikePattern(Arrays.copyOf(elements, count));
    }

    private static int escapeCharacter(Token escape) {
        String text = escape.text();
        if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
            throw new SelectorError(escape.column(), "ESCAPE takes one character, not " + escape.shown());
        }
        return text.codePointAt(0);
    }

    private static boolean isEscapable(int c, int escapeCharacter) {
        return c == '_' || c == '%' || c == escapeCharacter;
    }

    /**
     * Whether the whole of a value is like the pattern. After a mismatch only the last {@code %} is tried again, one
     * character longer: the time is at most the product of both lengths.
     */
    boolean matches(String value) {
        int element = 0;
        int at = 0;
        int resumeElement = -1;
        int resumeAt = 0;
        while (at < value.length()) {
            int c = value.codePointAt(at);
            int wanted = element < elements.length ? elements[element] : Integer.MIN_VALUE;
            if (wanted == ANY_SEQUENCE) {
                element++;
                if (element == elements.length) {
                    return true;
                }
                resumeElement = element;
                resumeAt = at;
            } else if (wanted == c || wanted == ANY_CHARACTER) {
                element++;
                at += Character.charCount(c);
            } else if (resumeElement >= 0) {
                resumeAt += Character.charCount(value.codePointAt(resumeAt));
                element = resumeElement;
                at = resumeAt;
            } else {
                return false;
            }
        }
        return element == elements.length || (element == elements.length - 1 && elements[element] == ANY_SEQUENCE);
    }
}
