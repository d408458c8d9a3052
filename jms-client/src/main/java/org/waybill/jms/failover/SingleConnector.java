package org.waybill.jms.failover;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.session.Connector;

/** Connects to one server, and never again when that connection is lost. */
public final class SingleConnector implements Connector {
    private final Server server;
    private final Identity identity;
    private final Attempts attempts;

    /** Connects to this server as this one. */
    public SingleConnector(Server server, Identity identity) {
        this(server, identity, ClientConnection::open);
    }

    SingleConnector(Server server, Identity identity, Function<ClientOptions, ClientConnection> opening) {
        this.server = server;
        this.identity = identity;
        this.attempts = new Attempts(opening);
    }

    @Override
    public ClientConnection connect(@Nullable String clientId) {
        return attempts.open(identity.at(server, clientId));
    }

    @Override
    public boolean reconnects() {
        return false;
    }

    @Override
    public String uri() {
        return server.toString();
    }

    @Override
    public void close() {
        attempts.close();
    }
}
