package org.waybill.selector;

import java.util.Set;

/**
 * A parsed message selector (Jakarta Messaging 3.1 section 3.8.1). Immutable; any thread may use it.
 *
 * <p>Evaluating allocates nothing but the results of arithmetic on properties. Beyond the grammar of the specification:
 * <ul>
 *   <li>a text of nothing but white space is no selector: it matches every message;
 *   <li>a type error that needs no message to be seen ({@code 'a' > 1}) is refused by {@link #parse}; comparing unlike
 *       types with {@code =} or {@code <>} is allowed by the specification and false;
 *   <li>at evaluation a property of the wrong type makes a comparison false, and arithmetic, or a property that should
 *       be a condition by itself, unknown;
 *   <li>whole numbers are divided as in Java, and division of one by zero is unknown.
 * </ul>
 */
public final class Selector {
    /** The longest text that is parsed, in UTF-16 characters. */
    public static final int MAX_LENGTH_CHARS = 65_536;

    /** How deep parentheses may nest. */
    public static final int MAX_DEPTH = 100;

    /**
     * The length of all LIKE patterns of a selector together, in UTF-16 characters. Matching can cost the product of the
     * lengths of pattern and value, so without this bound one selector could hold up an event loop.
     */
    public static final int MAX_PATTERN_CHARS = 1_024;

    private final String text;
    private final Condition condition;
    private final Set<String> identifiers;

    private Selector(String text, Condition condition, Set<String> identifiers) {
        this.text = text;
        this.condition = condition;
        this.identifiers = identifiers;
    }

    /**
     * Parses a selector.
     *
     * @throws SelectorError if the text is no selector or is beyond a bound
     */
    public static Selector parse(String text) {
        Parser parser = new Parser(text);
        Condition condition = parser.parse();
        return new Selector(text, condition, parser.identifiers());
    }

    /** Whether the selector is true, rather than false or unknown, for a message with these properties. */
    public boolean matches(PropertySource source) {
        return condition.truth(source) == Truth.TRUE;
    }

    /** The text as it was given. */
    public String text() {
        return text;
    }

    /** What it evaluates. */
    Condition condition() {
        return condition;
    }

    /** The names of all properties and header fields it may ask for, in the order of the text; unmodifiable. */
    public Set<String> identifiers() {
        return identifiers;
    }

    @Override
    public String toString() {
        return text;
    }
}
