package org.waybill.config;

/**
 * What the broker remembers of producers that number their messages, so that none is stored twice. Immutable.
 *
 * @param producers how many are remembered on each shard; beyond that the one that was longest idle is forgotten
 * @param idleMs after how long without a message a producer is forgotten
 */
public record ExactlyOnceSettings(int producers, long idleMs) {
    private static final long MINUTE_MS = 60_000;
    private static final long DAY_MS = 1_440 * MINUTE_MS;

    /** What holds without a file. */
    public static ExactlyOnceSettings defaults() {
        return new ExactlyOnceSettings(100_000, 7 * DAY_MS);
    }

    static ExactlyOnceSettings read(Section in) {
        ExactlyOnceSettings or = defaults();
        return new ExactlyOnceSettings(
                in.integer("producers", or.producers, 1, 10_000_000),
                in.whole("idle-ms", or.idleMs, 10 * MINUTE_MS, 365 * DAY_MS));
    }
}
