package org.waybill.jms.engine;

import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param host name or address
 * @param port TCP port
 * @param user who to log in as, or null for SASL ANONYMOUS
 * @param password the user's password; null if and only if {@code user} is
 * @param tls whether to speak TLS from the first byte on; the server's name is always checked
 * @param trustCertificate PEM file of the certificates to trust instead of the platform's, or null
 * @param containerId what this client calls itself; an open connection's must be unique at a server that asks for that
 * @param timeoutMs how long to wait for each of: connecting and logging in, an answer to begin, attach, detach, end or close,
 *     credit, an outcome
 * @param idleTimeoutMs silence of the peer after which the connection counts as lost, or 0 for never; heartbeats keep it alive
 */
public record ClientOptions(
        String host,
        int port,
        @Nullable String user,
        @Nullable String password,
        boolean tls,
        @Nullable Path trustCertificate,
        String containerId,
        long timeoutMs,
        long idleTimeoutMs) {
    /** The time limit where none is given. */
    public static final long DEFAULT_TIMEOUT_MS = 30_000;

    /** The idle timeout where none is given. */
    public static final long DEFAULT_IDLE_TIMEOUT_MS = 60_000;

    /** Checks the ranges. */
    public ClientOptions {
        check(port > 0 && port <= 0xFFFF, "port is out of range");
        check((user == null) == (password == null), "a user needs a password, and a password a user");
        check(tls || trustCertificate == null, "a certificate to trust is of no use without TLS");
        check(!containerId.isEmpty(), "containerId is empty");
        check(timeoutMs > 0, "timeoutMs is out of range");
        check(idleTimeoutMs >= 0, "idleTimeoutMs is out of range");
    }

    /** An anonymous connection without TLS, under a random container id and with the default time limits. */
    public static ClientOptions to(String host, int port) {
        String containerId = "waybill-" + UUID.randomUUID();
        return new ClientOptions(
                host, port, null, null, false, null, containerId, DEFAULT_TIMEOUT_MS, DEFAULT_IDLE_TIMEOUT_MS);
    }

    /** Logged in as this user. */
    public ClientOptions withUser(String name, String secret) {
        return new ClientOptions(
                host, port, name, secret, tls, trustCertificate, containerId, timeoutMs, idleTimeoutMs);
    }

    /** Over TLS, trusting the platform's authorities, or what is in this PEM file. */
    public ClientOptions withTls(@Nullable Path certificate) {
        return new ClientOptions(host, port, user, password, true, certificate, containerId, timeoutMs, idleTimeoutMs);
    }

    /** Under this container id. */
    public ClientOptions withContainerId(String id) {
        return new ClientOptions(host, port, user, password, tls, trustCertificate, id, timeoutMs, idleTimeoutMs);
    }

    /** With this time limit for each wait. */
    public ClientOptions withTimeoutMs(long limitMs) {
        return new ClientOptions(
                host, port, user, password, tls, trustCertificate, containerId, limitMs, idleTimeoutMs);
    }

    /** With this idle timeout. */
    public ClientOptions withIdleTimeoutMs(long silenceMs) {
        return new ClientOptions(host, port, user, password, tls, trustCertificate, containerId, timeoutMs, silenceMs);
    }

    /** Where it goes, for messages: never the password. */
    @Override
    public String toString() {
        return (tls ? "amqps://" : "amqp://") + host + ':' + port;
    }

    private static void check(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
