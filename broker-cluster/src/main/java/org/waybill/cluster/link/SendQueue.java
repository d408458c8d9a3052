package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to a peer, and in which order it goes. Any thread adds, one takes. The order is kept among the urgent messages, and
 * among those of a channel and a precedence. Urgent ones go first; the others take turns, byte for byte, {@linkplain Precedence#USUAL
 * usual} ones with {@linkplain Precedence#BULK bulk}. A long message goes in pieces, so that others wait for a piece of it and not for all.
 */
final class SendQueue {
    private final Queue<Outgoing> urgent = new ConcurrentLinkedQueue<>();
    private final Lane usual = new Lane();
    private final Lane bulk = new Lane();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong bulkBytes = new AtomicLong();

    // Only of the one who takes.
    private @Nullable Outgoing urgentBegun;
    private int pieceBytes = Frames.PIECE_BYTES;

    /** How many bytes more of bulk than of what is usual have gone while both waited. */
    private long bulkAhead;

    /** Adds a message; returns the weight of all that waited before. Any thread. */
    long add(int channel, byte[] bytes, int offset, int length, Precedence precedence) {
        Outgoing message = new Outgoing(channel, bytes, offset, length);
        long weight = Outgoing.weight(length);
        // they count before they can be taken
        long before = queuedBytes.getAndAdd(weight);
        switch (precedence) {
            case URGENT -> urgent.add(message);
            case USUAL -> usual.add(message);
            case BULK -> {
                bulkBytes.addAndGet(weight);
                bulk.add(message);
            }
        }
        return before;
    }

    /** The weight of all that waits. Any thread. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    /** The weight of the bulk that waits. Any thread. */
    long bulkBytes() {
        return bulkBytes.get();
    }

    /** Whether something urgent waits. Only for the one who takes. */
    boolean isUrgent() {
        return urgentBegun != null || !urgent.isEmpty();
    }

    /** How long a frame may be from now on. */
    void pieceBytes(int bytes) {
        pieceBytes = bytes;
    }

    /** Writes the frames that go next, until there are so many bytes or no more of them. */
    void take(ByteBuf out, int bytes) {
        takeUrgent(out, bytes);
        while (out.readableBytes() < bytes && takeOther(out)) {
            takeUrgent(out, bytes);
        }
        long bulkTaken = bulk.taken();
        long allTaken = usual.taken() + bulkTaken;
        if (bulkTaken > 0) {
            bulkBytes.addAndGet(-bulkTaken);
        }
        if (allTaken > 0) {
            queuedBytes.addAndGet(-allTaken);
        }
    }

    /** Writes urgent frames only, until there are so many bytes or no more of them. */
    void takeUrgent(ByteBuf out, int bytes) {
        while (out.readableBytes() < bytes) {
            Outgoing next = urgentBegun == null ? urgent.poll() : urgentBegun;
            if (next == null) {
                return;
            }
            queuedBytes.addAndGet(-next.frame(out, pieceBytes, Frames.URGENT));
            urgentBegun = next.isGone() ? null : next;
        }
    }

    /** Forgets all that is here. */
    void clear() {
        urgent.clear();
        usual.clear();
        bulk.clear();
        urgentBegun = null;
    }

    private boolean takeOther(ByteBuf out) {
        if (usual.isEmpty()) {
            return bulk.take(out, pieceBytes);
        } else if (bulk.isEmpty()) {
            return usual.take(out, pieceBytes);
        }
        boolean isBulksTurn = bulkAhead < 0;
        int from = out.writerIndex();
        boolean took = (isBulksTurn ? bulk : usual).take(out, pieceBytes);
        int bytes = out.writerIndex() - from;
        bulkAhead += isBulksTurn ? bytes : -bytes;
        return took;
    }
}
