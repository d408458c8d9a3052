package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * Reads transfer, flow and disposition (AMQP 1.0 part 2, sections 2.7.4 to 2.7.6) straight from the frame, without garbage for the
 * encodings that are met in practice. Each method answers false if it meets another one; then the frame goes through proton-j's
 * decoder and the {@code from} method of its kind. The fields are good until the next read, so users copy them before they call out.
 */
final class HotDecoder {
    /** A number that is not there. */
    static final long ABSENT = -1;

    static final int FLOW = 0x13;
    static final int TRANSFER = 0x14;
    static final int DISPOSITION = 0x15;

    private final Unusual unusual = new Unusual();
    private final Codec codec;
    private ByteBuffer in = ByteBuffer.allocate(0);
    private int at;
    private int end;
    private int fields;

    long handle;
    long deliveryId;
    byte @Nullable [] tag;
    int tagAt;
    int tagLength;
    long messageFormat;
    boolean settled;
    boolean more;
    boolean aborted;
    boolean resume;
    long rcvSettleMode;

    @Nullable
    DeliveryState state;

    int payloadAt;

    boolean receiver;
    long first;
    long last;

    long nextIncomingId;
    long incomingWindow;
    long nextOutgoingId;
    long outgoingWindow;
    long deliveryCount;
    long linkCredit;
    long available;
    boolean drain;
    boolean echo;

    @Nullable
    Map<Symbol, Object> properties;

    HotDecoder(Codec codec) {
        this.codec = codec;
    }

    /** Reads the fields of the performative of this descriptor, whose list starts at {@code from}. */
    boolean read(int code, ByteBuffer frame, int from, int to) {
        return switch (code) {
            case FLOW -> flow(frame, from, to);
            case TRANSFER -> transfer(frame, from, to);
            default -> disposition(frame, from, to);
        };
    }

    /** Takes the fields of what proton-j decoded. Answers its descriptor, or 0 if it is another kind of performative. */
    int from(Object performative, int end) {
        if (performative instanceof Transfer transfer) {
            from(transfer, end);
            return TRANSFER;
        }
        if (performative instanceof Flow flow) {
            from(flow);
            return FLOW;
        }
        if (performative instanceof Disposition disposition) {
            from(disposition);
            return DISPOSITION;
        }
        return 0;
    }

    private boolean transfer(ByteBuffer frame, int from, int to) {
        try {
            int listEnd = open(frame, from, to);
            handle = number();
            deliveryId = number();
            binary();
            messageFormat = number();
            settled = flag() > 0;
            more = flag() > 0;
            rcvSettleMode = small();
            state = state();
            resume = flag() > 0;
            aborted = flag() > 0;
            flag();
            close(listEnd);
            payloadAt = listEnd;
            return true;
        } catch (Unusual e) {
            return false;
        }
    }

    private boolean disposition(ByteBuffer frame, int from, int to) {
        try {
            int listEnd = open(frame, from, to);
            int role = flag();
            first = number();
            last = number();
            settled = flag() > 0;
            state = state();
            flag();
            close(listEnd);
            receiver = role > 0;
            return role >= 0;
        } catch (Unusual e) {
            return false;
        }
    }

    private boolean flow(ByteBuffer frame, int from, int to) {
        try {
            int listEnd = open(frame, from, to);
            nextIncomingId = number();
            incomingWindow = number();
            nextOutgoingId = number();
            outgoingWindow = number();
            handle = number();
            deliveryCount = number();
            linkCredit = number();
            available = number();
            drain = flag() > 0;
            echo = flag() > 0;
            properties = null;
            if (fields > 0) {
                fields--;
                if (octet() != 0x40) {
                    return false;
                }
            }
            close(listEnd);
            return true;
        } catch (Unusual e) {
            return false;
        }
    }

    private void from(Transfer transfer, int payloadFrom) {
        handle = number(transfer.getHandle());
        deliveryId = number(transfer.getDeliveryId());
        var binary = transfer.getDeliveryTag();
        tag = null;
        tagLength = -1;
        if (binary != null) {
            tag = binary.getArray();
            tagAt = binary.getArrayOffset();
            tagLength = binary.getLength();
        }
        messageFormat = number(transfer.getMessageFormat());
        settled = Boolean.TRUE.equals(transfer.getSettled());
        more = transfer.getMore();
        aborted = transfer.getAborted();
        resume = transfer.getResume();
        ReceiverSettleMode mode = transfer.getRcvSettleMode();
        rcvSettleMode = mode == null ? ABSENT : mode.getValue().intValue();
        state = transfer.getState();
        payloadAt = payloadFrom;
    }

