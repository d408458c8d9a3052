package org.waybill.cluster.node;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.waybill.cluster.election.Registers;

/** What elections are coordinated by: answers after a while; may be silent, fail, forget everything, or answer what was there before. */
final class WorldRegisters {
    enum Mood {
        SOUND,
        SILENT,
        FAILING,
        STALE
    }

    private final World world;
    private final Random random;
    private final Map<String, long[]> values = new HashMap<>();
    private final Map<String, long[]> before = new HashMap<>();
    private Mood mood = Mood.SOUND;

    WorldRegisters(World world) {
        this.world = world;
        this.random = world.random();
    }

    void mood(Mood next) {
        mood = next;
    }

    void forget() {
        values.clear();
        before.clear();
    }

    /** As a node sees them. */
    Registers of(WorldNode node) {
        return new Registers() {
            @Override
            public void stalled() {
                // there is nobody else to ask
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

    private long[] value(String name) {
        return values.getOrDefault(name, Registers.EMPTY);
    }

    private void set(String name, long[] value) {
        before.put(name, value(name));
        values.put(name, value.clone());
    }

    private <T> CompletionStage<T> later(WorldNode node, Supplier<T> act) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        int bornIn = node.life();
        world.after(delayNs(), () -> {
            if (mood == Mood.FAILING) {
                world.after(delayNs(), () -> answer.completeExceptionally(new IllegalStateException("on purpose")));
            } else if (mood != Mood.SILENT) {
                T result = act.get();
                world.after(delayNs(), () -> {
                    if (node.isUp() && node.life() == bornIn) {
                        answer.complete(result);
                    }
                });
            }
        });
        return answer;
    }

    private long delayNs() {
        return 100_000L + random.nextInt(5_000_000);
    }
}
