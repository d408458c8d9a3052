package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Messages of one precedence that are not urgent, and in which order they go: short ones as they came, long ones in pieces, in turn with
 * other long ones and with short ones of other channels. Any thread adds, one takes.
 */
final class Lane {
    /** Messages of which a part may be sent at a time. */
    private static final int MAX_OPEN = Frames.MAX_OPEN / 2;

    /** A channel of which a message goes in pieces, and what waits behind it. */
    private static final class Run {
        private Outgoing first;
        private final ArrayDeque<Outgoing> behind = new ArrayDeque<>(2);

        Run(Outgoing first) {
            this.first = first;
        }
    }

    private final Queue<Outgoing> added = new ConcurrentLinkedQueue<>();

    // Only of the one who takes.
    private final Map<Integer, Run> longs = new HashMap<>();
    private final ArrayDeque<Run> turns = new ArrayDeque<>();

    /** Bytes of short messages that go before the next piece of a long one. */
    private int shortCredit;

    private long taken;

    void add(Outgoing message) {
        added.add(message);
    }

    /** Whether nothing is here. Only for the one who takes. */
    boolean isEmpty() {
        return turns.isEmpty() && added.isEmpty();
    }

    /** The weight of what was taken since this was asked last. */
    long taken() {
        long weight = taken;
        taken = 0;
        return weight;
    }

    void clear() {
        added.clear();
        longs.clear();
        turns.clear();
    }

    /** Writes what goes next, if there is something: some frames with about as many bytes as a piece has at most. */
    boolean take(ByteBuf out, int pieceBytes) {
        boolean isLongsTurn = shortCredit <= 0 || longs.size() >= MAX_OPEN || added.isEmpty();
        Run next = isLongsTurn ? turns.poll() : null;
        if (next == null) {
            return takeAdded(out, pieceBytes);
        }
        shortCredit = pieceBytes;
        if (turn(out, next, pieceBytes)) {
            turns.add(next);
        } else {
            longs.remove(next.first.channel);
        }
        return true;
    }

    private boolean takeAdded(ByteBuf out, int pieceBytes) {
        Outgoing next = added.poll();
        if (next == null) {
            return false;
        }
        Run before = longs.isEmpty() ? null : longs.get(next.channel);
        if (before != null) {
            before.behind.add(next);
        } else if (next.length > pieceBytes) {
            Run made = new Run(next);
            longs.put(next.channel, made);
            turns.add(made);
        } else {
            taken += next.frame(out, pieceBytes, 0);
            shortCredit -= next.length;
        }
        return true;
    }

    /** Writes what a channel with a long message may write until others are to go on; returns whether it has more. */
    private boolean turn(ByteBuf out, Run channel, int pieceBytes) {
        int end = out.writerIndex() + pieceBytes;
        while (out.writerIndex() < end) {
            taken += channel.first.frame(out, pieceBytes, 0);
            if (channel.first.isGone()) {
                Outgoing next = channel.behind.poll();
                if (next == null) {
                    return false;
                }
                channel.first = next;
            }
        }
        return true;
    }
}
