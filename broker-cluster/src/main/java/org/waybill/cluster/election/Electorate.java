package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.List;

/**
 * Who takes part, the same on all nodes but for {@code self}.
 *
 * @param self this node's number
 * @param nodes the numbers of all nodes, in the order of the configuration
 * @param shards how many there are
 */
public record Electorate(int self, List<Integer> nodes, int shards) {
    /** Checks; throws {@link IllegalArgumentException}. */
    public Electorate {
        nodes = List.copyOf(nodes);
        if (!nodes.contains(self) || nodes.stream().distinct().count() != nodes.size()) {
            throw new IllegalArgumentException("nodes must differ, and this one must be among them");
        }
        if (shards < 1) {
            throw new IllegalArgumentException("shards must be positive");
        }
    }

    /** The node that is to lead a shard if nobody does. */
    public int preferred(int shard) {
        return nodes.get(shard % nodes.size());
    }

    /**
     * All nodes, in the order in which they are to lead a shard: first the preferred one. What it leads goes to different ones of the
     * others when it is gone.
     */
    public List<Integer> order(int shard) {
        int n = nodes.size();
        List<Integer> order = new ArrayList<>(n);
        order.add(preferred(shard));
        for (int i = 0; i < n - 1; i++) {
            int behind = 1 + (shard / n + i) % (n - 1);
            order.add(nodes.get((shard + behind) % n));
        }
        return order;
    }
}
