package org.waybill.selector;

/**
 * A selector that is refused: the text is not a selector, breaks a typing rule that shows without a message, or is
 * beyond a bound.
 *
 * <p>The message is one line of printable text, which begins with the column where there is one, fit for the client and for a log.
 */
public final class SelectorError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int column;
    private final String problem;

    SelectorError(int column, String problem) {
        // No stack trace: the cause is a client's text, and refusing it must stay cheap.
        super("column " + column + ": " + problem, null, false, false);
        this.column = column;
        this.problem = problem;
    }

    /** For a filter that is no text. */
    SelectorError(String problem) {
        super(problem, null, false, false);
        this.column = 0;
        this.problem = problem;
    }

    /** The message without the column. */
    String problem() {
        return problem;
    }

    /** Where the problem begins: UTF-16 characters from the start of the text, the first is 1; 0 for a filter that has no text. */
    public int column() {
        return column;
    }
}
