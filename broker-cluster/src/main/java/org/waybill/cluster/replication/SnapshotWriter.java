package org.waybill.cluster.replication;

/**
 * Another replica's state on its way to become this machine's. Pieces are written aside: until it is committed nothing of it
 * counts, and a crash leaves the former state. On the shard's loop.
 */
public interface SnapshotWriter {
    /** Told on the shard's loop, from within the call or later; never after {@link #abandon}. */
    interface Done {
        /** Whether it was done; if not, nothing further will be. */
        void done(boolean success);
    }

    /**
     * Takes the next piece, in the order in which they were read.
     *
     * @param piece the writer's from now on
     * @param written told when there is room for another
     */
    void write(byte[] piece, Done written);

    /**
     * Makes what was written the machine's state, on disk and in memory, at once or never; it is a checkpoint, in place of all
     * others. What the machine had, and whatever it was told committed, is void then. One of its own checkpoints that is under way
     * is given up before, or, if it cannot be any more, waited for. Until it is done the machine is told nothing.
     *
     * @param replayFrom the checkpoint's replay position
     * @param meta what the checkpoint has to keep for {@link LogRecovery#checkpoint}
     * @param done told when the state is in force here, or, without success, when the former one is and stays
     */
    void commit(long replayFrom, byte[] meta, Done done);

    /** Forgets what was written. Not after {@link #commit}. */
    void abandon();
}
