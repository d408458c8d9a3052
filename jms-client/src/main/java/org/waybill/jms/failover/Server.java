package org.waybill.jms.failover;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Endpoint;

/**
 * A server to connect to.
 *
 * @param options how; login and container id are filled in by whoever connects
 * @param insecureRedirects whether it may, being spoken to over TLS, send the client to one without
 */
public record Server(ClientOptions options, boolean insecureRedirects) {
    /** One at another place that is spoken to in the same way; asked for under this name, or under the same if it is null. */
    Server at(Endpoint endpoint, @Nullable String virtualHost) {
        ClientOptions there = options.withEndpoint(endpoint);
        return new Server(virtualHost == null ? there : there.withVirtualHost(virtualHost), insecureRedirects);
    }

    /** Its URI, without options. */
    @Override
    public String toString() {
        return options.endpoint().toString();
    }
}
