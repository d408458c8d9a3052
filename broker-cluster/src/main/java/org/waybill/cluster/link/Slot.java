package org.waybill.cluster.link;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What there is of one peer. Changed on the loop of the links; what is volatile or atomic is read by others. */
final class Slot {
    final Peer peer;
    final Backoff backoff;
    volatile @Nullable Link link;
    volatile long sinceMs;
    volatile String lastEnd = "";

    /** What former connections have sent and received. */
    final AtomicLong sentBefore = new AtomicLong();

    final AtomicLong receivedBefore = new AtomicLong();

    /** The connection of the link. */
    @Nullable
    Connection connection;

    long upNs;

    Slot(Peer peer, Backoff backoff) {
        this.peer = peer;
        this.backoff = backoff;
    }

    LinkStatus status() {
        Link now = link;
        return new LinkStatus(
                peer,
                now != null,
                sinceMs,
                sentBefore.get() + (now == null ? 0 : now.sentBytes()),
                receivedBefore.get() + (now == null ? 0 : now.receivedBytes()),
                now == null ? 0 : now.queuedBytes(),
                now == null ? 0 : now.roundTripMicros(),
                lastEnd);
    }
}
