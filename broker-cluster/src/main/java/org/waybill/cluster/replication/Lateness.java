package org.waybill.cluster.replication;

/**
 * Whether what a leader proposes has been committed late for a while, because its links with too many others are slow: then another one had
 * better lead. Watches one entry at a time. No clock: told at every tick.
 */
final class Lateness {
    /** An entry that takes longer than so many leases is late. */
    private static final int LATE_LEASES = 2;

    /** As long as that it must have been so. */
    private static final int LASTING_LEASES = 8;

    private static final long NEVER = Long.MIN_VALUE;

    private final long leaseNs;
    private long watchedIndex;
    private long watchedNs;
    private long sinceNs = NEVER;

    Lateness(long leaseNs) {
        this.leaseNs = leaseNs;
    }

    /** @param linksAreSlow whether entries take long to reach so many others that those which are left are no majority */
    void observe(long nowNs, long lastIndex, long commitIndex, boolean linksAreSlow) {
        boolean isDone = commitIndex >= watchedIndex;
        boolean isLate = watchedIndex > 0 && nowNs - watchedNs > leaseNs * LATE_LEASES;
        if (!linksAreSlow || isDone && !isLate) {
            sinceNs = NEVER;
        } else if (isLate && sinceNs == NEVER) {
            sinceNs = watchedNs;
        }
        if (isDone) {
            watchedIndex = lastIndex > commitIndex ? lastIndex : 0;
            watchedNs = nowNs;
        }
    }

    /** Whether it has been so for long enough. */
    boolean lasts(long nowNs) {
        return sinceNs != NEVER && nowNs - sinceNs > leaseNs * LASTING_LEASES;
    }
}
