package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to a peer, and in which order it goes. Any thread adds, one takes. The order is kept among the urgent messages, and
 * among those of a channel that are not. Urgent ones go first; a long one goes in pieces, in turn with other long ones and with short ones
 * of other channels, so that a channel waits for a piece of another one's and not for all of it.
 */
final class SendQueue {
    /** Memory of a message beyond its payload. */
    static final int OVERHEAD_BYTES = 64;

    private record Message(int channel, byte[] bytes, int offset, int length) {}

    /** A channel of which a message goes in pieces, and what waits behind it. */
    private static final class Pieces {
        private Message message;
        private int sent;
        private final ArrayDeque<Message> behind = new ArrayDeque<>(2);

        Pieces(Message message) {
            this.message = message;
        }
    }

    private final Queue<Message> urgent = new ConcurrentLinkedQueue<>();
    private final Queue<Message> bulk = new ConcurrentLinkedQueue<>();

    // Only of the one who takes.
    private @Nullable Pieces urgentPieces;
    private final Map<Integer, Pieces> longs = new HashMap<>();
    private final ArrayDeque<Pieces> turns = new ArrayDeque<>();

    /** Bytes of short messages that go before the next piece of a long one. */
    private int shortCredit;

    private long taken;

    /** Adds a message. Any thread. */
    void add(int channel, byte[] bytes, int offset, int length, boolean isUrgent) {
        (isUrgent ? urgent : bulk).add(new Message(channel, bytes, offset, length));
    }

    /** What a message counts for until it is taken. */
    static long weight(int length) {
        return (long) length + OVERHEAD_BYTES;
    }

    /** Writes the frames that go next, until there are so many bytes or no more of them; returns the weight of what was taken. */
    long take(ByteBuf out, int bytes) {
        taken = 0;
        while (out.readableBytes() < bytes && (takeUrgent(out) || takeBulk(out))) {}
        return taken;
    }

    /** Forgets all that is here. */
    void clear() {
        urgent.clear();
        bulk.clear();
        urgentPieces = null;
        longs.clear();
        turns.clear();
    }

    private boolean takeUrgent(ByteBuf out) {
        Pieces pieces = urgentPieces;
        if (pieces == null) {
            Message next = urgent.poll();
            if (next == null) {
                return false;
            }
            pieces = new Pieces(next);
        }
        urgentPieces = frame(out, pieces, Frames.URGENT) ? null : pieces;
        return true;
    }

    private boolean takeBulk(ByteBuf out) {
        boolean isLongsTurn = shortCredit <= 0 || longs.size() >= Frames.MAX_OPEN || bulk.isEmpty();
        Pieces pieces = isLongsTurn ? turns.poll() : null;
        if (pieces != null) {
            shortCredit = Frames.PIECE_BYTES;
            if (turn(out, pieces)) {
                turns.add(pieces);
            } else {
                longs.remove(pieces.message.channel);
            }
            return true;
        }
        Message next = bulk.poll();
        if (next == null) {
            return false;
        }
        Pieces before = longs.isEmpty() ? null : longs.get(next.channel);
        if (before != null) {
            before.behind.add(next);
        } else if (next.length > Frames.PIECE_BYTES) {
            Pieces made = new Pieces(next);
            longs.put(next.channel, made);
            turns.add(made);
        } else {
            whole(out, next, 0);
            shortCredit -= next.length;
        }
        return true;
    }

    /** Writes what a channel with a long message may write until others are to go on; returns whether it has more. */
    private boolean turn(ByteBuf out, Pieces pieces) {
        int end = out.writerIndex() + Frames.PIECE_BYTES;
        while (out.writerIndex() < end) {
            if (frame(out, pieces, 0)) {
                Message next = pieces.behind.poll();
                if (next == null) {
                    return false;
                }
                pieces.message = next;
                pieces.sent = 0;
            }
        }
        return true;
    }

    /** Writes a message's next frame; returns whether it was the last. */
    private boolean frame(ByteBuf out, Pieces pieces, int flags) {
        Message message = pieces.message;
        if (message.length <= Frames.PIECE_BYTES) {
            whole(out, message, flags);
            return true;
        }
        int sent = pieces.sent;
        int length = Math.min(Frames.PIECE_BYTES, message.length - sent);
        boolean isLast = sent + length == message.length;
        out.writeIntLE(length | flags | (isLast ? 0 : Frames.MORE) | (sent == 0 ? Frames.FIRST : 0));
        out.writeIntLE(message.channel);
        if (sent == 0) {
            out.writeIntLE(message.length);
        }
        out.writeBytes(message.bytes, message.offset + sent, length);
        pieces.sent = sent + length;
        taken += isLast ? weight(length) : length;
        return isLast;
    }

    private void whole(ByteBuf out, Message message, int flags) {
        out.writeIntLE(message.length | flags);
        out.writeIntLE(message.channel);
        out.writeBytes(message.bytes, message.offset, message.length);
        taken += weight(message.length);
    }
}
