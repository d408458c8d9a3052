package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * Gets a snapshot from a leader or a donor, one piece after the other, and installs it: written aside, forced, switched in by
 * the store. What it holds is committed, so it may be installed even if its giver leads no more.
 */
final class SnapshotPull {
    private final Replica replica;
    private final List<byte[]> pieces = new ArrayList<>();
    private boolean pulling;
    private boolean installing;
    private long giver = Members.NONE;
    private long epoch;
    private long index;
    private int expected;
    private long[] epochs = {};
    private ReplicaSet replicas = ReplicaSet.NOBODY;
    private long askedNs;
    private int asked;

    SnapshotPull(Replica replica) {
        this.replica = replica;
    }

    /** Whether a snapshot is being written: nothing may be appended. */
    boolean installing() {
        return installing;
    }

    boolean isBusy() {
        return pulling || installing;
    }

    void begin(long from, long inEpoch) {
        if (installing || pulling && giver == from && epoch == inEpoch) {
            return;
        }
        pulling = true;
        giver = from;
        epoch = inEpoch;
        restart(0);
        ask();
    }

    void tick() {
        if (!pulling || installing) {
            return;
        }
        if (replica.promise().epoch() != epoch || replica.role() == Role.LEADER) {
            pulling = false;
        } else if (index > 0 && pieces.size() == expected) {
            install();
        } else if (replica.nowNs() - askedNs >= replica.options().retryNs()) {
            if (++asked > 1 + replica.options().roundNs() / replica.options().retryNs()) {
                pulling = false;
            } else {
                ask();
            }
        }
    }

    void piece(Message.SnapshotPiece m) {
        if (!pulling || installing || m.from() != giver || m.epoch() != epoch) {
            return;
        }
        if (m.index() != index) {
            if (m.piece() != 0) {
                return;
            }
            restart(m.index());
            expected = m.pieces();
            epochs = m.epochs();
            replicas = ReplicaSet.of(m.replicas());
        }
        if (m.piece() == pieces.size() && pieces.size() < expected) {
            pieces.add(m.bytes());
        }
        asked = 0;
        if (pieces.size() == expected) {
            install();
        } else {
            ask();
        }
    }

    private void install() {
        Log log = replica.log();
        if (index <= log.commitIndex() || log.epochAt(index) == ending()) {
            // it is all there: what follows it must not be lost
            pulling = false;
            installed();
            return;
        }
        if (log.forcedIndex() < log.lastIndex() || replica.checkpointing()) {
            return;
        }
        installing = true;
        Snapshot snapshot = new Snapshot(pieces);
        LogStore.Meta meta = new LogStore.Meta(replica.promise(), index, epochs, replicas);
        replica.store().install(meta, snapshot, inForce -> installed(inForce, meta, snapshot));
    }

    private void installed(boolean inForce, LogStore.Meta meta, Snapshot snapshot) {
        installing = false;
        pulling = false;
        if (inForce) {
            replica.log().reset(meta.index(), meta.epochs(), meta.replicas());
            replica.machine().restore(snapshot);
            installed();
        }
    }

    private void installed() {
        replica.candidacy().installed();
        if (replica.promise().epoch() == epoch && replica.log().epochAt(index) == ending()) {
            replica.follower().installed(giver, index);
        }
    }

    private long ending() {
        return epochs.length == 0 ? 0 : epochs[epochs.length - 2];
    }

    private void restart(long from) {
        index = from;
        expected = 0;
        asked = 0;
        pieces.clear();
    }

    private void ask() {
        askedNs = replica.nowNs();
        replica.send(giver, new Message.SnapshotRequest(replica.self(), epoch, index, pieces.size()));
    }
}
