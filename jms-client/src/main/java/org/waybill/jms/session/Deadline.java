package org.waybill.jms.session;

import java.util.concurrent.TimeUnit;

/** A moment until which to wait, or never. */
final class Deadline {
    private static final Deadline NEVER = new Deadline(0, true);

    private final long atNs;
    private final boolean never;

    private Deadline(long atNs, boolean never) {
        this.atNs = atNs;
        this.never = never;
    }

    /** So many milliseconds from now. */
    static Deadline in(long limitMs) {
        long limitNs = TimeUnit.MILLISECONDS.toNanos(limitMs);
        // About 146 years: what does not fit between two moments of the clock will not come.
        return limitNs > Long.MAX_VALUE / 2 ? NEVER : new Deadline(System.nanoTime() + limitNs, false);
    }

    static Deadline never() {
        return NEVER;
    }

    boolean isNever() {
        return never;
    }

    long leftNs() {
        return never ? Long.MAX_VALUE : Math.max(0, atNs - System.nanoTime());
    }

    /** Rounded up, so that 0 means that it has passed. */
    long leftMs() {
        return never ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(leftNs() + 999_999);
    }

    boolean hasPassed() {
        return !never && leftNs() == 0;
    }
}
