package org.waybill.amqp.engine;

import java.util.ArrayDeque;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * A session's outgoing transfers: splits messages into frames, keeps to the peer's incoming window, which counts frames, and keeps
 * in order what has to wait for it (AMQP 1.0 part 2, sections 2.5.6 and 2.6.14).
 */
final class Outbox {
    /** One message on its way. */
    private static final class Sending {
        @Nullable
        SenderLink link;

        long token;
        byte @Nullable [] tag;
        int messageFormat;
        boolean settled;

        @Nullable
        DeliveryState state;

        byte @Nullable [] head;
        int headAt;
        int headLeft;
        byte @Nullable [] body;
        int bodyAt;
        int bodyLeft;
        boolean begun;
    }

    private final SessionEngine session;
    private final ConnectionEngine connection;
    private final UnsettledRing unsettled;
    private @Nullable Sending spare;
    private @Nullable ArrayDeque<Sending> waiting;
    private long nextDeliveryId;
    /** transfer-id of the next frame; any first value would do. */
    private int nextOutgoingId = 1;

    private int window;

    Outbox(SessionEngine session, UnsettledRing unsettled) {
        this.session = session;
        this.connection = session.connection();
        this.unsettled = unsettled;
    }

    int nextOutgoingId() {
        return nextOutgoingId;
    }

    long nextDeliveryId() {
        return nextDeliveryId;
    }

    int window() {
        return window;
    }

    boolean isBlocked() {
        return waiting != null;
    }

    /** Takes the peer's window: how many frames from {@code nextIncomingId} on. */
    void window(int nextIncomingId, long frames) {
        long open = (nextIncomingId - nextOutgoingId) + frames;
        window = (int) Math.max(0, Math.min(open, Integer.MAX_VALUE));
    }

    boolean send(
            SenderLink link,
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
        Sending sending = spare == null ? new Sending() : spare;
        spare = null;
        sending.link = link;
        sending.token = token;
        sending.tag = tag;
        sending.messageFormat = messageFormat;
        sending.settled = settled;
        sending.state = state;
        sending.head = head;
        sending.headAt = headOffset;
        sending.headLeft = head == null ? 0 : headLength;
        sending.body = body;
        sending.bodyAt = bodyOffset;
        sending.bodyLeft = bodyLength;
        sending.begun = false;
        if (waiting == null && write(sending, link)) {
            free(sending);
            return true;
        }
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(sending);
        link.waits(1);
        return false;
    }

    /** Sends what the window lets through. Answers whether something waited and nothing does any more. */
    boolean resume() {
        if (waiting == null) {
            return false;
        }
        while (waiting != null && connection.isSending() && !session.isEnded()) {
            Sending first = waiting.peek();
            SenderLink link = first == null ? null : first.link;
            if (first == null || link == null) {
                waiting = null;
                return true;
            }
            boolean gone = link.isOver();
            if (!gone && !write(first, link)) {
                return false;
            }
            waiting.poll();
            long token = first.token;
            free(first);
            if (!gone) {
                link.waits(-1);
                link.tellSent(token);
            }
        }
        return false;
    }

    /** Drops everything, at the session's end. */
    void clear() {
        waiting = null;
        spare = null;
    }

    /** Drops what waits for a link that is over, so that its arrays are not held until the window opens. */
    void drop(SenderLink link) {
        if (waiting != null && link.waiting() > 0) {
            waiting.removeIf(sending -> sending.link == link);
            if (waiting.isEmpty()) {
                waiting = null;
            }
        }
    }

    private boolean write(Sending sending, SenderLink link) {
        while (window > 0) {
            frame(sending, link);
            if (sending.headLeft + sending.bodyLeft == 0) {
                return true;
            }
        }
        return false;
    }

    private void frame(Sending sending, SenderLink link) {
        HotEncoder out = connection.codec().out;
        out.begin(HotDecoder.TRANSFER);
        out.number(link.handle());
        if (sending.begun) {
            out.none();
            out.none();
            out.none();
        } else {
            int id = (int) nextDeliveryId;
            out.number(id);
            if (sending.tag == null) {
                out.tag(id);
            } else {
                out.binary(sending.tag);
            }
            out.number(sending.messageFormat);
        }
        out.flag(sending.settled);
        int moreAt = out.flag(false);
        if (sending.state != null && !sending.begun) {
            out.none();
            out.state(sending.state);
        }
        int left = sending.headLeft + sending.bodyLeft;
        int payload = Math.min(left, session.maxOutgoingFrameBytes() - out.size());
        if (payload <= 0 && left > 0) {
            throw new IllegalArgumentException("a delivery state larger than the peer's frames");
        }
        if (payload < left) {
            out.patch(moreAt, true);
        }
        if (!sending.begun) {
            begin(sending, link);
        }
        nextOutgoingId++;
        window--;
        Output output = connection.amqpOutput();
        out.finish(output, session.localChannel(), payload);
        payload(output, sending, payload);
    }

    private void begin(Sending sending, SenderLink link) {
        sending.begun = true;
        if (!sending.settled) {
            unsettled.add(nextDeliveryId, link, sending.token);
        }
        nextDeliveryId++;
    }

    private static void payload(Output output, Sending sending, int length) {
        int fromHead = Math.min(length, sending.headLeft);
        if (fromHead > 0 && sending.head != null) {
            output.write(sending.head, sending.headAt, fromHead);
            sending.headAt += fromHead;
            sending.headLeft -= fromHead;
        }
        int fromBody = length - fromHead;
        if (fromBody > 0 && sending.body != null) {
            output.write(sending.body, sending.bodyAt, fromBody);
            sending.bodyAt += fromBody;
            sending.bodyLeft -= fromBody;
        }
    }

    private void free(Sending sending) {
        sending.link = null;
        sending.tag = null;
        sending.state = null;
        sending.head = null;
        sending.body = null;
        spare = sending;
    }
}
