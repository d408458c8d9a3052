package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** A session's delivery ids and unsettled deliveries both ways, and the dispositions that settle them (part 2, section 2.6.12). */
final class Deliveries {
    private final SessionEngine session;
    private final UnsettledRing outgoing = new UnsettledRing();
    private final UnsettledRing incoming = new UnsettledRing();
    private long nextIncomingDelivery = -1;

    Deliveries(SessionEngine session) {
        this.session = session;
    }

    UnsettledRing outgoing() {
        return outgoing;
    }

    int incomingLive() {
        return incoming.live();
    }

    void trim() {
        outgoing.release();
        incoming.release();
    }

    void forget(SenderLink link) {
        outgoing.forget(link, link.unsettled);
    }

    void forget(ReceiverLink link) {
        incoming.forget(link, link.unsettled);
    }

    void settleOutgoing(SenderLink link, long first, long last, @Nullable DeliveryState state) {
        for (long id = outgoing.next(first, last); id != UnsettledRing.NONE; ) {
            long end = outgoing.runEnd(id, last);
            if (outgoing.link(id) == link) {
                outgoing.remove(id, end);
                session.connection().dispositions().add(session, false, id, end, true, state);
            }
            id = outgoing.next(end + 1, last);
        }
    }

    void disposeIncoming(ReceiverLink link, long first, long last, boolean settled, @Nullable DeliveryState state) {
        for (long id = incoming.next(first, last); id != UnsettledRing.NONE; ) {
            long end = incoming.runEnd(id, last);
            if (incoming.link(id) == link) {
                if (settled) {
                    incoming.remove(id, end);
                }
                session.connection().dispositions().add(session, true, id, end, settled, state);
            }
            id = incoming.next(end + 1, last);
        }
    }

    /** The running number of a delivery that begins, or -1 if the session had to be ended over it. */
    long incomingId(long wireId) {
        if (nextIncomingDelivery < 0) {
            nextIncomingDelivery = wireId;
        }
        int ahead = (int) wireId - (int) nextIncomingDelivery;
        if (ahead < 0) {
            session.fail(Conditions.INVALID_FIELD, "a delivery-id that was there before");
            return -1;
        }
        long id = nextIncomingDelivery + ahead;
        nextIncomingDelivery = id + 1;
        return id;
    }

    /** Notes that a delivery is unsettled; false if the session had to be ended because there are too many. */
    boolean track(ReceiverLink link, long id) {
        if (incoming.live() >= session.connection().limits().maxUnsettled()) {
            session.fail(Conditions.RESOURCE_LIMIT_EXCEEDED, "too many unsettled deliveries");
            return false;
        }
        incoming.add(id, link, id);
        return true;
    }

    /** The sender settled or aborted a delivery by its transfer. */
    void settledEarly(long id) {
        if (incoming.next(id, id) == id) {
            incoming.remove(id, id);
        }
    }

    /** Takes a disposition whose fields were just read: a range, of which only what is unsettled counts. */
    void disposition(HotDecoder fields) {
        if (fields.first == HotDecoder.ABSENT) {
            throw Breach.decode("a disposition without its first delivery-id");
        }
        long span = fields.last == HotDecoder.ABSENT ? 0 : (fields.last - fields.first) & 0xFFFFFFFFL;
        if (span > 1L << 31) {
            session.fail(Conditions.INVALID_FIELD, "a disposition whose last delivery-id precedes its first");
            return;
        }
        boolean ofReceiver = fields.receiver;
        boolean settled = fields.settled;
        DeliveryState state = fields.state;
        long reference = ofReceiver ? session.outbox().nextDeliveryId() : Math.max(0, nextIncomingDelivery);
        long from = reference + ((int) fields.first - (int) reference);
        long to = from + span;
        UnsettledRing ring = ofReceiver ? outgoing : incoming;
        for (long id = ring.next(from, to); id != UnsettledRing.NONE && !session.isEnded(); ) {
            long end = ring.runEnd(id, to);
            tellDisposition(ring, id, end, settled, state);
            id = ring.next(end + 1, to);
        }
    }

    private static void tellDisposition(
            UnsettledRing ring, long first, long last, boolean settled, @Nullable DeliveryState state) {
        Link link = ring.link(first);
        long token = ring.token(first);
        if (settled) {
            ring.remove(first, last);
        }
        if (link instanceof SenderLink sender) {
            sender.tellDisposition(first, last, token, settled, state);
        } else if (link instanceof ReceiverLink receiver) {
            receiver.tellDisposition(first, last, settled, state);
        }
    }
}
