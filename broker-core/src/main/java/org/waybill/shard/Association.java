package org.waybill.shard;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.Branches.End;

/** A session's work in a branch as the coordinator sees it. On the coordinator's loop. */
final class Association {
    final WorkId work;
    final Outbox outbox;
    final Branch branch;
    boolean suspended;

    // ---- its end

    private final BitSet arrived = new BitSet();
    private BitSet expected = new BitSet();
    private @Nullable Asker asker;

    @Nullable
    End end;

    /** Whether its session went away while it was ending. */
    boolean lost;

    /** Since it was ended. */
    int beats;

    Association(WorkId work, Outbox outbox, Branch branch) {
        this.work = work;
        this.outbox = outbox;
        this.branch = branch;
    }

    /** Ends once the parts of it have arrived at these shards. */
    void ends(End how, int[] shards, Asker who) {
        end = how;
        asker = who;
        beats = 0;
        expected = new BitSet();
        for (int shard : shards) {
            expected.set(shard);
        }
    }

    /** Who waits for the end. */
    Asker asker() {
        return Invariant.present(asker);
    }

    /** The part of it on this shard has arrived; returns whether that is news. */
    boolean arrives(int shard) {
        boolean news = !arrived.get(shard);
        arrived.set(shard);
        return news;
    }

    /** Whether all that was done is where it belongs. */
    boolean isComplete() {
        BitSet missing = (BitSet) expected.clone();
        missing.andNot(arrived);
        return missing.isEmpty();
    }

    /** Begins anew after a suspension was ended. */
    void suspend() {
        suspended = true;
        end = null;
        asker = null;
    }
}
