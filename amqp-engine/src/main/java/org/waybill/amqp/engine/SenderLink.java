package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** A link on which we send. */
public final class SenderLink extends Link {
    SenderLink() {}

    /** Who is told; set before {@link #attach} on a link that the peer attached. */
    public void listener(SenderListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends a message in as many frames as the peer's max-frame-size asks for, its bytes being {@code head} followed by {@code body}.
     * Uses one credit; throws if there is none. The order of sends is kept over all links of a session.
     *
     * @param token the host's name for the delivery, given back in dispositions and {@link SenderListener#onSent}
     * @param tag 1 to 32 bytes, unique among what is unsettled on the link; null lets the engine choose
     * @param settled whether it is sent settled and forgotten; must fit the snd-settle-mode agreed on
     * @param state a state to send along (transactional-state), or null
     * @param head the message's first bytes, or null if there are none apart from the body's
     * @return true if it has left for the output; false if the rest waits for the peer's window: then the arrays must not change
     *     until {@link SenderListener#onSent}
     */
    public boolean send(
            long token,
            byte @Nullable [] tag,
            int messageFormat,
            boolean settled,
            @Nullable DeliveryState state,
            byte @Nullable [] head,
            int headOffset,
            int headLength,
            byte[] body,
            int bodyOffset,
            int bodyLength) {
        throw new UnsupportedOperationException();
    }

    /**
     * Settles a run of deliveries of this link, telling the receiver. Ids in between that belong to other links or are settled
     * already are left alone.
     *
     * @param state the state to tell, usually the one the receiver gave
     */
    public void settle(long firstId, long lastId, @Nullable DeliveryState state) {
        throw new UnsupportedOperationException();
    }

    /** Answers a drain: the delivery-count moves on by the whole credit, the credit is 0, and the receiver is told. */
    public void drained() {
        throw new UnsupportedOperationException();
    }

    /**
     * Tells the receiver our state in a flow.
     *
     * @param available how many messages could be sent if there were credit, or -1 to say nothing
     */
    public void sendFlow(long available, boolean echo) {
        throw new UnsupportedOperationException();
    }

    /** Whether the receiver asked for a drain that {@link #drained} has not answered. */
    public boolean isDraining() {
        throw new UnsupportedOperationException();
    }

    /** The largest message that the receiver takes, or 0 for no limit (its attach's max-message-size). */
    public long remoteMaxMessageBytes() {
        throw new UnsupportedOperationException();
    }

    /** Sends of this link that wait for the peer's window, as a whole or in part. */
    public int waiting() {
        throw new UnsupportedOperationException();
    }
}
