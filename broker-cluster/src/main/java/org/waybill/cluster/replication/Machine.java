package org.waybill.cluster.replication;

/** The shard whose log is replicated. Called on its loop; must not call the replica back from within. */
public interface Machine {
    /**
     * An entry is committed and forced here: applied by a follower; on the leader that wrote it, its effects may go out. In
     * order, each once.
     *
     * @param position where its first record is in this node's journal; those of the others follow from their lengths
     */
    void committed(Entry entry, long position);

    /** This replica leads: its barrier is committed, and everything that was committed before has been told. */
    void leading(long epoch);

    /** This replica does not lead any more: whatever it recorded beyond what was told committed is void. */
    void deposed();

    /** A state that replaces all there is: that of a snapshot, or at the start that of the checkpoint. */
    void restore(Snapshot snapshot);

    /** The state as of the last entry that was told committed. */
    Snapshot snapshot();
}
