package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** The fields of one transfer frame (part 2, section 2.7.5). One object per connection, good during the call that shows it. */
public final class IncomingTransfer {
    IncomingTransfer() {}

    /** The session's running number of the delivery; see {@link Link}. */
    public long deliveryId() {
        throw new UnsupportedOperationException();
    }

    /** Whether this is the delivery's first frame. */
    public boolean isFirst() {
        throw new UnsupportedOperationException();
    }

    /** Whether more frames of the delivery follow. False for an aborted one. */
    public boolean more() {
        throw new UnsupportedOperationException();
    }

    /** Whether the sender gave up: all of the delivery is to be dropped, nothing is to be settled. */
    public boolean aborted() {
        throw new UnsupportedOperationException();
    }

    /** Whether the sender has settled it. Then it is not tracked and needs no disposition. Only the last frame's word counts. */
    public boolean settled() {
        throw new UnsupportedOperationException();
    }

    /** A copy of the delivery tag; only on the first frame. */
    public byte[] tag() {
        throw new UnsupportedOperationException();
    }

    /** The message-format; only on the first frame, 0 if the sender said nothing. */
    public int messageFormat() {
        throw new UnsupportedOperationException();
    }

    /** The state the sender gave (a transactional-state, say), or null. */
    public @Nullable DeliveryState state() {
        throw new UnsupportedOperationException();
    }

    /** Whether the sender asks for the outcome to be settled first or second for this delivery; null if it says nothing. */
    public @Nullable Boolean settlesSecond() {
        throw new UnsupportedOperationException();
    }
}
