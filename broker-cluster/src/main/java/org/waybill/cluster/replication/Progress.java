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
    /** Everything up to here is the same there, and received. */
    long received;
    /** By what it asks to be told that it has everything that was there when it asked first, and what that was; or 0. */
    long plea;

    long pleaIndex;
    /** Whether {@link #next} is known to follow on what is there; else one message at a time tries. */
    boolean streaming;
    /** When something was sent last. */
    long sentNs;
    /** When it was asked last for an answer ahead of what was on its way to it. */
    long askedNs;
    /** How long what is on its way takes, as it looked when it was sent. */
    long delayNs;
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
        this.askedNs = neverNs;
        this.stampNs = neverNs;
    }

    /** Whether something is on its way that was not answered for. */
    boolean isBehind() {
        return streaming && match < next - 1;
    }

    /** What was sent and not answered for may not be there: the next one is tried from here. */
    void grope(long from, long neverNs) {
        streaming = false;
        next = from;
        sentNs = neverNs;
    }
}
