package org.waybill.tx;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's log says of transactions over several shards: the parts it has promised and not concluded, and the decisions it
 * has made as a coordinator and not forgotten; and what it has said to transaction managers of {@link #branches}. Like all that the log keeps it changes when an event is recorded, and in the same way
 * when that is found again.
 */
public final class Ledger {
    private final Map<TransactionId, Prepared> prepared = new LinkedHashMap<>();
    private final Map<TransactionId, int[]> decided = new LinkedHashMap<>();
    private final BranchLedger branches = new BranchLedger();

    /**
     * A promise.
     *
     * @param coordinator the shard that decides
     */
    public record Prepared(int coordinator, Part part) {}

    /** This shard will do what is decided. */
    public void prepared(TransactionId id, int coordinator, Part part) {
        prepared.put(id, new Prepared(coordinator, part));
    }

    /** This shard has done what was decided; returns whether it had promised to. */
    public boolean concluded(TransactionId id) {
        return prepared.remove(id) != null;
    }

    /** This shard has decided to commit; these participate besides itself. */
    public void decided(TransactionId id, int[] participants) {
        decided.put(id, participants);
    }

    /** Every participant has concluded. */
    public void forgotten(TransactionId id) {
        decided.remove(id);
    }

    /** Who participates in a transaction that this shard has decided to commit; null when it has not. */
    public int @Nullable [] decision(TransactionId id) {
        return decided.get(id);
    }

    /** What this shard has promised to do in a transaction; null when it has not or has concluded. */
    public @Nullable Part promised(TransactionId id) {
        Prepared promise = prepared.get(id);
        return promise == null ? null : promise.part;
    }

    /** Branches that this shard coordinates, and the ends of such that it knows of. */
    public BranchLedger branches() {
        return branches;
    }

    /** Whether a part of this transaction is promised and not concluded. */
    public boolean isPrepared(TransactionId id) {
        return prepared.containsKey(id);
    }

    /** Visits what is promised and not concluded. */
    public void forEachPrepared(BiConsumer<TransactionId, Prepared> visitor) {
        prepared.forEach(visitor);
    }

    /** Visits what is decided and not forgotten. */
    public void forEachDecided(BiConsumer<TransactionId, int[]> visitor) {
        decided.forEach(visitor);
    }

    /** Whether nothing is promised, to be concluded or in doubt. */
    public boolean isEmpty() {
        return prepared.isEmpty() && decided.isEmpty() && branches.size() == 0;
    }
}
