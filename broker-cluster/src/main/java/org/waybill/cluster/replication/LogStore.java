package org.waybill.cluster.replication;

import java.util.List;
import org.waybill.journal.Frame;

/**
 * What a replica has on disk. Nothing blocks; what is appended is forced later, in the order of the calls, and a crash keeps
 * a part of them from the beginning on. On the shard's loop.
 */
public interface LogStore {
    /** Told on the shard's loop. */
    interface Listener {
        /** Everything up to this ticket survives a crash. */
        void forced(long ticket);
    }

    /**
     * What a checkpoint holds of the log besides the state: docs/ARCHITECTURE.md, rule R12.
     *
     * @param vouches whether this replica answers for what it has not forced: rule R13
     */
    record Meta(Promise promise, long index, long[] epochs, ReplicaSet replicas, boolean vouches) {}

    /**
     * What was found at the start.
     *
     * @param meta as of the entry before the tail
     * @param tail what followers may need, or what may be uncommitted
     * @param commitIndex up to where the machine has been told already
     */
    record Recovered(Meta meta, List<Entry> tail, long commitIndex) {}

    /** Before anything else. */
    void listener(Listener listener);

    /**
     * Appends an entry, which replaces what has its index or a higher one. Returns its ticket; tickets grow.
     *
     * @param commitIndex what is known to be committed, to be found again at a start
     */
    long append(Entry entry, long commitIndex);

    /**
     * Appends an entry of which its leader has the frame, whose positions are known when it is committed.
     *
     * @param frame the entry's records, with its index; its completion is the store's
     */
    long append(Entry entry, Frame frame);

    /** Records a promise; returns its ticket. */
    long promise(Promise promise);

    /** Records whether answers go out from here on for what is not forced; returns its ticket. */
    long vouch(boolean vouches);

    /** The next entry is committed; returns where its first record is, from which the places of the others follow. */
    long committed(long index);

    /**
     * Bytes of a segment are dead by what is committed by now. They may be used again once any start finds that to be committed, perhaps at
     * once; else a start could need what was there, because all that it knows of an entry is that it is in the log.
     */
    void release(int segment, int bytes);

    /** From where a start replays on top of a checkpoint that begins now: no entry that is not committed yet lies before it. */
    long replayFrom();

    /** Behind everything that was appended, all of which is forced: from where a start replays on top of a snapshot. */
    long endPosition();

    /** A snapshot has taken the place of everything that was appended, but for promises. */
    void installed();
}
