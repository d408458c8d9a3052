package org.waybill.jms.uri;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.Endpoint;
import org.waybill.jms.engine.TlsOptions;

/**
 * The URI of one server, taken apart: {@code amqp|amqps|amqpws|amqpwss://host[:port][/path][?options]}.
 *
 * <p>Taken apart here and not by {@link java.net.URI}, which knows no host with an underscore, and which repeats the whole text, and
 * with it a password, in its complaints.
 *
 * @param scheme which protocol
 * @param host name or address; an IPv6 address without its brackets
 * @param port TCP port
 * @param path the WebSocket's path, or null without WebSocket
 * @param options name and value of each option
 */
record ServerUri(Scheme scheme, String host, int port, @Nullable String path, Map<String, String> options) {
    /** What lies between TCP and AMQP. */
    enum Scheme {
        AMQP(5672, false, false),
        AMQPS(5671, true, false),
        AMQPWS(80, false, true),
        AMQPWSS(443, true, true);

        private final int standardPort;
        private final boolean tls;
        private final boolean webSocket;

        Scheme(int standardPort, boolean tls, boolean webSocket) {
            this.standardPort = standardPort;
            this.tls = tls;
            this.webSocket = webSocket;
        }
    }

    static ServerUri parse(String uri) {
        int question = uri.indexOf('?');
        String place = question < 0 ? uri : uri.substring(0, question);
        if (place.indexOf('@') >= 0) {
            throw new IllegalArgumentException("a connection URI has no user in front of its host:"
                    + " give jms.username and jms.password, or give them to createConnection");
        }
        if (uri.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "a connection URI has no fragment: a # within a value is written as %23");
        }
        Scheme scheme = scheme(place);
        String rest = place.substring(scheme.name().length() + "://".length());
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "/" : rest.substring(slash);
        if (!scheme.webSocket && !path.equals("/")) {
            throw bad(place, "has a path, which only WebSocket has (amqpws, amqpwss)");
        }
        int colon = authority.lastIndexOf(':');
        int bracket = authority.lastIndexOf(']');
        boolean hasPort = colon > bracket;
        String host = host(place, hasPort ? authority.substring(0, colon) : authority);
        int port = hasPort ? port(place, authority.substring(colon + 1)) : scheme.standardPort;
        Map<String, String> options = question < 0 ? Map.of() : Query.parse(uri.substring(question + 1));
        return new ServerUri(scheme, host, port, scheme.webSocket ? path : null, options);
    }

    /** Where it leads, over this TLS if its scheme says that there is any. */
    Endpoint endpoint(TlsOptions tls) {
        return new Endpoint(host, port, scheme.tls ? tls : null, path);
    }

    boolean isTls() {
        return scheme.tls;
    }

    /** Without the options, of which one may be a password. */
    @Override
    public String toString() {
        return endpoint(TlsOptions.DEFAULT).toString();
    }

    private static Scheme scheme(String place) {
        int end = place.indexOf("://");
        String name = end < 0 ? "" : place.substring(0, end);
        for (Scheme scheme : Scheme.values()) {
            if (scheme.name().equalsIgnoreCase(name)) {
                return scheme;
            }
        }
        String known = Stream.of(Scheme.values())
                .map(scheme -> scheme.name().toLowerCase(Locale.ROOT) + "://")
                .collect(Collectors.joining(", "));
        throw bad(place, "does not begin with one of " + known + " or with failover:(");
    }

    private static String host(String place, String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String host = Query.decode(bracketed ? text.substring(1, text.length() - 1) : text, "the host");
        if (host.isEmpty()) {
            throw bad(place, "has no host");
        }
        if (!bracketed && host.indexOf(':') >= 0) {
            throw bad(place, "has an IPv6 address that is not in brackets, as in amqp://[::1]:5672");
        }
        if (host.chars().anyMatch(c -> c <= ' ' || c == '[' || c == ']' || c == ',')) {
            throw bad(place, "has a host with a character that no host has");
        }
        return host;
    }

    private static int port(String place, String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 0xFFFF) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw bad(place, "has the port '" + text + "', but a port is a number from 1 to 65535");
    }

    private static IllegalArgumentException bad(String place, String complaint) {
        return new IllegalArgumentException("connection URI '" + place + "' " + complaint);
    }
}
