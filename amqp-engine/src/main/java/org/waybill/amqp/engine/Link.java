package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * One end of one link (part 2, section 2.6).
 *
 * <p>Delivery ids in this interface are the session's running number of the delivery: their low 32 bits are the wire's delivery-id,
 * and they never wrap.
 */
public abstract sealed class Link permits SenderLink, ReceiverLink {
    Link() {}

    /** Its name, unique together with its role and the two containers. */
    public String name() {
        throw new UnsupportedOperationException();
    }

    /** The session it belongs to. */
    public SessionEngine session() {
        throw new UnsupportedOperationException();
    }

    /** What the peer attached with, or null before it did. */
    public @Nullable Attach remoteAttach() {
        throw new UnsupportedOperationException();
    }

    /** Whether both sides have attached and neither has detached. */
    public boolean isAttached() {
        throw new UnsupportedOperationException();
    }

    /**
     * Attaches our side, or answers the peer's attach. Source, target, settle modes, capabilities, properties and the like are the
     * caller's; name, handle, role and a sender's initial-delivery-count are set here, and so is a receiver's max-message-size if it
     * is null. The object is kept.
     */
    public void attach(Attach attach) {
        throw new UnsupportedOperationException();
    }

    /** Refuses what the peer attached: answers without a source or target, then detaches closed with this reason (2.6.3). */
    public void refuse(ErrorCondition error) {
        throw new UnsupportedOperationException();
    }

    /**
     * Detaches our side, or answers the peer's detach. Nothing but the peer's answer comes after this. Deliveries that were unsettled
     * are forgotten; sends that waited for the window are dropped.
     *
     * @param closed whether the terminus goes too, or is merely suspended
     */
    public void detach(boolean closed, @Nullable ErrorCondition error) {
        throw new UnsupportedOperationException();
    }

    /** The credit there is: for a sender what it may send yet, for a receiver what it may get yet. */
    public int credit() {
        throw new UnsupportedOperationException();
    }

    /** The delivery-count, a serial number (RFC 1982) that began with initial-delivery-count. */
    public int deliveryCount() {
        throw new UnsupportedOperationException();
    }

    /** The host's own object for this link, or null. */
    public @Nullable Object attachment() {
        throw new UnsupportedOperationException();
    }

    /** Keeps an object of the host's with this link. */
    public void attachment(@Nullable Object attachment) {
        throw new UnsupportedOperationException();
    }
}
