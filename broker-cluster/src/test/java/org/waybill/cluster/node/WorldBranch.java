package org.waybill.cluster.node;

import org.jspecify.annotations.Nullable;
import org.waybill.shard.LocalSession;
import org.waybill.spi.Xid;

/** A branch, as its transaction manager knows it: what it writes into its own log, which is never lost. */
final class WorldBranch {
    enum State {
        /** Clients work in it. */
        OPEN,
        /** Its work is done: it is to be prepared, or committed in one phase. */
        IDLE,
        /** The broker has promised to commit it, and nothing is decided. */
        PROMISED,
        COMMITTING,
        ROLLING_BACK,
        /** Nobody works in it any more, and it was given up. */
        OVER
    }

    final Xid xid;
    final WorldHistory.Work work;
    final boolean onePhase;
    State state = State.OPEN;
    boolean prepareAsked;
    /** When it is decided. */
    long decideNs;
    /** Where an answer is waited for. */
    @Nullable
    LocalSession asked;

    WorldBranch(Xid xid, WorldHistory.Work work, boolean onePhase) {
        this.xid = xid;
        this.work = work;
        this.onePhase = onePhase;
    }

    void over(boolean isCommitted) {
        work.ended(isCommitted);
        state = State.OVER;
    }

    @Override
    public String toString() {
        return work.name + " (" + xid + ") " + state;
    }
}
