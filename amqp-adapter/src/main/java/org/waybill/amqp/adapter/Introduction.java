package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;

/**
 * The properties of this broker's opens: what it is, and, in a cluster, where else a client finds it, as {@code failover-server-list}: the
 * other nodes in the order of the configuration, beginning behind this one so that the clients of a lost node spread, and this one last.
 * A client is told of what it can reach in the manner in which it has come, by TLS or without; one that has come through a WebSocket is told
 * nothing. Immutable.
 */
final class Introduction {
    private static final Symbol SERVER_LIST = Symbol.valueOf("failover-server-list");

    private final Map<Symbol, Object> alone = Map.of(
            Symbols.PRODUCT,
            "Waybill",
            Symbols.VERSION,
            version(),
            Symbols.PLATFORM,
            "Java/" + System.getProperty("java.version", ""));
    private final Map<Symbol, Object> plain;
    private final Map<Symbol, Object> secure;

    Introduction(Optional<ClusterSettings> cluster) {
        this.plain = with(cluster, "amqp");
        this.secure = with(cluster, "amqps");
    }

    /** To whoever has come this way. */
    Map<Symbol, Object> to(Socket socket) {
        return socket.isWebSocket() ? alone : socket.isTls() ? secure : plain;
    }

    private Map<Symbol, Object> with(Optional<ClusterSettings> cluster, String scheme) {
        List<Map<Symbol, Object>> servers = cluster.filter(ClusterSettings::offerNodes)
                .map(each -> servers(each, scheme))
                .orElseGet(List::of);
        if (servers.isEmpty()) {
            return alone;
        }
        Map<Symbol, Object> properties = new HashMap<>(alone);
        properties.put(SERVER_LIST, servers);
        return Map.copyOf(properties);
    }

    private static List<Map<Symbol, Object>> servers(ClusterSettings cluster, String scheme) {
        List<ClusterNode> nodes = cluster.nodes();
        int self = nodes.indexOf(cluster.self());
        List<Map<Symbol, Object>> servers = new ArrayList<>();
        for (int i = 1; i <= nodes.size(); i++) {
            ClientAddress address = ClientAddress.of(nodes.get((self + i) % nodes.size()));
            if (address.scheme().equals(scheme)) {
                servers.add(address.info());
            }
        }
        return List.copyOf(servers);
    }

    private static String version() {
        String version = Introduction.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
