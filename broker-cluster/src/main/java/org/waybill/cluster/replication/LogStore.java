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

    /** What a checkpoint holds besides the state: docs/ARCHITECTURE.md, rule R12. */
    record Meta(Promise promise, long index, long[] epochs, ReplicaSet replicas) {}

    /** What was found at the start. */
    record Recovered(Meta meta, Snapshot snapshot, List<Entry> tail, long commitIndex) {}

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

    /** The next entry is committed; returns where its first record is, from which the places of the others follow. */
    long committed(long index);

    /**
     * Replaces the checkpoint by this state, at once or never; only one at a time. What was appended behind {@code meta.index()}
     * is found again at a start.
     *
     * @param done told on the loop, with true once it is in force
     */
    void checkpoint(Meta meta, Snapshot snapshot, Done done);

    /**
     * Replaces everything by this state, which is another's; nothing is appended until it is done.
     *
     * @param done told on the loop, with true once it is in force
     */
    void install(Meta meta, Snapshot snapshot, Done done);

    /** How a checkpoint ended. */
    interface Done {
        /** Whether it is in force; else the one before is. */
        void done(boolean inForce);
    }
}
