package org.waybill.cluster.election;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Registers that answer after a while; that may stall for ever, forget everything, fail, or read what was there before. */
final class SimRegisters {
    enum Mood {
        SOUND,
        SILENT,
        FAILING,
        STALE
    }

    private final SimCluster cluster;
    private final Random random;
    private final Map<String, long[]> values = new HashMap<>();
    private final Map<String, long[]> before = new HashMap<>();
    Mood mood = Mood.SOUND;
    int questions;
    int stalls;

    SimRegisters(SimCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    void forget() {
        values.clear();
        before.clear();
    }

    long[] value(String name) {
        return values.getOrDefault(name, Registers.EMPTY);
    }

    /** As a node sees them, which has no answer while it is cut off from them. */
    Registers of(SimNode node) {
        return new Registers() {
            @Override
            public void stalled() {
                stalls++;
            }

            @Override
            public CompletionStage<long[]> read(String name) {
                return later(
                        node,
                        () -> mood == Mood.STALE && random.nextBoolean()
                                ? before.getOrDefault(name, EMPTY)
                                : value(name));
            }

            @Override
            public CompletionStage<Void> write(String name, long[] value) {
                return later(node, () -> {
                    set(name, value);
                    return null;
                });
            }

            @Override
            public CompletionStage<Boolean> compareAndSet(String name, long[] expected, long[] value) {
                return later(node, () -> {
                    boolean same = Arrays.equals(value(name), expected);
                    if (same) {
                        set(name, value);
                    }
                    return same;
                });
            }
        };
    }

    private void set(String name, long[] value) {
        before.put(name, value(name));
        values.put(name, value.clone());
    }

    private <T> CompletionStage<T> later(SimNode node, Supplier<T> act) {
        questions++;
        CompletableFuture<T> answer = new CompletableFuture<>();
        cluster.after(delayNs(), () -> {
            if (mood == Mood.FAILING) {
                cluster.after(delayNs(), () -> answer.completeExceptionally(new IllegalStateException("on purpose")));
            } else if (mood != Mood.SILENT && !node.withoutRegisters) {
                T result = act.get();
                cluster.after(delayNs(), () -> answer.complete(result));
            }
        });
        return answer;
    }

    private long delayNs() {
        return 100_000L + random.nextInt(5_000_000);
    }
}
