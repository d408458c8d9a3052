package org.waybill.jms.engine;

import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to us, to be settled by exactly one of {@link #accept}, {@link #release}, {@link #reject} and {@link
 * #modify}. They do not wait for the server, but nothing said later overtakes them. The first one counts; on a delivery that the
 * server sent settled they do nothing.
 */
public final class ClientDelivery {
    private ClientDelivery() {}

    /** The message as it came, with all its sections. The array is the caller's, shared with {@link #message}. */
    public byte[] encoded() {
        throw new UnsupportedOperationException();
    }

    /** The message, decoded anew at each call. */
    public Message message() {
        throw new UnsupportedOperationException();
    }

    /** The delivery tag. */
    public byte[] tag() {
        throw new UnsupportedOperationException();
    }

    /** The message format; 0 for what the specification defines. */
    public int messageFormat() {
        throw new UnsupportedOperationException();
    }

    /** Whether it is settled, by the server from the start or by us. */
    public boolean isSettled() {
        throw new UnsupportedOperationException();
    }

    /** Takes it: the server forgets it. */
    public void accept() {
        throw new UnsupportedOperationException();
    }

    /** Gives it back as if it had never been sent. */
    public void release() {
        throw new UnsupportedOperationException();
    }

    /** Refuses it as no good for anybody. */
    public void reject(@Nullable String condition, @Nullable String description) {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives it back changed.
     *
     * @param failed whether this counts as an attempt to deliver it
     * @param undeliverableHere whether this receiver shall not get it again
     */
    public void modify(boolean failed, boolean undeliverableHere) {
        throw new UnsupportedOperationException();
    }
}
