package org.waybill.jms.engine;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Futures of a sender's deliveries by token, which are consecutive: a ring that grows. */
final class PendingSends {
    private @Nullable CompletableFuture<@Nullable Void>[] ring = ring(16);
    private long first;
    private long next;

    @SuppressWarnings("unchecked")
    private static @Nullable CompletableFuture<@Nullable Void>[] ring(int size) {
        return (CompletableFuture<@Nullable Void>[]) new CompletableFuture<?>[size];
    }

    /** Adds one; answers its token. */
    long add(CompletableFuture<@Nullable Void> future) {
        if (next - first == ring.length) {
            grow();
        }
        ring[slot(next)] = future;
        return next++;
    }

    /** Removes one; null if it is gone. */
    @Nullable
    CompletableFuture<@Nullable Void> remove(long token) {
        if (token < first || token >= next) {
            return null;
        }
        CompletableFuture<@Nullable Void> future = ring[slot(token)];
        ring[slot(token)] = null;
        while (first < next && ring[slot(first)] == null) {
            first++;
        }
        return future;
    }

    /** The oldest token that may still be there. */
    long first() {
        return first;
    }

    /** One after the newest token. */
    long next() {
        return next;
    }

    private int slot(long token) {
        return (int) token & ring.length - 1;
    }

    private void grow() {
        @Nullable CompletableFuture<@Nullable Void>[] old = ring;
        ring = Arrays.copyOf(old, old.length * 2);
        Arrays.fill(ring, null);
        for (long token = first; token < next; token++) {
            ring[slot(token)] = old[(int) token & old.length - 1];
        }
    }
}
