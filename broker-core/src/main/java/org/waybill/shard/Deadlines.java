package org.waybill.shard;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Cancellable;
import org.waybill.tx.TransactionId;

/** When the open branches of a coordinator are rolled back: one timer, set for the earliest. On the shard's loop. */
final class Deadlines {
    private static final long NS_A_MS = 1_000_000;

    private final Shard shard;
    private final Consumer<Branch> expire;
    private final TreeSet<Branch> set = new TreeSet<>(Comparator.<Branch>comparingLong(branch -> branch.deadlineNs)
            .thenComparing(branch -> branch.id, TransactionId.ORDER));
    private @Nullable Cancellable timer;
    private long setForNs;

    Deadlines(Shard shard, Consumer<Branch> expire) {
        this.shard = shard;
        this.expire = expire;
    }

    /** Gives a branch its time; 0 is for ever. */
    void set(Branch branch, long timeoutMs) {
        if (timeoutMs > 0) {
            branch.deadlineNs = shard.clock().nanoTime() + timeoutMs * NS_A_MS;
            set.add(branch);
            wake();
        }
    }

    /** A branch has all the time there is. */
    void clear(Branch branch) {
        set.remove(branch);
    }

    void stop() {
        set.clear();
        if (timer != null) {
            timer.cancel();
        }
    }

    /** A timer that is early looks in vain, which is cheaper than to set it anew for each branch that ends. */
    private void wake() {
        if (set.isEmpty() || timer != null && setForNs <= set.first().deadlineNs) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        setForNs = set.first().deadlineNs;
        timer = shard.loop()
                .schedule(Math.max(0, setForNs - shard.clock().nanoTime()), () -> shard.execute(this::ring));
    }

    private void ring() {
        timer = null;
        while (!set.isEmpty() && set.first().deadlineNs <= shard.clock().nanoTime()) {
            expire.accept(set.pollFirst());
        }
        wake();
    }
}
