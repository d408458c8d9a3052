package org.waybill.broker;

import org.waybill.config.Settings;
import org.waybill.spi.ClusterAdministration;

/** A broker's part in a cluster, found by {@link java.util.ServiceLoader} as its {@link Provider}. */
public interface Cluster extends ClusterAdministration {
    /** Makes brokers nodes of clusters. */
    interface Provider {
        /**
         * Recovers what the broker's shards have on disk, starts its journal, and begins to work with the other nodes. Blocks, on the
         * starting thread.
         *
         * @throws StartFailure when it cannot
         */
        Cluster join(ClusterContext context);

        /**
         * What the checkpoint of a shard must say of its log, so that a broker which stood alone so far is the only member at first, and
         * takes the other nodes in.
         *
         * @param settings with the cluster
         * @param brokerId of the data directory
         * @param lastIndex of the last entry in the checkpoint's state
         */
        byte[] foundersMeta(Settings settings, String brokerId, long lastIndex);
    }

    /** Hands over what this node leads, as far as there is somebody to take it. Blocks, for a bounded time; before connections are closed. */
    void leave();

    /** Ends the work with the other nodes; the journal is closed afterwards. Blocks, for a bounded time. */
    void stop();
}
