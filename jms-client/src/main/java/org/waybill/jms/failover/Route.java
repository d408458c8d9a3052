package org.waybill.jms.failover;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.Endpoint;

/**
 * Which server to try next, and after which wait. Without clock, network or threads; not thread-safe.
 *
 * <p>A search goes through the servers in rounds: each once, in their order or in a random one. The order begins behind the server that was
 * connected last, which so comes last: it may take connections and yet be unable to serve them. Between two rounds there is a wait,
 * which grows from round to round and of which a random part up to the half is left out, so that the clients of a server that fell do
 * not come back all at once.
 */
final class Route {
    /** Servers to remember, whatever servers name: the first ones stay. */
    static final int MAX_SERVERS = 100;

    /** Redirects to follow within one search. */
    static final int MAX_REDIRECTS = 10;

    private final FailoverOptions options;
    private final RandomGenerator random;
    private List<Server> servers;
    private List<Server> round = List.of();
    private int next;
    private int attempts;
    private int redirects;
    private double delayMs;
    private boolean connectedBefore;
    private @Nullable Server target;
    private @Nullable Server last;

    /**
     * What to do next.
     *
     * @param waitMs how long to wait before
     * @param server which server to try
     * @param number how many attempts there will have been in this search
     */
    record Attempt(long waitMs, Server server, int number) {}

    Route(List<Server> servers, FailoverOptions options, RandomGenerator random) {
        this.servers = List.copyOf(servers);
        this.options = options;
        this.random = random;
    }

    /** A search begins. */
    void begin() {
        round = List.of();
        next = 0;
        attempts = 0;
        redirects = 0;
        delayMs = (double) options.reconnectDelayMs();
    }

    /** The next attempt, or null if there have been enough; where a server has sent the client is tried all the same. */
    @Nullable
    Attempt next() {
        Server wanted = target;
        target = null;
        if (wanted != null) {
            return new Attempt(0, wanted, ++attempts);
        }
        int limit = connectedBefore ? options.maxReconnectAttempts() : options.startupMaxReconnectAttempts();
        if (limit >= 0 && attempts >= Math.max(1, limit)) {
            return null;
        }
        long waitMs = 0;
        if (next == round.size()) {
            waitMs = round.isEmpty() ? (connectedBefore ? options.initialReconnectDelayMs() : 0) : backOff();
            beginRound();
        }
        return new Attempt(waitMs, round.get(next++), ++attempts);
    }

    private void beginRound() {
        List<Server> order = new ArrayList<>(servers);
        if (options.randomize()) {
            for (int i = order.size() - 1; i > 0; i--) {
                Collections.swap(order, i, random.nextInt(i + 1));
            }
        } else {
            Collections.rotate(order, -1 - order.indexOf(last));
        }
        round = order;
        next = 0;
    }

    private long backOff() {
        double mostMs = (double) options.maxReconnectDelayMs();
        double longestMs = Math.min(delayMs, mostMs);
        delayMs = Math.min(delayMs * options.backOffMultiplier(), mostMs);
        return Math.round(longestMs - random.nextDouble() * longestMs / 2);
    }

    /** How many attempts there have been in this search. */
    int attempts() {
        return attempts;
    }

    /** The next attempt goes to this server, unless a search has been sent around too often. */
    boolean redirect(Server server) {
        if (redirects++ >= MAX_REDIRECTS) {
            return false;
        }
        target = server;
        return true;
    }

    /** Whether a redirect would be followed within this search. */
    boolean followsRedirects() {
        return redirects < MAX_REDIRECTS;
    }

    /**
     * The search is over.
     *
     * @param server where it ended
     * @param named the servers that this one named as its stand-ins
     */
    void connected(Server server, List<Server> named) {
        connectedBefore = true;
        last = server;
        if (named.isEmpty()) {
            return;
        }
        switch (options.serverListAction()) {
            case REPLACE -> servers = distinct(List.of(server), named);
            case ADD -> servers = distinct(servers, named);
            case IGNORE -> {}
        }
    }

    /** The servers it knows. */
    List<Server> servers() {
        return servers;
    }

    private static List<Server> distinct(List<Server> first, List<Server> more) {
        Map<Endpoint, Server> known = new LinkedHashMap<>();
        first.forEach(server -> known.putIfAbsent(server.options().endpoint(), server));
        more.forEach(server -> known.putIfAbsent(server.options().endpoint(), server));
        return known.values().stream().limit(MAX_SERVERS).toList();
    }
}
