package org.waybill.selector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a message must be like: a parsed message selector (Jakarta Messaging 3.1 section 3.8.1), a filter expression (AMQP Filter
 * Expressions 1.0, CSD01), or several of them. Immutable; any thread may use it.
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
 *
 * <p>Property filters are a short form of SQL filters, and kept as such ({@link PropertyFilter}).
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

    private static final String FILTER_MARK = "sql-filter:";
    private static final String BOTH_MARK = "both:";

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
        return parse(text, text, Dialect.SELECTOR);
    }

    /**
     * Parses an SQL filter ({@code amqp:sql-filter}).
     *
     * @throws SelectorError if the text is no filter or is beyond a bound
     */
    public static Selector parseFilter(String text) {
        return parse(FILTER_MARK + text, text, Dialect.FILTER);
    }

    /** Makes a selector again of its {@link #text}. */
    public static Selector restore(String text) {
        if (text.startsWith(FILTER_MARK)) {
            return parseFilter(text.substring(FILTER_MARK.length()));
        }
        if (!text.startsWith(BOTH_MARK)) {
            return parse(text);
        }
        int second = secondAt(text);
        return restore(text.substring(firstAt(text), second)).and(restore(text.substring(second)));
    }

    private static int firstAt(String both) {
        return both.indexOf(':', BOTH_MARK.length()) + 1;
    }

    private static int secondAt(String both) {
        int first = firstAt(both);
        return first + Integer.parseInt(both, BOTH_MARK.length(), first - 1, 10);
    }

    private static Selector parse(String text, String expression, Dialect dialect) {
        Parser parser = new Parser(expression, dialect);
        Condition condition = parser.parse();
        return new Selector(text, condition, parser.identifiers());
    }

    /** Matches what both match. */
    public Selector and(Selector other) {
        Set<String> all = new LinkedHashSet<>(identifiers);
        all.addAll(other.identifiers);
        return new Selector(
                BOTH_MARK + text.length() + ":" + text + other.text,
                new Condition.And(List.of(condition, other.condition)),
                Collections.unmodifiableSet(all));
    }

    /** What {@link #and} made it of: itself alone if it did not. */
    public List<Selector> parts() {
        if (!text.startsWith(BOTH_MARK)) {
            return List.of(this);
        }
        int second = secondAt(text);
        List<Selector> parts =
                new ArrayList<>(restore(text.substring(firstAt(text), second)).parts());
        parts.addAll(restore(text.substring(second)).parts());
        return Collections.unmodifiableList(parts);
    }

    /** Whether it was made by {@link #parseFilter}. */
    public boolean isFilter() {
        return text.startsWith(FILTER_MARK);
    }

    /** The text that it was parsed from; of a selector made by {@link #and} see its {@link #parts}. */
    public String expression() {
        return isFilter() ? text.substring(FILTER_MARK.length()) : text;
    }

    /** Whether the selector is true, rather than false or unknown, for a message with these properties. */
    public boolean matches(PropertySource source) {
        return condition.truth(source) == Truth.TRUE;
    }

    /**
     * Its one and only text: two with the same text match the same messages, and {@link #restore} makes one of it. For a selector it
     * is the text as it was given.
     */
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
