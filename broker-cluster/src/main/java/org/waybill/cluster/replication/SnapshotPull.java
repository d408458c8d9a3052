package org.waybill.cluster.replication;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * Gets a snapshot from a leader or a donor, one piece after the other, each asked for when the machine has room for it, and has
 * the machine install it. What it holds is committed, so it may be installed even if its giver leads no more.
 */
final class SnapshotPull {
    private final Replica replica;
    private @Nullable SnapshotWriter writer;
    private boolean pulling;
    private boolean writing;
    private boolean complete;
    private boolean installing;
    private long giver = Members.NONE;
    private long epoch;
    /** The giver's number of the snapshot, or 0. */
    private long snapshot;
    /** The one that its giver has left for this one, of which something may come late; or 0. */
    private long former;

    private long index;
    private int next;
    private long[] epochs = {};
    private ReplicaSet replicas = ReplicaSet.NOBODY;
    private long askedNs;
    private int asked;

    SnapshotPull(Replica replica) {
        this.replica = replica;
    }

    /** Whether a snapshot is about to become the state: nothing may be appended. */
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
        stop();
        pulling = true;
        giver = from;
        epoch = inEpoch;
        former = 0;
        snapshot = 0;
        next = 0;
        asked = 0;
        ask(0);
    }

    void tick() {
        boolean due = replica.nowNs() - askedNs >= replica.options().retryNs();
        if (installing) {
            if (due) {
                ask(Message.SnapshotPiece.PENDING);
            }
        } else if (pulling) {
            if (replica.promise().epoch() != epoch || replica.role() == Role.LEADER) {
                stop();
            } else if (complete) {
                install();
            } else if (due) {
                repeat();
            }
        }
    }

    void piece(Message.SnapshotPiece m) {
        boolean mine = m.from() == giver && m.epoch() == epoch && m.snapshot() != former;
        if (!pulling || complete || !mine) {
            return;
        }
        asked = 0;
        if (m.snapshot() != snapshot && m.piece() == 0) {
            begin(m);
        }
        if (pulling && m.snapshot() == snapshot && m.piece() == next && !writing) {
            SnapshotWriter to = Invariant.present(writer);
            writing = true;
            to.write(m.bytes(), success -> written(to, m.last(), success));
        }
    }

    private void begin(Message.SnapshotPiece m) {
        abandon();
        former = snapshot;
        snapshot = m.snapshot();
        next = 0;
        index = m.index();
        epochs = m.epochs();
        replicas = ReplicaSet.of(m.replicas());
        if (isHere()) {
            stop();
            installed();
        } else {
            writer = replica.machine().install();
        }
    }

    private void written(SnapshotWriter to, boolean last, boolean success) {
        if (to != writer) {
            return;
        }
        writing = false;
        if (!success) {
            stop();
        } else if (last) {
            complete = true;
            install();
        } else {
            next++;
            ask(next);
        }
    }

    /** What nobody has answered to is asked again, for some time; whoever waits for this replica hears that it is there. */
    private void repeat() {
        if (writing) {
            ask(Message.SnapshotPiece.PENDING);
        } else if (++asked > 1 + replica.options().roundNs() / replica.options().retryNs()) {
            stop();
        } else {
            ask(next);
        }
    }

    private void install() {
        Log log = replica.log();
        if (isHere()) {
            stop();
            installed();
        } else if (log.forcedIndex() == log.lastIndex()) {
            SnapshotWriter to = Invariant.present(writer);
            LogStore.Meta meta = new LogStore.Meta(replica.promise(), index, epochs, replicas);
            replica.source().close();
            installing = true;
            pulling = false;
            writer = null;
            complete = false;
            to.commit(replica.store().endPosition(), replica.encode(meta), success -> installed(success, meta));
        }
    }

    private void installed(boolean success, LogStore.Meta meta) {
        installing = false;
        if (success) {
            replica.store().installed();
            replica.log().reset(meta.index(), meta.epochs(), meta.replicas());
            installed();
        }
    }

    private void installed() {
        replica.candidacy().installed();
        if (replica.promise().epoch() == epoch && replica.log().epochAt(index) == ending()) {
            replica.follower().installed(giver, index);
        }
    }

    /** Whether it is all there already: what follows it must not be lost. */
    private boolean isHere() {
        Log log = replica.log();
        return index <= log.commitIndex() || log.epochAt(index) == ending();
    }

    private long ending() {
        return epochs.length == 0 ? 0 : epochs[epochs.length - 2];
    }

    private void stop() {
        abandon();
        pulling = false;
        complete = false;
    }

    private void abandon() {
        SnapshotWriter given = writer;
        writer = null;
        writing = false;
        if (given != null) {
            given.abandon();
        }
    }

    private void ask(int piece) {
        askedNs = replica.nowNs();
        replica.send(giver, new Message.SnapshotRequest(replica.self(), epoch, snapshot, piece));
    }
}
