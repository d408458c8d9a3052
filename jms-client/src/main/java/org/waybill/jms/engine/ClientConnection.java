package org.waybill.jms.engine;

/**
 * A connection to an AMQP 1.0 server, open from {@link #open} until {@link #close} or until it is lost. It never reconnects.
 *
 * <p>Any thread may use it. Its two threads are daemons, named after it, and gone when {@link #close} returns or soon after the
 * connection was lost.
 */
public final class ClientConnection implements AutoCloseable {
    private ClientConnection() {}

    /**
     * Connects, logs in and opens; waits for that.
     *
     * <p>With a user, SCRAM-SHA-256 is preferred, PLAIN is used if nothing better is offered and nobody can listen in (TLS or
     * loopback). Without, ANONYMOUS.
     *
     * @throws ClientException if it did not come about; nothing is left behind then
     */
    public static ClientConnection open(ClientOptions options) {
        throw new UnsupportedOperationException();
    }

    /** Begins a session; waits for the answer. */
    public ClientSession session() {
        throw new UnsupportedOperationException();
    }

    /** Whether it can be used: neither closed nor lost. */
    public boolean isOpen() {
        throw new UnsupportedOperationException();
    }

    /** What the server calls itself. */
    public String remoteContainerId() {
        throw new UnsupportedOperationException();
    }

    /** How it was opened. */
    public ClientOptions options() {
        throw new UnsupportedOperationException();
    }

    /**
     * Closes everything on this connection: waits for the server's answer, which means that it has read all that was said before,
     * and for the threads to end. Waits no longer than the time limit, then cuts. Never throws; does nothing the second time.
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
