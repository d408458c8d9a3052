package org.waybill.broker;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.waybill.spi.BrokerError;

/** A broker's part in a cluster, found by {@link java.util.ServiceLoader} as its {@link Provider}. */
public interface Cluster {
    /** Makes brokers nodes of clusters. */
    interface Provider {
        /**
         * Recovers what the broker's shards have on disk, starts its journal, and begins to work with the other nodes. Blocks, on the
         * starting thread.
         *
         * @throws StartFailure when it cannot
         */
        Cluster join(ClusterContext context);
    }

    /**
     * Has a node lead a shard from now on, until all nodes have been down at once. Any thread.
     *
     * @return empty when it leads; why not, if there is no such shard or node, or it does not lead within ten seconds
     */
    CompletionStage<Optional<BrokerError>> moveLeader(int shard, String node);

    /** Hands over what this node leads, as far as there is somebody to take it. Blocks, for a bounded time; before connections are closed. */
    void leave();

    /** Ends the work with the other nodes; the journal is closed afterwards. Blocks, for a bounded time. */
    void stop();
}
