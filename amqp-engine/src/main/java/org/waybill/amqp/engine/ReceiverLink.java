package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/** A link on which we receive. */
public final class ReceiverLink extends Link {
    private ReceiverListener listener = Unattended.RECEIVER;
    /** The delivery-count up to which deliveries are taken, whatever the credit is now. */
    private int countLimit;

    private long maxMessageBytes;
    private long partialId;
    private long partialBytes;
    private boolean partial;
    private boolean partialSettled;
    private boolean draining;

    ReceiverLink(SessionEngine session, String name, int handle) {
        super(session, name, handle);
        maxMessageBytes = session.connection().limits().maxMessageBytes();
    }

    /** Who is told from now on. What happens to a link of the peer's before it is set is passed over, but {@link #isOver} knows. */
    public void listener(ReceiverListener told) {
        listener = told;
    }

    /** Adds to the credit and tells the sender. Ends a drain that is under way. */
    public void grantCredit(int more) {
        resetCredit(Math.addExact(credit, more));
    }

    /**
     * Sets the credit to this many from now on and tells the sender. Deliveries that crossed a lowering are still taken; the credit
     * never counts below 0.
     */
    public void resetCredit(int total) {
        if (total < 0) {
            throw new IllegalArgumentException("credit " + total);
        }
        if (!isAnswered() || isOver()) {
            return;
        }
        credit = total;
        raiseLimit();
        draining = false;
        session.writeFlow(this, false, false, HotDecoder.ABSENT);
    }

    /** Asks the sender to use up its credit or give it back; done when {@link #credit} is 0. */
    public void drain() {
        if (isAnswered() && !isOver()) {
            draining = true;
            session.writeFlow(this, true, false, HotDecoder.ABSENT);
        }
    }

    /** Tells the sender our state in a flow. */
    public void sendFlow(boolean echo) {
        if (isAnswered() && !isOver()) {
            session.writeFlow(this, draining, echo, HotDecoder.ABSENT);
        }
    }

    /** As {@link #sendFlow(boolean)}, with properties. */
    public void sendFlow(boolean echo, @Nullable Map<Symbol, Object> properties) {
        if (isAnswered() && !isOver()) {
            session.writeFlow(this, draining, echo, HotDecoder.ABSENT, properties);
        }
    }

    /**
     * States an outcome for a run of deliveries of this link. Ids in between that belong to other links or are settled already are
     * left alone. Runs that follow each other with the same state leave as one frame.
     *
     * @param settled whether that settles them; if not, they stay until we or the sender settle (rcv-settle-mode second)
     */
    public void disposition(long firstId, long lastId, boolean settled, @Nullable DeliveryState state) {
        if (!isOver()) {
            session.deliveries().disposeIncoming(this, firstId, lastId, settled, state);
        }
    }

    /** Whether a drain is under way. */
    public boolean isDraining() {
        return draining;
    }

    /** Whether a delivery has begun and not ended yet. */
    public boolean isPartial() {
        return partial;
    }

    /** The largest message taken, or 0 for no limit. */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Takes a transfer whose fields were just read. */
    void transfer(HotDecoder fields, ByteBuffer in, int to) {
        boolean first = !partial;
        if (first) {
            if (!begin(fields)) {
                return;
            }
        } else if (fields.deliveryId != HotDecoder.ABSENT && (int) fields.deliveryId != (int) partialId) {
            invalid("a transfer of another delivery before the last one was complete");
            return;
        }
        if (!partialSettled && fields.settled) {
            partialSettled = true;
            if (!first) {
                session.deliveries().settledEarly(partialId);
            }
        }
        partialBytes += to - fields.payloadAt;
        if (maxMessageBytes > 0 && partialBytes > maxMessageBytes && !fields.aborted) {
            IncomingTransfer transfer = session.connection().transfer();
            transfer.fill(fields, in, partialId, first, partialSettled);
            listener.onOversized(this, transfer);
            transfer.release();
            breach(Conditions.error(
                    Conditions.MESSAGE_SIZE_EXCEEDED, "a message of more than " + maxMessageBytes + " bytes"));
            return;
        }
        if (first && !partialSettled && !fields.aborted && !session.deliveries().track(this, partialId)) {
            return;
        }
        partial = fields.more && !fields.aborted;
        if (fields.aborted && !first && !partialSettled) {
            session.deliveries().settledEarly(partialId);
        }
        tellTransfer(fields, in, to, first);
    }

    private boolean begin(HotDecoder fields) {
        if (fields.deliveryId == HotDecoder.ABSENT) {
            invalid("a delivery without a delivery-id");
            return false;
        }
        if (fields.tagLength < 0) {
            invalid("a delivery without a delivery-tag");
            return false;
        }
        if (countLimit - deliveryCount <= 0) {
            breach(Conditions.error(Conditions.TRANSFER_LIMIT_EXCEEDED, "a delivery beyond the link's credit"));
            return false;
        }
        partialId = session.deliveries().incomingId(fields.deliveryId);
        if (partialId < 0) {
            return false;
        }
        deliveryCount++;
        credit = Math.max(0, credit - 1);
        partialBytes = 0;
        partialSettled = false;
        return true;
    }

    private void tellTransfer(HotDecoder fields, ByteBuffer in, int to, boolean first) {
        IncomingTransfer transfer = session.connection().transfer();
        transfer.fill(fields, in, partialId, first, partialSettled);
        int position = in.position();
        int limit = in.limit();
        in.limit(to).position(fields.aborted ? to : fields.payloadAt);
        listener.onTransfer(this, transfer, in);
        in.limit(limit).position(position);
        transfer.release();
    }

    private void invalid(String description) {
        breach(Conditions.error(Conditions.INVALID_FIELD, description));
    }

    /** Takes a flow of the sender's: its count moving on gives credit back. */
    void flow(long count, long available, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
        if (count != HotDecoder.ABSENT) {
            int advance = (int) count - deliveryCount;
            if (advance > 0) {
                deliveryCount = (int) count;
                credit = Math.max(0, credit - advance);
                if (countLimit - deliveryCount < 0) {
                    countLimit = deliveryCount;
                }
            }
        }
        if (credit == 0) {
            draining = false;
        }
        flowSent = false;
        listener.onFlow(this, available, drain, echo, properties);
        if (echo && !flowSent) {
            sendFlow(false);
        }
    }

    void tellDisposition(long firstId, long lastId, boolean settled, @Nullable DeliveryState state) {
        listener.onDisposition(this, firstId, lastId, settled, state);
    }

    private void raiseLimit() {
        int limit = deliveryCount + credit;
        if (limit - countLimit > 0) {
            countLimit = limit;
        }
    }

    @Override
    Role role() {
        return Role.RECEIVER;
    }

    @Override
    void prepare(Attach attach) {
        UnsignedLong stated = attach.getMaxMessageSize();
        if (stated == null && maxMessageBytes > 0) {
            attach.setMaxMessageSize(UnsignedLong.valueOf(maxMessageBytes));
        } else if (stated != null) {
            maxMessageBytes = stated.longValue();
        }
    }

    @Override
    void attachedNow() {}

    @Override
    void accept(Attach attach) {
        UnsignedInteger count = attach.getInitialDeliveryCount();
        int initial = count == null ? 0 : count.intValue();
        // Credit granted before the sender's attach was counted from 0.
        countLimit += initial - deliveryCount;
        deliveryCount = initial;
    }

    @Override
    void drop() {
        partial = false;
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
