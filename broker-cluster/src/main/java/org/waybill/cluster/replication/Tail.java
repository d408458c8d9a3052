package org.waybill.cluster.replication;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Where committed entries are kept for followers that lag: copied into pieces of memory that are used again. What lives as long as a tail
 * and then dies is what a collector that goes by age does worst: the arrays that entries came in would all become old, and fill the old
 * generation several times a minute. An entry from here is good until {@link #forget} is told of it, and must not be held beyond that.
 */
final class Tail {
    private static final int PIECES = 16;
    private static final int LEAST_BYTES = 256;
    private static final int MOST_BYTES = 4 << 20;
    private static final int FIRST_PART = 64;

    private final int pieceBytes;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private @Nullable Piece spare;

    /** Entries one behind the other; the last one's index says when it is free again. */
    private static final class Piece {
        private final byte[] bytes;
        private int length;
        private long lastIndex;

        Piece(int capacity) {
            this.bytes = new byte[capacity];
        }

        boolean hasRoom(int more) {
            return more <= bytes.length - length;
        }
    }

    /** @param tailBytes how much is kept, about */
    Tail(int tailBytes) {
        this.pieceBytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, tailBytes / PIECES));
    }

    /** A copy of an entry, which comes behind those that are here; one that is too long for a piece is itself kept. */
    Entry keep(Entry entry) {
        int length = entry.length();
        if (length > pieceBytes / 2) {
            return entry;
        }
        Piece last = pieces.peekLast();
        if (last == null || !last.hasRoom(length)) {
            last = next(last, length);
            pieces.addLast(last);
        }
        int at = last.length;
        System.arraycopy(entry.array(), entry.offset(), last.bytes, at, length);
        last.length = at + length;
        last.lastIndex = entry.index();
        return new Entry(entry.index(), entry.epoch(), last.bytes, at, length);
    }

    private Piece next(@Nullable Piece last, int length) {
        Piece free = spare;
        if (free != null) {
            spare = null;
            free.length = 0;
            return free;
        }
        // a shard that has little to do needs little
        int capacity = last == null ? pieceBytes / FIRST_PART : Math.min(pieceBytes, last.bytes.length * 2);
        return new Piece(Math.max(capacity, length));
    }

    /** Entries up to this one are not asked for any more. */
    void forget(long upTo) {
        Piece first = pieces.peekFirst();
        while (first != null && first.lastIndex <= upTo) {
            pieces.removeFirst();
            if (first.bytes.length == pieceBytes) {
                spare = first;
            }
            first = pieces.peekFirst();
        }
    }

    /** Nothing that is here is asked for any more. */
    void clear() {
        pieces.clear();
    }
}
