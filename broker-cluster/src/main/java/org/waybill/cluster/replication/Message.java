package org.waybill.cluster.replication;

import java.util.List;

/**
 * What replicas of one shard say to each other. {@code from} is the member that says it, {@code epoch} the epoch in which: of
 * the candidate, of the leader, or of whoever is answered.
 */
public sealed interface Message {
    /** The member that says it. */
    long from();

    /** The epoch it belongs to. */
    long epoch();

    /**
     * A candidate asks for a promise.
     *
     * @param trial whether it only wants to know if it would get one
     * @param releasedEpoch the epoch of the leader that has let go in favour of this candidate, or 0
     */
    record PromiseRequest(long from, long epoch, boolean trial, long releasedEpoch) implements Message {}

    /**
     * The answer.
     *
     * @param promisedEpoch what the answering replica has promised now
     * @param endEpoch the epoch of its last entry
     * @param endIndex the index of its last entry
     */
    record PromiseReply(
            long from, long epoch, boolean trial, boolean granted, long promisedEpoch, long endEpoch, long endIndex)
            implements Message {}

    /**
     * A leader's entries, or none: then it is a heartbeat.
     *
     * @param stampNs the leader's own time, to be sent back
     * @param previousIndex the entry before the first of these
     * @param commitIndex what the leader knows to be committed
     */
    record Append(
            long from,
            long epoch,
            long stampNs,
            long previousIndex,
            long previousEpoch,
            long commitIndex,
            List<Entry> entries)
            implements Message {}

    /** How an append was received. */
    enum AppendResult {
        /** Everything up to {@code index} is the leader's and forced. */
        FORCED,
        /** It did not follow; everything at or before {@code index}, where {@code otherEpoch} ends, may. */
        MISMATCH,
        /** The leader is outdated: {@code otherEpoch} was promised. */
        OUTDATED,
        /** A snapshot is on its way. */
        INSTALLING
    }

    /**
     * The answer.
     *
     * @param stampNs the newest stamp of this leader
     */
    record AppendReply(long from, long epoch, long stampNs, AppendResult result, long index, long otherEpoch)
            implements Message {}

    /**
     * A leader tells a replica that it lacks what is only in a snapshot.
     *
     * @param index the last entry of those that are gone
     */
    record SnapshotOffer(long from, long epoch, long stampNs, long index) implements Message {}

    /** A candidate asks a donor for what follows an entry. */
    record Fetch(long from, long epoch, long previousIndex, long previousEpoch) implements Message {}

    /** How a fetch was answered. */
    enum FetchResult {
        /** These are the entries. */
        ENTRIES,
        /** The donor has another entry there; {@code previousIndex} and {@code otherEpoch} say where to try. */
        MISMATCH,
        /** What follows is only in a snapshot. */
        SNAPSHOT,
        /** The donor has promised {@code otherEpoch} to somebody else. */
        REFUSED
    }

    /** The answer. */
    record FetchReply(
            long from, long epoch, FetchResult result, long previousIndex, long otherEpoch, List<Entry> entries)
            implements Message {}

    /**
     * Asks for a piece of a snapshot.
     *
     * @param snapshot the giver's number of it, or 0 for a new one
     * @param piece the number of the piece, from 0; {@link SnapshotPiece#PENDING} to say that the last one is being written
     */
    record SnapshotRequest(long from, long epoch, long snapshot, int piece) implements Message {}

    /**
     * A piece of a snapshot.
     *
     * @param snapshot the giver's number of it, drawn at random
     * @param index the last entry that is wholly in it; what follows that is applied again
     * @param piece its number, from 0; {@link #PENDING} to say that it is being made
     * @param last whether there are no more
     * @param epochs pairs of epoch and first index; with the first piece only
     * @param replicas the replica set at that entry; with the first piece only
     */
    record SnapshotPiece(
            long from,
            long epoch,
            long snapshot,
            long index,
            int piece,
            boolean last,
            long[] epochs,
            long[] replicas,
            byte[] bytes)
            implements Message {
        /** No piece: it takes a while. */
        static final int PENDING = -1;
    }

    /** A leader has let go and wants the receiver to lead. */
    record HandOver(long from, long epoch) implements Message {}

    /** A replica that no set names asks the leader for entries, to take its predecessor's place. */
    record Join(long from, long epoch) implements Message {}
}
