package org.waybill.amqp.adapter;

import java.net.URI;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.waybill.config.ClusterNode;

/**
 * Where clients reach a node of the cluster, of which its settings name one place.
 *
 * @param host a name or an IP address
 * @param port of its listener
 * @param scheme {@code amqp} or {@code amqps}
 */
record ClientAddress(String host, int port, String scheme) {
    private static final String PLAIN = "amqp";
    private static final String SECURE = "amqps";
    private static final int AMQP_PORT = 5672;
    private static final int AMQPS_PORT = 5671;

    /** A node's. */
    static ClientAddress of(ClusterNode node) {
        URI uri = URI.create(node.clients());
        int usual = uri.getScheme().equals(SECURE) ? AMQPS_PORT : AMQP_PORT;
        return new ClientAddress(uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort(), uri.getScheme());
    }

    /** Whether a client that has come through this socket can come there in the same manner; through a WebSocket nobody can. */
    boolean isFor(Socket socket) {
        return !socket.isWebSocket() && scheme.equals(socket.isTls() ? SECURE : PLAIN);
    }

    /** As redirects (AMQP 1.0 part 2, section 2.8.16) and {@code failover-server-list} have it, with Qpid JMS's {@code scheme}. */
    Map<Symbol, Object> info() {
        return Map.of(Symbols.NETWORK_HOST, host, Symbols.PORT, port, Symbols.SCHEME, scheme);
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }
}
