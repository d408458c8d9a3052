package org.waybill.cluster.link;

import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: twice as long each time, up to a bound, and never quite the same as others wait. */
final class Backoff {
    private final long firstMs;
    private final long longestMs;
    private final RandomGenerator chance;
    private long nextMs;

    Backoff(long firstMs, long longestMs, RandomGenerator chance) {
        this.firstMs = firstMs;
        this.longestMs = longestMs;
        this.chance = chance;
        this.nextMs = firstMs;
    }

    /** Between three quarters and five quarters of what it has come to. */
    long nextMs() {
        long base = nextMs;
        nextMs = Math.min(longestMs, base * 2);
        return base - base / 4 + chance.nextLong(base / 2 + 1);
    }

    /** The last attempt was a success. */
    void reset() {
        nextMs = firstMs;
    }
}
