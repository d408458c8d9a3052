package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** The fields of one transfer frame (part 2, section 2.7.5). One object per connection, good during the call that shows it. */
public final class IncomingTransfer {
    private long deliveryId;
    private boolean first;
    private boolean more;
    private boolean aborted;
    private boolean settled;
    private int messageFormat;
    private long rcvSettleMode;
    private @Nullable DeliveryState state;
    private ByteBuffer frame = Codec.NO_BYTES;
    private byte @Nullable [] tag;
    private int tagAt;
    private int tagLength;

    IncomingTransfer() {}

    void fill(HotDecoder fields, ByteBuffer in, long id, boolean isFirst, boolean isSettled) {
        deliveryId = id;
        first = isFirst;
        more = fields.more && !fields.aborted;
        aborted = fields.aborted;
        settled = isSettled;
        messageFormat = fields.messageFormat == HotDecoder.ABSENT ? 0 : (int) fields.messageFormat;
        rcvSettleMode = fields.rcvSettleMode;
        state = fields.state;
        frame = in;
        tag = fields.tag;
        tagAt = fields.tagAt;
        tagLength = fields.tagLength;
    }

    void release() {
        frame = Codec.NO_BYTES;
        tag = null;
        state = null;
    }

    /** The session's running number of the delivery; see {@link Link}. */
    public long deliveryId() {
        return deliveryId;
    }

    /** Whether this is the delivery's first frame. */
    public boolean isFirst() {
        return first;
    }

    /** Whether more frames of the delivery follow. False for an aborted one. */
    public boolean more() {
        return more;
    }

    /** Whether the sender gave up: all of the delivery is to be dropped, nothing is to be settled. */
    public boolean aborted() {
        return aborted;
    }

    /** Whether the sender has settled it. Then it is not tracked and needs no disposition. Only the last frame's word counts. */
    public boolean settled() {
        return settled;
    }

    /** A copy of the delivery tag; empty after the first frame if the sender did not repeat it. */
    public byte[] tag() {
        byte[] copy = new byte[Math.max(0, tagLength)];
        if (tag != null) {
            System.arraycopy(tag, tagAt, copy, 0, copy.length);
        } else {
            frame.get(tagAt, copy);
        }
        return copy;
    }

    /** The message-format; only on the first frame, 0 if the sender said nothing. */
    public int messageFormat() {
        return messageFormat;
    }

    /** The state the sender gave (a transactional-state, say), or null. */
    public @Nullable DeliveryState state() {
        return state;
    }

    /** Whether the sender asks for the outcome to be settled first or second for this delivery; null if it says nothing. */
    public @Nullable Boolean settlesSecond() {
        return rcvSettleMode == HotDecoder.ABSENT ? null : rcvSettleMode == 1;
    }
}
