package org.waybill.cluster.node;

import org.waybill.broker.Cluster;
import org.waybill.broker.ClusterContext;

/** Makes a broker a node of the cluster that its settings name. */
public final class ClusterProvider implements Cluster.Provider {
    /** For the service loader. */
    public ClusterProvider() {}

    @Override
    public Cluster join(ClusterContext context) {
        return ClusterNode.start(context);
    }
}
