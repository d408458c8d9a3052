package org.waybill.amqp.engine;

import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/** A link on which we send. */
public final class SenderLink extends Link {
    private static final long ABSENT = HotDecoder.ABSENT;
    private static final int MAX_TAG_BYTES = 32;

    private SenderListener listener = Unattended.SENDER;
    private long remoteMaxMessageBytes;
    private boolean draining;
    private boolean flowHeld;
    private boolean echoHeld;
    private int waiting;

    SenderLink(SessionEngine session, String name, int handle) {
        super(session, name, handle);
    }

    /** Who is told from now on. What happens to a link of the peer's before it is set is passed over, but {@link #isOver} knows. */
    public void listener(SenderListener told) {
        listener = told;
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
        if (isOver()) {
            return true;
        }
        if (!isAttached() || credit() <= 0) {
            throw new IllegalStateException("no credit to send on");
        }
        if (tag != null && (tag.length == 0 || tag.length > MAX_TAG_BYTES)) {
            throw new IllegalArgumentException("a delivery tag of " + tag.length + " bytes");
        }
        credit--;
        deliveryCount++;
        return session.outbox()
                .send(
                        this,
                        token,
                        tag,
                        messageFormat,
                        settled,
                        state,
                        head,
                        headOffset,
                        headLength,
                        body,
                        bodyOffset,
                        bodyLength);
    }

    /**
     * Settles a run of deliveries of this link, telling the receiver. Ids in between that belong to other links or are settled
     * already are left alone.
     *
     * @param state the state to tell, usually the one the receiver gave
     */
    public void settle(long firstId, long lastId, @Nullable DeliveryState state) {
        if (!isOver()) {
            session.deliveries().settleOutgoing(this, firstId, lastId, state);
        }
    }

    /** Answers a drain: the delivery-count moves on by the whole credit, the credit is 0, and the receiver is told. */
    public void drained() {
        if (!isAttached()) {
            return;
        }
        draining = false;
        deliveryCount += credit;
        credit = 0;
        session.writeFlow(this, true, false, ABSENT);
    }

    /**
     * Tells the receiver our state in a flow.
     *
     * @param available how many messages could be sent if there were credit, or -1 to say nothing
     */
    public void sendFlow(long available, boolean echo) {
        if (isAttached()) {
            session.writeFlow(this, draining, echo, available);
        }
    }

    /**
     * What may be sent yet: the receiver's credit, less while the session has as much unsettled as {@link Limits#maxUnsettled}
     * allows; {@link SessionListener#onWindow} tells when that is over.
     */
    @Override
    public int credit() {
        return Math.min(credit, session.outgoingRoom());
    }

    /** Whether the receiver asked for a drain that {@link #drained} has not answered. */
    public boolean isDraining() {
        return draining;
    }

    /** The largest message that the receiver takes, or 0 for no limit (its attach's max-message-size). */
    public long remoteMaxMessageBytes() {
        return remoteMaxMessageBytes;
    }

    /** Sends of this link that wait for the peer's window, as a whole or in part. */
    public int waiting() {
        return waiting;
    }

    void waits(int change) {
        waiting += change;
    }

    /** Takes a flow of the receiver's. A count that it leaves out is the one we began with (2.7.4). */
    void flow(
            long remoteCount,
            long remoteCredit,
            boolean drain,
            boolean echo,
            @Nullable Map<Symbol, Object> properties) {
        if (remoteCredit != HotDecoder.ABSENT) {
            int counted = remoteCount == HotDecoder.ABSENT ? 0 : (int) remoteCount;
            long limit = Math.min(remoteCredit, Integer.MAX_VALUE) - (deliveryCount - counted);
            credit = (int) Math.max(0, Math.min(limit, Integer.MAX_VALUE));
        }
        draining = drain;
        if (!isAttached()) {
            flowHeld = true;
            echoHeld |= echo;
            return;
        }
        tellFlow(echo, properties);
    }

    /** Tells a flow that came before the host had attached. */
    void tellHeldFlow() {
        if (flowHeld && isAttached()) {
            flowHeld = false;
            tellFlow(echoHeld, null);
        }
    }

    private void tellFlow(boolean echo, @Nullable Map<Symbol, Object> properties) {
        flowSent = false;
        listener.onFlow(this, draining, echo, properties);
        if (echo && !flowSent && isAttached()) {
            session.writeFlow(this, draining, false, ABSENT);
        }
    }

    void tellDisposition(long firstId, long lastId, long firstToken, boolean settled, @Nullable DeliveryState state) {
        listener.onDisposition(this, firstId, lastId, firstToken, firstToken + (lastId - firstId), settled, state);
    }

    void tellSent(long token) {
        listener.onSent(this, token);
    }

    @Override
    Role role() {
        return Role.SENDER;
    }

    @Override
    void prepare(Attach attach) {
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
    }

    @Override
    void attachedNow() {
        if (flowHeld) {
            session.connection().tellLater(this);
        }
    }

    @Override
    void accept(Attach attach) {
        UnsignedLong max = attach.getMaxMessageSize();
        remoteMaxMessageBytes = max == null || max.longValue() < 0 ? 0 : max.longValue();
    }

    @Override
    void drop() {
        session.outbox().drop(this);
        session.deliveries().forget(this);
    }

    @Override
    void tellAttach(Attach attach) {
        listener.onAttach(this, attach);
    }

    @Override
    void tellDetach(boolean closed, @Nullable ErrorCondition error) {
        listener.onDetach(this, closed, error);
    }

    @Override
    void tellLost(@Nullable ErrorCondition error) {
        listener.onLost(this, error);
    }
}
