package org.waybill.jms.engine;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect, and as whom.
 *
 * @param host the peer's name or address
 * @param port its port
 * @param tls what is trusted, for a connection with TLS and the certificate's name checked; null for one without
 * @param user who logs in, or null for ANONYMOUS
 * @param password the user's password; ignored without a user
 * @param containerId our container id
 * @param timeoutMs how long each answer of the peer is waited for, connecting included
 */
public record ConnectOptions(
        String host,
        int port,
        @Nullable SSLContext tls,
        @Nullable String user,
        String password,
        String containerId,
        int timeoutMs) {
    /** Leaves the password out. */
    @Override
    public String toString() {
        return containerId + " at " + host + ":" + port;
    }
}
