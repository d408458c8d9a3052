package org.waybill.cluster.replication;

/**
 * The decisions that safety rests on, each in one place; R1 to R12 are explained in docs/ARCHITECTURE.md. Not final, so that a
 * test can take one away and see that the simulation finds it; there is no other subclass.
 */
class Rules {
    // R9 and R10 are about who is meant: Members. What R12 asks of a machine's checkpoints and snapshots is said in
    // Machine.

    /** R1: a promise goes to a higher epoch, or again to whom it was given. */
    boolean grants(Promise own, long epoch, long candidate) {
        return epoch > own.epoch() || epoch == own.epoch() && candidate == own.candidate();
    }

    /** R1: what was promised is answered, or counted, when it is forced. */
    boolean isSafe(long ticket, long forcedTicket) {
        return ticket <= forcedTicket;
    }

    /** R2: a candidate's epoch is higher than any it knows of. */
    long nextEpoch(long hinted, long promised, long seen) {
        return Math.max(hinted, Math.max(promised, seen)) + 1;
    }

    /** R3: a majority of the replicas at the end of the candidate's own log. */
    boolean suffices(int promises, ReplicaSet set) {
        return set.size() > 0 && promises >= set.majority();
    }

    /** R3: whether another log must be adopted; epochs count first. */
    boolean isHigher(LogEnd other, LogEnd own) {
        return other.epoch() > own.epoch() || other.epoch() == own.epoch() && other.index() > own.index();
    }

    /** R4: a donor serves the candidate that has its promise, and nobody else. */
    boolean serves(Promise own, long epoch, long candidate) {
        return own.epoch() == epoch && own.candidate() == candidate;
    }

    /** R5: nothing is committed by counting but with the barrier of one's own epoch. */
    boolean mayCommit(long index, long barrierIndex) {
        return index >= barrierIndex;
    }

    /** R6: whether a leader of this epoch is obeyed. */
    boolean obeys(Promise own, long epoch) {
        return epoch >= own.epoch();
    }

    /** R6: whether what a leader sends follows on what is here. */
    boolean follows(long ownPreviousEpoch, long previousEpoch) {
        return ownPreviousEpoch == previousEpoch;
    }

    /** R6: whether an entry of another epoch stands where one is to be appended; else it is the same one. */
    boolean conflicts(long ownEpoch, long epoch) {
        return ownEpoch != epoch;
    }

    /** R7: what a leader counts for itself. */
    long ownMatch(long forcedIndex, long lastIndex) {
        return forcedIndex;
    }

    /** R7: what a follower answers for. */
    long answerable(long forcedIndex, long comparedIndex) {
        return Math.min(forcedIndex, comparedIndex);
    }

    /** R8: whether a leader may act, whom a majority has answered what was sent at a time. */
    boolean leaseHolds(long nowNs, long sentNs, long leaseNs) {
        return nowNs - sentNs < leaseNs - leaseNs / ReplicationOptions.DRIFT;
    }

    /** R8: whether a promise must wait, because a leader may still act on an answer of this replica. */
    boolean isHeld(long nowNs, long answeredNs, long leaseNs) {
        return nowNs - answeredNs < leaseNs;
    }

    /** R11: whether the replica set may be changed: one change at a time, and none before the barrier is committed. */
    boolean mayChange(long commitIndex, long barrierIndex, long replicasIndex) {
        return commitIndex >= barrierIndex && commitIndex >= replicasIndex;
    }

    /** R11: whether a new member has caught up and may count. */
    boolean hasCaughtUp(long matchIndex, long commitIndex) {
        return matchIndex >= commitIndex;
    }

    /** R12: a checkpoint is followed by every entry that it does not contain, forced or not. */
    long replayFrom(long firstPosition, long forcedPosition) {
        return Math.min(firstPosition, forcedPosition);
    }

    /** R12: what a checkpoint keeps of the log. */
    LogStore.Meta kept(LogStore.Meta meta) {
        return meta;
    }

    /** R11: by how many members two consecutive sets differ. */
    int membersAtOnce() {
        return 1;
    }
}
