package org.waybill.cluster.node;

import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.ClusterSettings;

/** What replicas are bounded by, as a cluster's settings say. */
final class ReplicationSettings {
    /** Kept of each shard's log in memory, for nodes that lag. */
    private static final int TAIL_BYTES = 64 << 20;

    private static final long NS_A_MS = 1_000_000;

    private ReplicationSettings() {}

    static ReplicationOptions of(ClusterSettings settings) {
        ReplicationOptions defaults = ReplicationOptions.defaults();
        long leaseNs = settings.leaseMs() * NS_A_MS;
        return new ReplicationOptions(
                Math.min(defaults.heartbeatNs(), leaseNs / 4),
                leaseNs,
                defaults.retryNs(),
                defaults.roundNs(),
                Math.max(settings.failoverMs() * NS_A_MS, leaseNs / 4 * 5),
                defaults.maxAppendBytes(),
                defaults.windowBytes(),
                TAIL_BYTES);
    }
}
