package org.waybill.jms.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.Endpoint;
import org.waybill.jms.engine.TlsOptions;

/**
 * The other servers that a server speaks of: in the redirect with which it refuses or closes a connection (AMQP 1.0 part 2, section
 * 2.8.16), and in the property {@code failover-server-list} of its open. Both are maps with {@code network-host}, {@code port},
 * {@code hostname} (what to ask for in the open), and, as other brokers have them, {@code scheme} and {@code path}.
 */
final class Elsewhere {
    private static final String SERVER_LIST = "failover-server-list";
    private static final String REDIRECT = "amqp:connection:redirect";

    private Elsewhere() {}

    /** The server that this failure sends the client to, or null if it does not, or to none that the client may go to. */
    static @Nullable Server redirect(Server from, ClientException failure) {
        return REDIRECT.equals(failure.condition()) ? server(from, failure.info()) : null;
    }

    /** The servers in these properties of an open, in their order; those that cannot be understood are left out. */
    static List<Server> named(Server by, Map<String, Object> properties) {
        List<Server> named = new ArrayList<>();
        if (properties.get(SERVER_LIST) instanceof List<?> list) {
            for (Object entry : list) {
                Server server = entry instanceof Map<?, ?> map ? server(by, map) : null;
                if (server != null) {
                    named.add(server);
                }
            }
        }
        return named;
    }

    private static @Nullable Server server(Server from, Map<?, ?> map) {
        String host = text(map, "network-host");
        Endpoint old = from.options().endpoint();
        if (host == null || host.isEmpty()) {
            return null;
        }
        String scheme = text(map, "scheme");
        boolean tls = scheme == null
                ? old.tls() != null
                : scheme.toLowerCase(Locale.ROOT).matches("amqps|amqpwss|wss");
        if (old.tls() != null && !tls && !from.insecureRedirects()) {
            return null;
        }
        boolean webSocket = scheme == null
                ? old.webSocketPath() != null
                : scheme.toLowerCase(Locale.ROOT).matches("amqpws|amqpwss|ws|wss");
        int port = map(map, "port") instanceof Number number ? number.intValue() : old.port();
        if (port <= 0 || port > 0xFFFF) {
            return null;
        }
        Endpoint endpoint = new Endpoint(
                host,
                port,
                tls ? (old.tls() == null ? TlsOptions.DEFAULT : old.tls()) : null,
                webSocket ? path(text(map, "path"), old.webSocketPath()) : null);
        String virtualHost = text(map, "hostname");
        return from.at(endpoint, virtualHost);
    }

    private static String path(@Nullable String named, @Nullable String old) {
        String path = named == null ? old : named;
        return path == null ? "/" : path.startsWith("/") ? path : "/" + path;
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        Object value = map(map, key);
        return value == null ? null : value.toString();
    }

    /** The value of this key, be the keys symbols or strings. */
    private static @Nullable Object map(Map<?, ?> map, String key) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getKey() != null && entry.getKey().toString().equals(key)) {
                return entry.getValue();
            }
        }
        return null;
    }
}
