package org.waybill.cluster.replication;

import org.jspecify.annotations.Nullable;

/** Gives a snapshot away, piece by piece, to those whom this replica leads or to whom it has promised itself. */
final class SnapshotSource {
    /** Kept for so many rounds after it was asked for last. */
    private static final int KEPT_ROUNDS = 10;

    private static final long[] NONE = {};

    private final Replica replica;
    private @Nullable Snapshot snapshot;
    private LogStore.Meta meta;
    private long usedNs;

    SnapshotSource(Replica replica) {
        this.replica = replica;
        this.meta = replica.meta();
    }

    void request(Message.SnapshotRequest m) {
        boolean mine =
                replica.role() == Role.LEADER && m.epoch() == replica.promise().epoch();
        if (!mine && !replica.rules().serves(replica.promise(), m.epoch(), m.from())) {
            return;
        }
        Snapshot given = snapshot;
        if (given == null || m.index() != meta.index() && !isCurrent()) {
            given = replica.machine().snapshot();
            snapshot = given;
            meta = replica.meta();
        }
        usedNs = replica.nowNs();
        int piece = m.index() == meta.index() ? m.piece() : 0;
        int pieces = given.pieces().size();
        boolean first = piece == 0;
        replica.send(
                m.from(),
                new Message.SnapshotPiece(
                        replica.self(),
                        m.epoch(),
                        meta.index(),
                        piece,
                        pieces,
                        first ? meta.epochs() : NONE,
                        first ? meta.replicas().toArray() : NONE,
                        piece < pieces ? given.pieces().get(piece) : new byte[0]));
    }

    void tick() {
        if (snapshot != null && replica.nowNs() - usedNs > replica.options().roundNs() * KEPT_ROUNDS) {
            snapshot = null;
        }
    }

    /** What follows this entry is still needed. */
    long heldIndex() {
        return snapshot == null ? Long.MAX_VALUE : meta.index();
    }

    /** Whether what follows the snapshot can still be had as entries. */
    private boolean isCurrent() {
        return meta.index() + 1 >= replica.log().firstIndex();
    }
}
