package org.waybill.spi;

/** What a verb on a branch comes to: the codes of X/Open XA, as {@code javax.transaction.xa} numbers them. */
public enum XaCode {
    /** It was done. */
    OK(0),
    /** Prepared, and there was nothing to promise: the branch is over. */
    READ_ONLY(3),
    /** An administrator has decided, part for commit and part for rollback. */
    HEURISTIC_MIXED(5),
    /** An administrator has rolled it back. */
    HEURISTIC_ROLLED_BACK(6),
    /** An administrator has committed it. */
    HEURISTIC_COMMITTED(7),
    /** Rolled back, because something in it could not be done. */
    ROLLED_BACK(100),
    /** Rolled back, because a connection that worked in it was lost. */
    ROLLED_BACK_CONNECTION_LOST(101),
    /** Rolled back, because it was open for too long. */
    ROLLED_BACK_TIMEOUT(106),
    /** The broker cannot say, or do, this now. */
    ERROR(-3),
    /** There is no branch of that name. */
    UNKNOWN(-4),
    /** An argument cannot be used. */
    INVALID(-5),
    /** The verb does not fit the state of the branch, which stays as it was. */
    OUT_OF_ORDER(-6),
    /** A part of the broker cannot be asked. */
    UNAVAILABLE(-7),
    /** There is a branch of that name already, which stays as it was. */
    DUPLICATE(-8);

    private final int value;

    XaCode(int value) {
        this.value = value;
    }

    /** The number of it in {@code javax.transaction.xa}. */
    public int value() {
        return value;
    }
}
