package org.waybill.cluster.replication;

/**
 * Bounds and times of a replica.
 *
 * @param heartbeatNs how often a leader sends to each follower at least; default 100 ms
 * @param leaseNs how long a leader may act after a majority has answered, and how long who has answered gives no promise to
 *     others; the same on all nodes; default 800 ms
 * @param retryNs after what silence a message is sent again; default 250 ms
 * @param roundNs how long a candidate tries in one epoch; default 1 s
 * @param failoverNs without a sign of a leader for this time at least a replica tries by itself, see {@link Patience}; five quarters of the
 *     lease at least, so that those that are asked may answer; default 1 s
 * @param maxAppendBytes entries in one message; default 1 MiB, and one entry at least
 * @param windowBytes what may be on its way to one follower; default 8 MiB
 * @param tailBytes entries kept in memory for followers that lag; default 64 MiB
 */
public record ReplicationOptions(
        long heartbeatNs,
        long leaseNs,
        long retryNs,
        long roundNs,
        long failoverNs,
        int maxAppendBytes,
        int windowBytes,
        int tailBytes) {
    private static final long MS = 1_000_000;

    /** Clocks of two nodes differ in speed by less than one part in this many. */
    static final int DRIFT = 50;

    /** Checks the ranges; throws {@link IllegalArgumentException} with the option's name. */
    public ReplicationOptions {
        require(heartbeatNs > 0 && heartbeatNs < leaseNs / 2, "heartbeatNs must be less than half of leaseNs");
        require(retryNs > 0 && roundNs > 0, "retryNs and roundNs must be positive");
        require(failoverNs / 5 >= leaseNs / 4, "failoverNs must be five quarters of leaseNs at least");
        require(maxAppendBytes > 0 && windowBytes >= maxAppendBytes, "windowBytes must be at least maxAppendBytes");
        require(tailBytes >= 0, "tailBytes must not be negative");
    }

    /** The defaults named above. */
    public static ReplicationOptions defaults() {
        return new ReplicationOptions(100 * MS, 800 * MS, 250 * MS, 1_000 * MS, 1_000 * MS, 1 << 20, 8 << 20, 64 << 20);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
