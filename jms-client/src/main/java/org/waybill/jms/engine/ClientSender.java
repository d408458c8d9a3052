package org.waybill.jms.engine;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to one address, or through the anonymous relay. Any thread may use it; messages leave in the order of the calls.
 */
public final class ClientSender implements AutoCloseable {
    private ClientSender() {}

    /**
     * Sends and waits: for credit, then for the outcome.
     *
     * @param message an encoded message ({@link MessageCodec#encode}); may be used again afterwards unless this timed out
     * @throws ClientException {@code NOT_ACCEPTED} if the server did not take it; after {@code TIMEOUT} or {@code LOST} it may have
     */
    public void send(byte[] message) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends, and waits for credit and room only.
     *
     * @param message an encoded message; must not change until the future is done
     * @return done once the server took the message, or completed exceptionally with a {@link ClientException}. It is completed on
     *     the connection's thread: what depends on it must neither block nor wait for this connection
     * @throws ClientException if it could not be sent at all
     */
    public CompletableFuture<@Nullable Void> sendAsync(byte[] message) {
        throw new UnsupportedOperationException();
    }

    /**
     * Waits until every message sent so far has its outcome, whatever it is.
     *
     * @throws ClientException if it takes longer than {@code timeoutMs}
     */
    public void awaitSettled(long timeoutMs) {
        throw new UnsupportedOperationException();
    }

    /** How many messages have been sent and have no outcome yet. */
    public int unsettled() {
        throw new UnsupportedOperationException();
    }

    /** Messages the server is ready to take now. */
    public int credit() {
        throw new UnsupportedOperationException();
    }

    /** Where it sends to; null for the anonymous relay. */
    public @Nullable String address() {
        throw new UnsupportedOperationException();
    }

    /** The largest message the server takes, in bytes, or 0 if it states no limit. */
    public long maxMessageBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Detaches; waits for the answer, no longer than the time limit. Sends without an outcome are completed exceptionally. Never
     * throws; does nothing the second time.
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
