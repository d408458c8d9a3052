package org.waybill.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A cluster as administrators see it from one of its nodes. Thread-safe; nothing blocks. Rows are attributes by their names. */
public interface ClusterAdministration {
    /**
     * The nodes in the order of the configuration, as this one sees them: {@code name}, {@code id}, {@code host}, {@code port}, {@code
     * clients} (where clients connect), {@code self}, {@code connected}, {@code since} (epoch milliseconds), {@code round-trip-us}, {@code
     * queued-bytes}, {@code last-end} (why its last connection ended), {@code elector} ({@code leads}, {@code votes}, {@code present},
     * {@code absent}: its part in elections), {@code leads} (how many shards it leads).
     */
    CompletionStage<List<Map<String, Object>>> nodes();

    /**
     * The shards: {@code name} (the number), {@code health} ({@code ok}; {@code degraded} if a replica is missing or does not count yet;
     * {@code leaderless}), {@code leader}, {@code prefers} (the node that is to lead it), {@code epoch}, and what its leader has said last:
     * {@code commit-index}, {@code age-ms} (how long ago), {@code replicas}, a list of {@code node}, {@code counts}, {@code lag-entries},
     * {@code lag-bytes}, {@code snapshot} (it is given one), {@code answered-ms} (how long ago, as of then).
     */
    CompletionStage<List<Map<String, Object>>> shards();

    /**
     * Has a node lead a shard from now on, until all nodes have been down at once.
     *
     * @return empty when it leads; why not, if there is no such shard or node, or it does not lead within ten seconds
     */
    CompletionStage<Optional<BrokerError>> moveLeader(int shard, String node);

    /**
     * Lets this node's replica of a shard vote again, though it ended without a clean stop and may lack messages that were accepted when a
     * majority had them in memory: what no other replica has of them is lost.
     *
     * @return empty when it votes; why not, if there is no such shard, or the replica lacks nothing
     */
    CompletionStage<Optional<BrokerError>> acceptLoss(int shard);
}
