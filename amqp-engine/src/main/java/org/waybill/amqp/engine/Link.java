package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/**
 * One end of one link (part 2, section 2.6).
 *
 * <p>Delivery ids in this interface are the session's running number of the delivery: their low 32 bits are the wire's delivery-id,
 * and they never wrap.
 *
 * <pre>{@code
 *  ours \ peer's | none            | attached               | detached
 *  none          | made by us      | waits for the host     | over; answered with a refusal
 *  attached      | waits for peer  | in use                 | over; answered
 *  detached      | over; waits     | over; input is dropped | gone
 * }</pre>
 */
public abstract sealed class Link permits SenderLink, ReceiverLink {
    final SessionEngine session;
    /** Unsettled deliveries, kept by the ring they are in. */
    int unsettled;

    int deliveryCount;
    int credit;
    boolean flowSent;

    private final String name;
    private final int handle;
    private @Nullable Attach remoteAttach;
    private @Nullable Object attachment;
    private boolean attached;
    private boolean detached;
    private boolean remoteDetached;
    private boolean over;
    private boolean lost;
    private boolean owesDetach;
    private int dropped;

    Link(SessionEngine session, String name, int handle) {
        this.session = session;
        this.name = name;
        this.handle = handle;
    }

    /** Its name, unique together with its role and the two containers. */
    public final String name() {
        return name;
    }

    /** The session it belongs to. */
    public final SessionEngine session() {
        return session;
    }

    /** What the peer attached with, or null before it did. */
    public final @Nullable Attach remoteAttach() {
        return remoteAttach;
    }

    /** Whether both sides have attached and neither has detached. */
    public final boolean isAttached() {
        return attached && remoteAttach != null && !over;
    }

    /**
     * Attaches our side, or answers the peer's attach. Source, target, settle modes, capabilities, properties and the like are the
     * caller's; name, handle, role and a sender's initial-delivery-count are set here, and so is a receiver's max-message-size if it
     * is null.
     */
    public final void attach(Attach attach) {
        if (over || session.isEnded()) {
            return;
        }
        if (attached) {
            throw new IllegalStateException("attached already");
        }
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(role());
        prepare(attach);
        attached = true;
        session.send(attach);
        attachedNow();
    }

    /** Refuses what the peer attached: answers without a source or target, then detaches closed with this reason (2.6.3). */
    public final void refuse(ErrorCondition error) {
        detach(true, error);
    }

    /**
     * Detaches our side, or answers the peer's detach. Nothing but the peer's answer comes after this. Deliveries that were unsettled
     * are forgotten; sends that waited for the window are dropped. A link that is not attached yet is refused.
     *
     * @param closed whether the terminus goes too, or is merely suspended
     */
    public final void detach(boolean closed, @Nullable ErrorCondition error) {
        if (detached || session.isEnded()) {
            return;
        }
        if (!attached) {
            if (remoteAttach == null) {
                end();
                session.gone(this);
                return;
            }
            answerWithNothing();
        }
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.valueOf(handle));
        detach.setClosed(closed);
        detach.setError(error);
        session.send(detach);
        detached = true;
        end();
        if (remoteDetached) {
            session.gone(this);
        }
    }

    /**
     * Keeps the engine from answering the peer's detach: the host does, with {@link #detach}, once it knows what to say. The link is
     * over all the same. For use in {@link LinkListener#onDetach}.
     */
    public final void detachLater() {
        if (!remoteDetached) {
            throw new IllegalStateException("the peer has not detached");
        }
        owesDetach = true;
    }

    /** The credit there is: for a sender what it may send yet, for a receiver what it may get yet. */
    public int credit() {
        return credit;
    }

    /** The delivery-count, a serial number (RFC 1982) that began with initial-delivery-count. */
    public final int deliveryCount() {
        return deliveryCount;
    }

    /** The host's own object for this link, or null. */
    public final @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps an object of the host's with this link. */
    public final void attachment(@Nullable Object attached) {
        attachment = attached;
    }

    abstract Role role();

    /** Fills in what the role asks for before an attach goes out. */
    abstract void prepare(Attach attach);

    /** Our attach has gone out. */
    abstract void attachedNow();

    /** Takes what the role needs from the peer's attach. */
    abstract void accept(Attach attach);

    /** Forgets deliveries once the link is over. */
    abstract void drop();

    abstract void tellAttach(Attach attach);

    abstract void tellDetach(boolean closed, @Nullable ErrorCondition error);

    abstract void tellLost(@Nullable ErrorCondition error);

    final int handle() {
        return handle;
    }

    /** Whether it was detached, refused or lost, by either side. */
    public final boolean isOver() {
        return over;
    }

    /** Whether our attach has gone out. */
    final boolean isAnswered() {
        return attached;
    }

    final void remoteAttached(Attach attach) {
        remoteAttach = attach;
        accept(attach);
        if (attached && !over) {
            tellAttach(attach);
        }
    }

    final void remoteDetached(boolean closed, @Nullable ErrorCondition error) {
        remoteDetached = true;
        if (!lost) {
            lost = true;
            tellDetach(closed, error);
        }
        if (detached) {
            session.gone(this);
        } else if (owesDetach) {
            end();
        } else {
            detach(closed, null);
        }
    }

    /** The peer broke the link's rules: out with it. */
    final void breach(ErrorCondition error) {
        detach(true, error);
        lose(error);
    }

    /** Tells the host that the link is gone without the peer's detach. */
    final void lose(@Nullable ErrorCondition error) {
        end();
        if (!lost) {
            lost = true;
            tellLost(error);
        }
    }

    /** Input that was under way when we detached is dropped, within reason. */
    final void dropInput() {
        if (++dropped > session.connection().limits().incomingWindow()) {
            session.fail(Conditions.ERRANT_LINK, "transfers on a link that was detached");
        }
    }

    private void end() {
        if (!over) {
            over = true;
            drop();
        }
    }

    private void answerWithNothing() {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(role());
        prepare(attach);
        attached = true;
        session.send(attach);
    }
}
