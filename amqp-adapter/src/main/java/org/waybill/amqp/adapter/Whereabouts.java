package org.waybill.amqp.adapter;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;
import org.waybill.spi.AdapterContext;
import org.waybill.spi.Destination;

/**
 * What is known about which node leads an address, and how clients reach that node. Knowledge may be old: a node to which it leads finds
 * the next one, or serves the client all the same. Safe for any thread.
 */
final class Whereabouts {
    private final AdapterContext context;
    private final Map<Integer, ClientAddress> nodes;

    /** In the cluster of this broker, if it is in one and its settings let clients know of the other nodes. */
    Whereabouts(AdapterContext context) {
        this.context = context;
        this.nodes = context.settings()
                .cluster()
                .filter(ClusterSettings::offerNodes)
                .map(Whereabouts::nodes)
                .orElse(Map.of());
    }

    private static Map<Integer, ClientAddress> nodes(ClusterSettings cluster) {
        Map<Integer, ClientAddress> nodes = new HashMap<>();
        for (ClusterNode node : cluster.nodes()) {
            nodes.put(node.id(), ClientAddress.of(node));
        }
        return Map.copyOf(nodes);
    }

    /**
     * Where a client reaches the other node that leads a destination, in the manner in which it has come here; null if this node leads it,
     * nobody is known to, or there is no such way.
     */
    @Nullable
    ClientAddress elsewhere(Destination destination, Socket socket) {
        if (nodes.isEmpty()) {
            return null;
        }
        ClientAddress leader = nodes.get(context.leaderOf(destination));
        return leader != null && leader.isFor(socket) ? leader : null;
    }
}
