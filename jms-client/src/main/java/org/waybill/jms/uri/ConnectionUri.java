package org.waybill.jms.uri;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Login;
import org.waybill.jms.failover.FailoverConnector;
import org.waybill.jms.failover.FailoverOptions;
import org.waybill.jms.failover.Identity;
import org.waybill.jms.failover.Server;
import org.waybill.jms.failover.SingleConnector;
import org.waybill.jms.session.ConnectionSettings;
import org.waybill.jms.session.Connector;

/**
 * What a connection URI says: {@code amqp://host:5672?jms.x=…&amqp.y=…} for one server, {@code failover:(uri,uri)?jms.x=…&failover.y=…}
 * for the first of many that can be reached. Immutable; without secrets in its {@code toString}.
 *
 * @param servers where to connect to, in the order of trying; not empty
 * @param failover how to look for another server, or null not to
 * @param user who to log in as, or null for nobody in particular
 * @param password the user's password, or null
 * @param containerIdPrefix what generated container ids begin with
 * @param settings how the connection behaves
 */
public record ConnectionUri(
        List<Server> servers,
        @Nullable FailoverOptions failover,
        @Nullable String user,
        @Nullable String password,
        String containerIdPrefix,
        ConnectionSettings settings) {
    private static final String NESTED = "failover.nested.";
    private static final List<String> SERVER = List.of("transport.", "amqp.", "sasl.options.");
    private static final Pattern BETWEEN_SERVERS = Pattern.compile(",(?=\\s*[A-Za-z]+://)");
    private static final Set<String> TLS_ONLY = ServerDraft.OPTIONS.options().keySet().stream()
            .filter(name -> name.startsWith("transport.") && !name.equals("transport.connectTimeout"))
            .collect(Collectors.toUnmodifiableSet());

    /** Copies the list. */
    public ConnectionUri {
        servers = List.copyOf(servers);
    }

    /**
     * Reads a URI.
     *
     * @param uri the URI
     * @param more options beside those in the URI, by full name; they win over those
     * @throws IllegalArgumentException if anything is wrong with it, in one sentence
     */
    public static ConnectionUri parse(String uri, Map<String, String> more) {
        String text = uri.strip();
        if (!text.regionMatches(true, 0, "failover:", 0, "failover:".length())) {
            return single(text, more);
        }
        String list = text.substring("failover:".length());
        int open = list.startsWith("//") ? 2 : 0;
        int close = list.lastIndexOf(')');
        if (!list.startsWith("(", open) || close < 0) {
            throw new IllegalArgumentException(
                    "a failover URI is failover:(uri,uri)?options, with the servers' URIs in parentheses");
        }
        String tail = list.substring(close + 1);
        if (!tail.isEmpty() && !tail.startsWith("?")) {
            throw new IllegalArgumentException(
                    "behind the closing parenthesis of a failover URI there are only ?options;"
                            + " a ) within a value is written as %29");
        }
        return failover(list.substring(open + 1, close), Query.parse(tail.isEmpty() ? "" : tail.substring(1)), more);
    }

    /**
     * Checks one option by itself, as far as that can be done without the URI.
     *
     * @throws IllegalArgumentException if there is no such option or this cannot be its value
     */
    public static void check(String name, String value) {
        String bare = name.startsWith(NESTED) ? name.substring(NESTED.length()) : name;
        if (bare.startsWith("jms.") && bare.equals(name)) {
            JmsDraft.OPTIONS.check(bare, value);
        } else if (SERVER.stream().anyMatch(bare::startsWith)) {
            ServerDraft.OPTIONS.check(bare, value);
        } else if (bare.startsWith("failover.") && bare.equals(name)) {
            FailoverDraft.OPTIONS.check(bare, value);
        } else {
            refuseTheRest(Map.of(name, value));
        }
    }

    private static ConnectionUri single(String text, Map<String, String> more) {
        ServerUri uri = ServerUri.parse(text);
        Map<String, String> options = merged(uri.options(), more);
        Map<String, String> jms = take(options, "jms.");
        Map<String, String> server = takeServer(options);
        if (options.keySet().stream().anyMatch(name -> name.startsWith("failover."))) {
            throw new IllegalArgumentException("failover options are of no use without a failover URI: failover:("
                    + uri
                    + ")?failover.maxReconnectAttempts=-1");
        }
        refuseTheRest(options);
        JmsDraft draft = JmsDraft.OPTIONS.draft(jms);
        return new ConnectionUri(
                List.of(server(uri, Map.of(), server, draft)),
                null,
                draft.username,
                draft.password,
                draft.clientIdPrefix,
                draft.settings());
    }

    private static ConnectionUri failover(String list, Map<String, String> outer, Map<String, String> more) {
        Map<String, String> options = merged(outer, more);
        Map<String, String> jms = take(options, "jms.");
        Map<String, String> nested = new LinkedHashMap<>();
        take(options, NESTED).forEach((name, value) -> nested.put(name.substring(NESTED.length()), value));
        FailoverDraft failover = FailoverDraft.OPTIONS.draft(take(options, "failover."));
        Map<String, String> misplaced = takeServer(options);
        if (!misplaced.isEmpty()) {
            String name = misplaced.keySet().iterator().next();
            throw new IllegalArgumentException("option '" + name
                    + "' is one of a server: it stands within the parentheses behind the server's URI, or for all servers as '"
                    + NESTED + name + "'");
        }
        refuseTheRest(options);
        JmsDraft draft = JmsDraft.OPTIONS.draft(jms);
        List<Server> servers = new ArrayList<>();
        for (String each : BETWEEN_SERVERS.split(list, -1)) {
            ServerUri uri = ServerUri.parse(each.strip());
            for (String name : uri.options().keySet()) {
                if (!name.startsWith("transport.") && !name.startsWith("amqp.")) {
                    throw new IllegalArgumentException("option '" + name + "' is not one of a server:"
                            + " it stands behind the closing parenthesis of the failover URI");
                }
            }
            servers.add(server(uri, nested, uri.options(), draft));
        }
        return new ConnectionUri(
                servers, failover.options(), draft.username, draft.password, draft.clientIdPrefix, draft.settings());
    }

    private static Server server(
            ServerUri uri, Map<String, String> nested, Map<String, String> own, JmsDraft connection) {
        if (!uri.isTls()) {
            for (String name : own.keySet()) {
                if (TLS_ONLY.contains(name)) {
                    throw new IllegalArgumentException("option '" + name
                            + "' is of no use without TLS: the URI must begin with amqps:// or amqpwss://");
                }
            }
        }
        ServerDraft draft = ServerDraft.OPTIONS.draft(merged(nested, own));
        ClientOptions options = ClientOptions.to(uri.endpoint(draft.tls()))
                .withVirtualHost(draft.virtualHost)
                .withLogin(new Login(null, null, draft.mechanisms))
                .withTimeoutMs(connection.requestTimeoutMs)
                .withConnectTimeoutMs(draft.connectTimeoutMs > 0 ? draft.connectTimeoutMs : connection.connectTimeoutMs)
                .withCloseTimeoutMs(connection.closeTimeoutMs)
                .withIdleTimeoutMs(draft.idleTimeoutMs);
        return new Server(options, draft.insecureRedirects);
    }

    /** The names of all options, each kind in the order of the manual. */
    public static List<String> optionNames() {
        List<String> names = new ArrayList<>();
        names.addAll(JmsDraft.OPTIONS.options().keySet());
        names.addAll(ServerDraft.OPTIONS.options().keySet());
        names.addAll(FailoverDraft.OPTIONS.options().keySet());
        return List.copyOf(names);
    }

    /** A connector to its servers, for one connection. */
    public Connector connector() {
        Identity identity = new Identity(user, password, containerIdPrefix);
        return failover == null
                ? new SingleConnector(servers.get(0), identity)
                : new FailoverConnector(servers, failover, identity);
    }

    /** Where it leads, as a URI without options. */
    @Override
    public String toString() {
        String list = servers.stream().map(Server::toString).collect(Collectors.joining(","));
        return failover == null ? list : "failover:(" + list + ")";
    }

    private static Map<String, String> merged(Map<String, String> first, Map<String, String> winning) {
        Map<String, String> both = new LinkedHashMap<>(first);
        both.putAll(winning);
        return both;
    }

    private static Map<String, String> take(Map<String, String> options, String prefix) {
        Map<String, String> taken = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                taken.put(name, value);
            }
        });
        options.keySet().removeAll(taken.keySet());
        return taken;
    }

    private static Map<String, String> takeServer(Map<String, String> options) {
        Map<String, String> taken = new LinkedHashMap<>();
        for (String prefix : SERVER) {
            taken.putAll(take(options, prefix));
        }
        return taken;
    }

    private static void refuseTheRest(Map<String, String> options) {
        if (!options.isEmpty()) {
            String name = options.keySet().iterator().next();
            String nearest = Spelling.nearest(name, optionNames());
            throw new IllegalArgumentException(
                    "option '" + name + "' is not known: names begin with jms., amqp., transport." + " or failover."
                            + (nearest == null ? "" : "; did you mean '" + nearest + "'?"));
        }
    }
}
