package org.waybill.cluster.replication;

/** What a leader knows of one other replica. */
final class Progress {
    final long member;
    /** Whether it takes the place of its node's former member. */
    final boolean replacement;

    /** The next entry to send. */
    long next;
    /** Everything up to here is the same there, and forced. */
    long match;
    /** Whether {@link #next} is known to follow on what is there; else one message at a time tries. */
    boolean streaming;
    /** When something was sent last. */
    long sentNs;
    /** When it answered for something new, or had nothing to answer for. */
    long advancedNs;
    /** The newest of our own times that has come back. */
    long stampNs;
    /** Whether any has. */
    boolean hasAnswered;

    Progress(long member, long next, boolean replacement, long nowNs, long neverNs) {
        this.member = member;
        this.next = next;
        this.replacement = replacement;
        this.advancedNs = nowNs;
        this.sentNs = neverNs;
        this.stampNs = neverNs;
    }
}