    private void from(Disposition disposition) {
        receiver = disposition.getRole() == Role.RECEIVER;
        first = number(disposition.getFirst());
        last = number(disposition.getLast());
        settled = disposition.getSettled();
        state = disposition.getState();
    }

    @SuppressWarnings("unchecked")
    private void from(Flow flow) {
        nextIncomingId = number(flow.getNextIncomingId());
        incomingWindow = number(flow.getIncomingWindow());
        nextOutgoingId = number(flow.getNextOutgoingId());
        outgoingWindow = number(flow.getOutgoingWindow());
        handle = number(flow.getHandle());
        deliveryCount = number(flow.getDeliveryCount());
        linkCredit = number(flow.getLinkCredit());
        available = number(flow.getAvailable());
        drain = flow.getDrain();
        echo = flow.getEcho();
        properties = flow.getProperties();
    }

    private int open(ByteBuffer frame, int from, int to) {
        in = frame;
        at = from;
        end = to;
        int code = octet();
        int size;
        switch (code) {
            case 0x45 -> {
                fields = 0;
                return at;
            }
            case 0xC0 -> {
                size = octet();
                fields = at < end ? in.get(at) & 0xFF : -1;
                end = bounded(size);
                at++;
            }
            case 0xD0 -> {
                size = word();
                end = bounded(size);
                fields = word();
            }
            default -> throw unusual;
        }
        if (size < 1 || fields < 0) {
            throw unusual;
        }
        return end;
    }

    private int bounded(int size) {
        if (size < 0 || size > end - at) {
            throw unusual;
        }
        return at + size;
    }

    private void close(int listEnd) {
        if (fields != 0 || at != listEnd) {
            throw unusual;
        }
    }

    private long number() {
        if (fields == 0) {
            return ABSENT;
        }
        fields--;
        return switch (octet()) {
            case 0x40 -> ABSENT;
            case 0x43 -> 0;
            case 0x52 -> octet();
            case 0x70 -> word() & 0xFFFFFFFFL;
            default -> throw unusual;
        };
    }

    private long small() {
        if (fields == 0) {
            return ABSENT;
        }
        fields--;
        return switch (octet()) {
            case 0x40 -> ABSENT;
            case 0x50 -> octet();
            default -> throw unusual;
        };
    }

    private int flag() {
        if (fields == 0) {
            return -1;
        }
        fields--;
        return switch (octet()) {
            case 0x40 -> -1;
            case 0x41 -> 1;
            case 0x42 -> 0;
            case 0x56 -> octet() == 0 ? 0 : 1;
            default -> throw unusual;
        };
    }

    private void binary() {
        tag = null;
        tagLength = -1;
        if (fields == 0) {
            return;
        }
        fields--;
        int code = octet();
        if (code == 0x40) {
            return;
        }
        if (code != 0xA0) {
            throw unusual;
        }
        int length = octet();
        tagAt = at;
        at = bounded(length);
        tagLength = length;
    }

    private @Nullable DeliveryState state() {
        if (fields == 0) {
            return null;
        }
        fields--;
        int from = at;
        int code = octet();
        if (code == 0x40) {
            return null;
        }
        if (code != 0 || octet() != 0x53) {
            throw unusual;
        }
        int descriptor = octet();
        boolean plain = isEmptyList(octet());
        if (plain && descriptor == 0x24) {
            return Accepted.getInstance();
        }
        if (plain && descriptor == 0x26) {
            return Released.getInstance();
        }
        return decoded(from);
    }

    private boolean isEmptyList(int code) {
        return code == 0x45 || (code == 0xC0 && octet() == 1 && octet() == 0);
    }

    private DeliveryState decoded(int from) {
        at = codec.guard.check(in, from, end);
        if (codec.decode(in, from, at) instanceof DeliveryState decoded) {
            return decoded;
        }
        throw Breach.decode("a delivery state of an unknown type");
    }

    private int octet() {
        if (at >= end) {
            throw unusual;
        }
        return in.get(at++) & 0xFF;
    }

    private int word() {
        if (end - at < 4) {
            throw unusual;
        }
        at += 4;
        return in.getInt(at - 4);
    }

    private static long number(@Nullable UnsignedInteger value) {
        return value == null ? ABSENT : value.intValue() & 0xFFFFFFFFL;
    }

    /** What this reader does not know; the general path will, or says what is wrong. */
    private static final class Unusual extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unusual() {
            super(null, null, false, false);
        }
    }
}
