package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * Gives snapshots away, piece by piece, to those whom this replica leads or to whom it has promised itself: one stream for each.
 *
 * <p>What follows a stream's beginning is kept in memory until the taker has it, up to a bound; if that does not suffice, the
 * stream starts over. From its second try on a leader takes nothing new from producers while the bound is near, so that it
 * comes to an end.
 */
final class SnapshotSource {
    /** Kept for so many rounds after the taker was heard of last. */
    private static final int KEPT_ROUNDS = 10;

    /** A piece is taken for lost after so many times what it should take to be answered. */
    private static final int LATE_DELAYS = 3;

    private static final long[] NONE = {};

    private final Replica replica;
    private final List<Stream> streams = new ArrayList<>();

    SnapshotSource(Replica replica) {
        this.replica = replica;
    }

    /** One taker's. */
    private final class Stream implements SnapshotReader.PieceHandler {
        final long taker;
        final long epoch;
        /** Another one after every start too: a piece of one stream never comes to stand among those of another. */
        final long number = 1 + replica.random().nextLong(Long.MAX_VALUE);

        final int tries;
        final LogStore.Meta meta;
        final SnapshotReader reader;
        /** What follows this entry the taker still needs. */
        long heldIndex;

        long usedNs;
        boolean reading;
        /** The piece that was given last. */
        int piece = Message.SnapshotPiece.PENDING;

        /** When it should be there, and was answered. */
        long dueNs;

        private boolean last;
        private byte @Nullable [] bytes;

        Stream(long taker, long epoch, int tries) {
            this.taker = taker;
            this.epoch = epoch;
            this.tries = tries;
            this.meta = replica.metaAt(replica.log().commitIndex());
            this.heldIndex = meta.index();
            this.reader = replica.machine().snapshot();
        }

        void request(int wanted) {
            usedNs = replica.nowNs();
            if (wanted == Message.SnapshotPiece.PENDING) {
                return;
            }
            if (wanted == piece && replica.nowNs() < dueNs) {
                sendPending();
            } else if (wanted == piece) {
                send(piece, Invariant.present(bytes));
            } else if (wanted == piece + 1 && !last) {
                if (reading) {
                    sendPending();
                } else {
                    reading = true;
                    reader.read(this);
                }
            }
        }

        @Override
        public void piece(byte[] next, boolean isLast) {
            Invariant.check(next.length <= SnapshotReader.MAX_PIECE_BYTES, "a piece is not greater than it may be");
            reading = false;
            last = isLast;
            bytes = next;
            piece++;
            send(piece, next);
        }

        @Override
        public void failed() {
            end(this);
        }

        private void sendPending() {
            send(Message.SnapshotPiece.PENDING, new byte[0]);
        }

        private void send(int number, byte[] content) {
            boolean first = number == 0;
            replica.send(
                    taker,
                    new Message.SnapshotPiece(
                            replica.self(),
                            epoch,
                            this.number,
                            meta.index(),
                            number,
                            last && number == piece,
                            first ? meta.epochs() : NONE,
                            first ? meta.replicas().toArray() : NONE,
                            content));
            if (number == piece) {
                dueNs = replica.nowNs() + LATE_DELAYS * replica.link().delayNs(taker);
            }
        }
    }

    void request(Message.SnapshotRequest m) {
        boolean mine =
                replica.role() == Role.LEADER && m.epoch() == replica.promise().epoch();
        if (!mine && !replica.rules().serves(replica.promise(), m.epoch(), m.from())) {
            return;
        }
        Stream stream = find(m.from());
        boolean known = stream != null && stream.epoch == m.epoch() && stream.number == m.snapshot();
        if (m.piece() == Message.SnapshotPiece.PENDING && !known) {
            return;
        }
        if (stream == null || stream.epoch != m.epoch()) {
            begin(m, stream, 0);
        } else if (!isCurrent(stream)) {
            begin(m, stream, stream.tries + 1);
        } else if (m.snapshot() == stream.number) {
            stream.request(m.piece());
        } else if (stream.piece <= 0) {
            // it does not know of this one yet
            stream.request(0);
        } else if (m.snapshot() == 0) {
            begin(m, stream, stream.tries);
        }
    }

    /** What was sent to a node may be lost. */
    void lost(int node) {
        for (int i = 0; i < streams.size(); i++) {
            if (Members.node(streams.get(i).taker) == node) {
                streams.get(i).dueNs = replica.nowNs();
            }
        }
    }

    void tick() {
        long keptNs = replica.options().roundNs() * KEPT_ROUNDS;
        long epoch = replica.promise().epoch();
        for (int i = streams.size() - 1; i >= 0; i--) {
            Stream stream = streams.get(i);
            if (stream.epoch != epoch || replica.nowNs() - stream.usedNs > keptNs) {
                end(stream);
            }
        }
    }

    /** Whether one of these waits for a piece. */
    boolean isMaking(ReplicaSet takers) {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).reading && takers.contains(streams.get(i).taker)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is given to this one. */
    boolean gives(long taker) {
        return find(taker) != null;
    }

    /** Whom it was given to has not finished yet. */
    void isInstalling(long taker) {
        Stream stream = find(taker);
        if (stream != null) {
            stream.usedNs = replica.nowNs();
        }
    }

    /** Whom it was given to has everything up to this entry. */
    void reached(long taker, long index) {
        Stream stream = find(taker);
        if (stream != null && index >= stream.heldIndex) {
            stream.heldIndex = index;
            stream.usedNs = replica.nowNs();
            if (index >= replica.log().commitIndex()) {
                end(stream);
            }
        }
    }

    /** Breaks all off: the state begins, or ceases, to have what may become void, or is replaced. */
    void close() {
        while (!streams.isEmpty()) {
            end(streams.get(streams.size() - 1));
        }
    }

    /** What follows this entry is still needed. */
    long heldIndex() {
        long held = Long.MAX_VALUE;
        for (int i = 0; i < streams.size(); i++) {
            held = Math.min(held, streams.get(i).heldIndex);
        }
        return held;
    }

    /** Whether somebody who has failed to catch up before would fail again if much were added now. */
    boolean presses() {
        for (int i = 0; i < streams.size(); i++) {
            Stream stream = streams.get(i);
            if (stream.tries > 0
                    && replica.nowNs() - stream.usedNs < replica.options().roundNs()
                    && isCurrent(stream)
                    && replica.log().isTailTight()) {
                return true;
            }
        }
        return false;
    }

    private void begin(Message.SnapshotRequest m, @Nullable Stream former, int tries) {
        if (former != null) {
            end(former);
        }
        Stream stream = new Stream(m.from(), m.epoch(), tries);
        streams.add(stream);
        stream.request(0);
    }

    private void end(Stream stream) {
        streams.remove(stream);
        stream.reader.close();
    }

    /** Whether what follows can still be had as entries. */
    private boolean isCurrent(Stream stream) {
        return stream.heldIndex + 1 >= replica.log().firstIndex();
    }

    private @Nullable Stream find(long taker) {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i).taker == taker) {
                return streams.get(i);
            }
        }
        return null;
    }
}
