package org.waybill.cluster.node;

import org.waybill.broker.Cluster;
import org.waybill.broker.ClusterContext;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.config.Settings;

/** Makes a broker a node of the cluster that its settings name. */
public final class ClusterProvider implements Cluster.Provider {
    /** For the service loader. */
    public ClusterProvider() {}

    @Override
    public Cluster join(ClusterContext context) {
        return ClusterNode.start(context);
    }

    @Override
    public byte[] foundersMeta(Settings settings, String brokerId, long lastIndex) {
        int node = settings.cluster().orElseThrow().self().id();
        return LogRecovery.alone(ClusterNode.member(node, brokerId), lastIndex);
    }
}
