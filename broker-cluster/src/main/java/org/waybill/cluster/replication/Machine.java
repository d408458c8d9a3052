package org.waybill.cluster.replication;

/**
 * The shard whose log is replicated. Called on its loop; must not call the replica back from within, but for {@link
 * Replica#propose} and what it says of itself ({@link Replica#mayAct} and the like), and those from {@link #committed} and
 * {@link #leading} only.
 *
 * <p>In this order, as often as leaderships come and go, with {@link #committed} in between at any time:
 *
 * <pre>
 *   (applies what is committed) ── leading(epoch) ──► (proposes, and applies what it proposes) ── deposed() ──► (as before)
 * </pre>
 */
public interface Machine {
    /**
     * An entry is committed and forced here. In order, each once.
     *
     * <p>If this replica leads, and the machine has proposed the entry since it was told {@link #leading}, it finds its turn by
     * the index, and lets its effects out; else it applies the entry now. Barriers and replica sets ({@link Entry#BARRIER},
     * {@link Entry#REPLICAS}) take an index too, also in between those that a leading machine proposes, and have nothing to
     * apply.
     *
     * @param position where its first record is in this node's journal; those of the others follow from their lengths
     */
    void committed(Entry entry, long position);

    /**
     * This replica leads: its barrier is committed, and everything that was committed before has been told. From now on the
     * machine may propose.
     */
    void leading(long epoch);

    /**
     * This replica does not lead any more; told only after {@link #leading}, once, when the replica follows already. What the
     * machine recorded beyond what was told committed may be replaced by others' entries, and may just as well be committed
     * yet: then it is told as entries of others are. So the machine's state goes back to what was told committed, and its
     * turns that wait for the index of a frame are forgotten; what they held back is not known to have happened.
     */
    void deposed();

    /** A state that replaces all there is: that of a snapshot, or at the start that of the checkpoint. */
    void restore(Snapshot snapshot);

    /** The state as of the last entry that was told committed. */
    Snapshot snapshot();
}
