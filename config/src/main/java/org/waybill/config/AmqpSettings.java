package org.waybill.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The AMQP listener and its limits. Immutable.
 *
 * @param host the address to listen at; anything but loopback is refused until a user exists
 * @param port the port, 0 for any free one
 * @param tls a second listener with TLS, or null for none
 * @param webSocket who may also come over WebSockets, or null for nobody
 * @param idleTimeoutMs after how long without a frame a connection is cut off; half of it is announced; 0 means never
 * @param maxFrameSizeBytes the greatest frame taken
 * @param maxMessageSizeBytes the greatest message taken
 * @param channelMax the highest channel number, one less than the sessions a connection may have
 * @param handleMax the highest link handle, one less than the links a session may have
 * @param maxLinksPerConnection how many links a connection may have over all its sessions
 * @param maxConnections how many connections there may be
 * @param handshakeTimeoutMs how long a client may take from connecting to being logged in and open
 * @param producerCredit how many messages a sender may have on the way
 * @param saslMechanisms what clients may log in with, the one preferred first
 */
public record AmqpSettings(
        String host,
        int port,
        @Nullable TlsSettings tls,
        @Nullable WebSocketSettings webSocket,
        int idleTimeoutMs,
        int maxFrameSizeBytes,
        int maxMessageSizeBytes,
        int channelMax,
        int handleMax,
        int maxLinksPerConnection,
        int maxConnections,
        int handshakeTimeoutMs,
        int producerCredit,
        List<String> saslMechanisms) {
    /** The mechanisms there are. */
    static final List<String> KNOWN_MECHANISMS = List.of("SCRAM-SHA-256", "PLAIN", "ANONYMOUS");

    /** Copies the list. */
    public AmqpSettings {
        saslMechanisms = List.copyOf(saslMechanisms);
    }

    /** What holds without a file. */
    public static AmqpSettings defaults() {
        return new AmqpSettings(
                "127.0.0.1",
                5672,
                null,
                null,
                60_000,
                65_536,
                104_857_600,
                255,
                1_023,
                20_000,
                50_000,
                10_000,
                1_000,
                KNOWN_MECHANISMS);
    }

    /** These settings with another port. */
    public AmqpSettings withPort(int port) {
        return with(host, port);
    }

    /** These settings with another address to listen at. */
    public AmqpSettings withHost(String host) {
        return with(host, port);
    }

    private AmqpSettings with(String host, int port) {
        return new AmqpSettings(
                host,
                port,
                tls,
                webSocket,
                idleTimeoutMs,
                maxFrameSizeBytes,
                maxMessageSizeBytes,
                channelMax,
                handleMax,
                maxLinksPerConnection,
                maxConnections,
                handshakeTimeoutMs,
                producerCredit,
                saslMechanisms);
    }

    static AmqpSettings read(Section in) {
        AmqpSettings or = defaults();
        return new AmqpSettings(
                in.text("host", or.host),
                in.integer("port", or.port, 0, 65_535),
                in.sectionOrNone("tls").map(TlsSettings::read).orElse(null),
                in.sectionOrNone("websocket").map(WebSocketSettings::read).orElse(null),
                in.integer("idle-timeout-ms", or.idleTimeoutMs, 0, Integer.MAX_VALUE),
                in.integer("max-frame-size-bytes", or.maxFrameSizeBytes, 512, 16 << 20),
                in.integer("max-message-size-bytes", or.maxMessageSizeBytes, 1_024, 1 << 30),
                in.integer("channel-max", or.channelMax, 0, 65_535),
                in.integer("handle-max", or.handleMax, 0, 1 << 20),
                in.integer("max-links-per-connection", or.maxLinksPerConnection, 1, 1 << 24),
                in.integer("max-connections", or.maxConnections, 1, 1 << 24),
                in.integer("handshake-timeout-ms", or.handshakeTimeoutMs, 100, 3_600_000),
                in.integer("producer-credit", or.producerCredit, 1, 1 << 20),
                in.choices("sasl-mechanisms", or.saslMechanisms, KNOWN_MECHANISMS));
    }
}
