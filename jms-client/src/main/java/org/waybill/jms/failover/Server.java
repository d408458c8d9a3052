package org.waybill.jms.failover;

import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Endpoint;

/**
 * A server to connect to.
 *
 * @param options how; login and container id are filled in by whoever connects
 * @param insecureRedirects whether it may, being spoken to over TLS, send the client to one without
 */
public record Server(ClientOptions options, boolean insecureRedirects) {
    /** The same at another place. */
    Server at(Endpoint endpoint) {
        return new Server(options.withEndpoint(endpoint), insecureRedirects);
    }

    /** Its URI, without options. */
    @Override
    public String toString() {
        return options.endpoint().toString();
    }
}
