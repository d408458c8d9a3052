package org.waybill.cluster.replication;

/**
 * The shard whose log is replicated. Called on its loop; must not call the replica back from within, but for {@link
 * Replica#propose} and what it says of itself ({@link Replica#mayAct} and the like), and those from {@link #committed}, {@link
 * #received} and {@link #leading} only.
 *
 * <p>In this order, as often as leaderships come and go, with {@link #committed} in between at any time:
 *
 * <pre>
 *   (applies what is committed) ── leading(epoch) ──► (proposes, and applies what it proposes) ── deposed() ──► (as before)
 * </pre>
 *
 * <p>Checkpoints are the machine's: it asks {@link Replica#replayFrom}, and in a later task of its loop {@link Replica#meta}, which
 * is then the checkpoint's beginning, and gathers its state in as many turns as it likes, while entries go on being applied. So
 * the state has some of what followed the beginning; a start applies all of it again, and applying an entry twice must
 * change nothing. But nothing in it may become void. Therefore a checkpoint ends only when everything that it shows is
 * committed: the last entry that the machine has proposed itself when the last part has been gathered, if there is one. (What was
 * in a checkpoint or a snapshot from which this state comes is committed, though it may not have been told again yet.) And a
 * checkpoint that has not ended when the machine is deposed is given up.
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
     * More is forced here, while this replica leads: everything up to {@link Replica#forcedIndex}. That survives this node's end, and is
     * void all the same if another member leads that has not got it. Also told of what is committed already.
     */
    default void forced() {}

    /**
     * A majority has received everything up to an entry, this replica included, and has not forced it: it survives the loss
     * of any minority of nodes, but not of power everywhere. Told only if the machine has proposed something {@linkplain
     * Replica#proposeInMemory so}; as {@link #committed}, and before that of these entries.
     */
    default void received(long index) {}

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

    /** Begins to give the state away, as of the last entry that was told committed. Several may be given at a time. */
    SnapshotReader snapshot();

    /** Begins to take another's state, written aside; one at a time, and not while this replica leads. */
    SnapshotWriter install();
}
