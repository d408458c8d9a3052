package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.Branches.End;

/** A session's work in a branch as the coordinator sees it. On the coordinator's loop. */
final class Association {
    final LocalSession session;
    private final BranchWork work;

    @Nullable
    Branch branch;

    boolean suspended;

    // ---- its end

    private int arrived;
    private int expected = -1;

    @Nullable
    End end;

    private @Nullable Asker<Void> asker;

    /** Whether its session went away while it was ending. */
    boolean lost;

    Association(LocalSession session, BranchWork work) {
        this.session = session;
        this.work = work;
    }

    /** Ends once as many parts of it as these have arrived at their shards. */
    void ends(End how, int parts, Asker<Void> who) {
        end = how;
        asker = who;
        expected = parts;
    }

    /** Who waits for the end. */
    Asker<Void> asker() {
        return Invariant.present(asker);
    }

    /** One part has arrived. */
    void arrived() {
        arrived++;
    }

    /** Whether all that was done is where it belongs. */
    boolean isComplete() {
        return arrived == expected;
    }

    /** Begins anew after a suspension was ended. */
    void suspend() {
        suspended = true;
        end = null;
        arrived = 0;
        expected = -1;
    }

    /** Tells the session that all of it is for nothing. */
    void doom() {
        session.execute(work::doomed);
    }
}
