package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** A link on which we receive. */
public final class ReceiverLink extends Link {
    ReceiverLink() {}

    /** Who is told; set before {@link #attach} on a link that the peer attached. */
    public void listener(ReceiverListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Adds to the credit and tells the sender. Ends a drain that is under way. */
    public void grantCredit(int more) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sets the credit to this many from now on and tells the sender. Deliveries that crossed a lowering are still taken; the credit
     * never counts below 0.
     */
    public void resetCredit(int credit) {
        throw new UnsupportedOperationException();
    }

    /** Asks the sender to use up its credit or give it back; done when {@link #credit} is 0. */
    public void drain() {
        throw new UnsupportedOperationException();
    }

    /** Tells the sender our state in a flow. */
    public void sendFlow(boolean echo) {
        throw new UnsupportedOperationException();
    }

    /**
     * States an outcome for a run of deliveries of this link. Ids in between that belong to other links or are settled already are
     * left alone. Runs that follow each other with the same state leave as one frame.
     *
     * @param settled whether that settles them; if not, they stay until we or the sender settle (rcv-settle-mode second)
     */
    public void disposition(long firstId, long lastId, boolean settled, @Nullable DeliveryState state) {
        throw new UnsupportedOperationException();
    }

    /** Whether a drain is under way. */
    public boolean isDraining() {
        throw new UnsupportedOperationException();
    }

    /** Whether a delivery has begun and not ended yet. */
    public boolean isPartial() {
        throw new UnsupportedOperationException();
    }

    /** The largest message taken, or 0 for no limit. */
    public long maxMessageBytes() {
        throw new UnsupportedOperationException();
    }
}
