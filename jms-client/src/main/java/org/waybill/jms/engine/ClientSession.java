package org.waybill.jms.engine;

import org.jspecify.annotations.Nullable;

/** A session: links on one session keep the order of what is sent over them. Any thread may use it. */
public final class ClientSession implements AutoCloseable {
    private ClientSession() {}

    /**
     * Attaches a sender; waits for the answer.
     *
     * @param address where to; null for the anonymous relay, which sends each message where its {@code to} property says
     * @throws ClientException if the server refuses
     */
    public ClientSender sender(@Nullable String address) {
        throw new UnsupportedOperationException();
    }

    /**
     * Attaches a receiver and gives it its credit; waits for the answer.
     *
     * @throws ClientException if the server refuses
     */
    public ClientReceiver receiver(ReceiverOptions options) {
        throw new UnsupportedOperationException();
    }

    /** The connection it is on. */
    public ClientConnection connection() {
        throw new UnsupportedOperationException();
    }

    /** Ends it with its links; waits for the answer, no longer than the time limit. Never throws; does nothing the second time. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
