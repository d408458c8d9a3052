package org.waybill.tx;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's log says of branches: those in doubt that it coordinates, what an administrator has decided of them, and how the
 * last {@link #MOST_ENDS} ended. It changes when an event is recorded, and in the same way when that is found again; doing so twice
 * changes nothing.
 */
public final class BranchLedger {
    /** Ends that are remembered on one shard; the oldest is forgotten first. */
    public static final int MOST_ENDS = 10_000;

    private final Map<TransactionId, Promise> promises = new LinkedHashMap<>();
    private final Map<TransactionId, Boolean> ends = new LinkedHashMap<>();

    /** What an administrator has decided. */
    public enum Heuristic {
        /** Nothing. */
        NONE,
        /** It was committed. */
        COMMITTED,
        /** It was rolled back. */
        ROLLED_BACK
    }

    /**
     * A branch that was prepared.
     *
     * @param sinceMs when, by the clock of the day
     * @param owner the container id of the client that made it
     * @param participants the shards with something to conclude, the coordinator included if it has
     */
    public record Promise(long sinceMs, String owner, int[] participants, Heuristic heuristic) {}

    /** The broker will do what its transaction manager decides. */
    public void prepared(TransactionId id, Promise promise) {
        promises.put(id, promise);
        ends.remove(id);
    }

    /** It was committed or rolled back, and its transaction manager knows. */
    public void ended(TransactionId id, boolean committed) {
        promises.remove(id);
        ends.remove(id);
        ends.put(id, committed);
        if (ends.size() > MOST_ENDS) {
            Iterator<TransactionId> oldest = ends.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** An administrator has committed it or rolled it back. */
    public void decided(TransactionId id, boolean committed) {
        Heuristic heuristic = committed ? Heuristic.COMMITTED : Heuristic.ROLLED_BACK;
        promises.computeIfPresent(id, (key, was) -> new Promise(was.sinceMs, was.owner, was.participants, heuristic));
    }

    /** Its transaction manager knows what an administrator has decided. */
    public void forgotten(TransactionId id) {
        Promise promise = promises.get(id);
        if (promise != null && promise.heuristic != Heuristic.NONE) {
            ended(id, promise.heuristic == Heuristic.COMMITTED);
        }
    }

    /** What was promised of a branch and is not over; null when nothing was. */
    public @Nullable Promise promise(TransactionId id) {
        return promises.get(id);
    }

    /** Whether a branch is promised and nobody has decided it. */
    public boolean isInDoubt(TransactionId id) {
        Promise promise = promises.get(id);
        return promise != null && promise.heuristic == Heuristic.NONE;
    }

    /** Whether a branch was committed, or else rolled back; null when that is not remembered. */
    public @Nullable Boolean end(TransactionId id) {
        return ends.get(id);
    }

    /** Branches in doubt, and decided ones that are not forgotten. */
    public int size() {
        return promises.size();
    }

    /** Ends that are remembered. */
    public int ends() {
        return ends.size();
    }

    /** Visits what is promised and not over. */
    public void forEachPromise(BiConsumer<TransactionId, Promise> visitor) {
        promises.forEach(visitor);
    }

    /** Visits the ends, oldest first. */
    public void forEachEnd(BiConsumer<TransactionId, Boolean> visitor) {
        ends.forEach(visitor);
    }
}
