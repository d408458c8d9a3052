package org.waybill.jms.engine;

import org.jspecify.annotations.Nullable;

/** Receives messages from one address. Any thread may use it; each message is given to one caller. */
public final class ClientReceiver implements AutoCloseable {
    private ClientReceiver() {}

    /**
     * The next message; waits for one.
     *
     * <p>With a credit window this also asks the server for as many as the window lacks.
     *
     * @param timeoutMs how long to wait; 0 to look only at what is here already
     * @return null if none came in time
     * @throws ClientException if the receiver is closed or lost
     */
    public @Nullable ClientDelivery receive(long timeoutMs) {
        throw new UnsupportedOperationException();
    }

    /** Lets the server send this many more messages. */
    public void grantCredit(int messages) {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks the server to send what it has, as far as the credit goes, and give the rest of the credit back; waits until it has. What
     * came is here for {@link #receive}, which with timeout 0 then tells whether there was anything at all.
     *
     * @throws ClientException if the server does not answer in time, or the receiver is closed or lost
     */
    public void drain() {
        throw new UnsupportedOperationException();
    }

    /** Messages the server may send yet. */
    public int credit() {
        throw new UnsupportedOperationException();
    }

    /** Messages that came and were not received yet. */
    public int buffered() {
        throw new UnsupportedOperationException();
    }

    /** Where it receives from; for a dynamic one the name that the server made up. */
    public String address() {
        throw new UnsupportedOperationException();
    }

    /**
     * Detaches; waits for the answer, no longer than the time limit. What was not settled is the server's to give to somebody else.
     * Never throws; does nothing the second time.
     */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
