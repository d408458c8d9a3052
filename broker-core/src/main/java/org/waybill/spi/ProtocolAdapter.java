package org.waybill.spi;

import io.vertx.core.Future;

/**
 * A protocol the broker speaks, found by {@link java.util.ServiceLoader}.
 *
 * <p>Started once after recovery and stopped once before the shards stop.
 */
public interface ProtocolAdapter {
    /** A short name for logs and the start's ports line, such as {@code amqp}. */
    String name();

    /**
     * Begins to listen.
     *
     * @return succeeds with one line per listening address, such as {@code amqp://127.0.0.1:5672}; fails with the reason in one
     *     sentence, such as a port in use
     */
    Future<java.util.List<String>> start(AdapterContext context);

    /** The port it listens on in plain text, or -1 when it does not listen. */
    int port();

    /** Stops accepting, closes every connection with a reason its client understands, and completes when all are gone. */
    Future<Void> stop();
}
