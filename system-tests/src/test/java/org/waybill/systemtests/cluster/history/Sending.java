package org.waybill.systemtests.cluster.history;

/** A message that was sent, with what its sender learnt of it. Filled by {@link Books} alone. */
final class Sending {
    private final Copy copy;
    private final boolean once;
    private final String transaction;
    private boolean settled;
    private boolean refused;

    Sending(Copy copy, boolean once, String transaction) {
        this.copy = copy;
        this.once = once;
        this.transaction = transaction;
    }

    Copy copy() {
        return copy;
    }

    /** Whether it must not be stored twice. */
    boolean once() {
        return once;
    }

    String transaction() {
        return transaction;
    }

    /** Whether its sender knows that the broker has it. */
    boolean settled() {
        return settled;
    }

    /** Whether its sender knows that the broker does not have it. */
    boolean refused() {
        return refused && !settled;
    }

    void settle() {
        settled = true;
    }

    void refuse() {
        refused = true;
    }
}
