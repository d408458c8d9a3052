package org.waybill.jms.engine;

import org.jspecify.annotations.Nullable;

/**
 * Where a server is, and what lies between TCP and AMQP.
 *
 * @param host name or address
 * @param port TCP port
 * @param tls how to speak TLS from the first byte on, or null for not at all
 * @param webSocketPath the path of the server's WebSocket (AMQP WebSocket binding 1.0), beginning with a slash; null to speak AMQP
 *     right away
 */
public record Endpoint(String host, int port, @Nullable TlsOptions tls, @Nullable String webSocketPath) {
    /** Checks the ranges. */
    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host is empty");
        }
        if (port <= 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port is out of range");
        }
        if (webSocketPath != null && !webSocketPath.startsWith("/")) {
            throw new IllegalArgumentException("webSocketPath does not begin with a slash");
        }
    }

    /** By TCP alone. */
    public static Endpoint of(String host, int port) {
        return new Endpoint(host, port, null, null);
    }

    /** The URI that leads there, {@code amqps://host:5671} for example. */
    @Override
    public String toString() {
        String scheme = webSocketPath == null ? (tls == null ? "amqp" : "amqps") : (tls == null ? "amqpws" : "amqpwss");
        String name = host.indexOf(':') < 0 ? host : '[' + host + ']';
        return scheme + "://" + name + ':' + port + (webSocketPath == null ? "" : webSocketPath);
    }
}
