package org.waybill.jms.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param endpoint where to
 * @param login as whom
 * @param open what to say of oneself
 * @param connectTimeoutMs how long to wait for TCP, TLS, WebSocket and login together
 * @param timeoutMs how long to wait for each of: an answer to open, begin, attach, detach or end, credit, an outcome
 * @param closeTimeoutMs how long to wait for the answer to close
 * @param idleTimeoutMs silence of the peer after which the connection counts as lost, or 0 for never; heartbeats keep it alive
 */
public record ClientOptions(
        Endpoint endpoint,
        Login login,
        OpenOptions open,
        long connectTimeoutMs,
        long timeoutMs,
        long closeTimeoutMs,
        long idleTimeoutMs) {
    /** The time limit where none is given. */
    public static final long DEFAULT_TIMEOUT_MS = 30_000;

    /** The idle timeout where none is given. */
    public static final long DEFAULT_IDLE_TIMEOUT_MS = 60_000;

    /** Checks the ranges. */
    public ClientOptions {
        check(connectTimeoutMs > 0, "connectTimeoutMs");
        check(timeoutMs > 0, "timeoutMs");
        check(closeTimeoutMs > 0, "closeTimeoutMs");
        check(idleTimeoutMs >= 0, "idleTimeoutMs");
    }

    /** An anonymous connection without TLS, under a random container id and with the default time limits. */
    public static ClientOptions to(String host, int port) {
        return to(Endpoint.of(host, port));
    }

    /** An anonymous connection under a random container id and with the default time limits. */
    public static ClientOptions to(Endpoint endpoint) {
        return new ClientOptions(
                endpoint,
                Login.ANONYMOUS,
                OpenOptions.random(),
                DEFAULT_TIMEOUT_MS,
                DEFAULT_TIMEOUT_MS,
                DEFAULT_TIMEOUT_MS,
                DEFAULT_IDLE_TIMEOUT_MS);
    }

    /** To another server, everything else being the same. */
    public ClientOptions withEndpoint(Endpoint server) {
        return new ClientOptions(server, login, open, connectTimeoutMs, timeoutMs, closeTimeoutMs, idleTimeoutMs);
    }

    /** Logged in as this user. */
    public ClientOptions withUser(String name, String secret) {
        return withLogin(new Login(name, secret, login.mechanisms()));
    }

    /** Logged in like this. */
    public ClientOptions withLogin(Login who) {
        return new ClientOptions(endpoint, who, open, connectTimeoutMs, timeoutMs, closeTimeoutMs, idleTimeoutMs);
    }

    /** Over TLS, trusting what is in this PEM file instead of the platform's authorities. */
    public ClientOptions withTls(Path certificate) {
        return withTls(TlsOptions.DEFAULT.withTrust(KeyFile.pem(certificate)));
    }

    /** Over TLS like this. */
    public ClientOptions withTls(TlsOptions tls) {
        return withEndpoint(new Endpoint(endpoint.host(), endpoint.port(), tls, endpoint.webSocketPath()));
    }

    /** Opened like this. */
    public ClientOptions withOpen(OpenOptions opening) {
        return new ClientOptions(endpoint, login, opening, connectTimeoutMs, timeoutMs, closeTimeoutMs, idleTimeoutMs);
    }

    /** Under this container id. */
    public ClientOptions withContainerId(String id) {
        return withOpen(new OpenOptions(id, open.virtualHost(), open.desiredCapabilities(), open.properties()));
    }

    /** Asking for this host; null for the one it connects to, empty for none. */
    public ClientOptions withVirtualHost(@Nullable String host) {
        return withOpen(new OpenOptions(open.containerId(), host, open.desiredCapabilities(), open.properties()));
    }

    /** Desiring these capabilities. */
    public ClientOptions withDesiredCapabilities(List<String> names) {
        return withOpen(new OpenOptions(open.containerId(), open.virtualHost(), names, open.properties()));
    }

    /** With these properties. */
    public ClientOptions withProperties(Map<String, Object> properties) {
        return withOpen(
                new OpenOptions(open.containerId(), open.virtualHost(), open.desiredCapabilities(), properties));
    }

    /** With this time limit for connecting. */
    public ClientOptions withConnectTimeoutMs(long limitMs) {
        return new ClientOptions(endpoint, login, open, limitMs, timeoutMs, closeTimeoutMs, idleTimeoutMs);
    }

    /** With this time limit for each wait, connecting and closing included. */
    public ClientOptions withTimeoutMs(long limitMs) {
        return new ClientOptions(endpoint, login, open, limitMs, limitMs, limitMs, idleTimeoutMs);
    }

    /** With this time limit for closing. */
    public ClientOptions withCloseTimeoutMs(long limitMs) {
        return new ClientOptions(endpoint, login, open, connectTimeoutMs, timeoutMs, limitMs, idleTimeoutMs);
    }

    /** With this idle timeout. */
    public ClientOptions withIdleTimeoutMs(long silenceMs) {
        return new ClientOptions(endpoint, login, open, connectTimeoutMs, timeoutMs, closeTimeoutMs, silenceMs);
    }

    /** What it calls itself. */
    public String containerId() {
        return open.containerId();
    }

    /** Where it goes, for messages: never the password. */
    @Override
    public String toString() {
        return endpoint.toString();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is out of range");
        }
    }
}
