package org.waybill.jms.failover;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientException.Kind;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.session.Connector;

/**
 * Connects to the first of many servers that takes the connection, and to another one when that is lost, as {@link FailoverOptions} say.
 *
 * <p>It does not go on trying where that cannot help: a login that was refused ends the search, and so does, as long as there has been no
 * connection yet, a client id that is in use or a host name that the server does not know. Later a client id may be in use because the
 * server has not yet noticed that the old connection is gone.
 *
 * <p>With an address to be near to, the nodes of a cluster send it to the one that leads that address, at first or later. Sent around too
 * often within one search, it takes what it gets and asks no more until the next.
 *
 * <p>What it logs is bounded: a line when a search has found a server again, and one for every so many attempts in vain.
 */
public final class FailoverConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverConnector.class);
    private static final String UNAUTHORIZED = "amqp:unauthorized-access";
    private static final Set<String> FINAL_AT_FIRST =
            Set.of("amqp:invalid-field", "amqp:not-found", "amqp:not-allowed", "amqp:not-implemented");

    private final Route route;
    private final FailoverOptions options;
    private final Identity identity;
    private final Attempts attempts;
    private final String uri;
    /** Where the server that closed the last connection wants the client to go. */
    private final AtomicReference<@Nullable Server> redirect = new AtomicReference<>();

    private boolean connectedBefore;

    /** Connects to these servers as this one. */
    public FailoverConnector(List<Server> servers, FailoverOptions options, Identity identity) {
        this(servers, options, identity, new Random(), ClientConnection::open);
    }

    FailoverConnector(
            List<Server> servers,
            FailoverOptions options,
            Identity identity,
            RandomGenerator random,
            Function<ClientOptions, ClientConnection> opening) {
        this.route = new Route(servers, options, random);
        this.options = options;
        this.identity = identity;
        this.attempts = new Attempts(opening);
        this.uri = servers.stream().map(Server::toString).collect(Collectors.joining(",", "failover:(", ")"));
    }

    @Override
    public ClientConnection connect(@Nullable String clientId) {
        route.begin();
        Server wanted = redirect.getAndSet(null);
        if (wanted != null) {
            route.redirect(wanted);
        }
        ClientException last = null;
        for (Route.Attempt attempt = route.next(); attempt != null; attempt = route.next()) {
            attempts.pause(attempt.waitMs(), uri);
            try {
                String near = route.followsRedirects() ? options.near() : null;
                return connected(attempt, attempts.open(identity.at(attempt.server(), clientId, near)));
            } catch (ClientException e) {
                last = e;
                failed(attempt, e);
            }
        }
        throw ClientException.of(
                Kind.UNREACHABLE,
                "no server of " + uri + " took the connection in " + route.attempts() + " attempts; the last one: "
                        + (last == null ? "none" : last.getMessage()),
                last);
    }

    private ClientConnection connected(Route.Attempt attempt, ClientConnection connection) {
        Server server = attempt.server();
        route.connected(server, Elsewhere.named(server, connection.remoteProperties()));
        connection.onEnd(why -> redirect.set(Elsewhere.redirect(server, why)));
        if (connectedBefore || attempt.number() > 1) {
            LOG.info("Connected to {} after {} attempts", server, attempt.number());
        }
        connectedBefore = true;
        return connection;
    }

    /** Throws it if there is no use in trying on. */
    private void failed(Route.Attempt attempt, ClientException failure) {
        if (failure.kind() == Kind.AUTHENTICATION
                || failure.kind() == Kind.CLOSED
                || failure.kind() == Kind.INTERRUPTED
                || (failure.kind() == Kind.REFUSED && isFinal(failure.condition()))) {
            throw failure;
        }
        Server elsewhere = Elsewhere.redirect(attempt.server(), failure);
        if (elsewhere != null && route.redirect(elsewhere)) {
            return;
        }
        int each = options.warnAfterReconnectAttempts();
        if (each > 0 && attempt.number() % each == 0) {
            LOG.warn("No connection after {} attempts, still trying: {}", attempt.number(), failure.getMessage());
        }
    }

    private boolean isFinal(@Nullable String condition) {
        return condition != null
                && (condition.equals(UNAUTHORIZED) || (!connectedBefore && FINAL_AT_FIRST.contains(condition)));
    }

    @Override
    public boolean reconnects() {
        return true;
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public void close() {
        attempts.close();
    }
}
