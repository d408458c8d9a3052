package org.waybill.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.cp.CPSubsystem;
import com.hazelcast.cp.IAtomicReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.election.Election;
import org.waybill.cluster.election.Electorate;
import org.waybill.cluster.election.Registers;

/** Registers that are atomic references of the CP subsystem, once they are bound to it; before that every call fails. */
final class CpRegisters implements Registers {
    private final Electorate electorate;
    private final Runnable whenStalled;
    private volatile Map<String, IAtomicReference<long[]>> references = Map.of();

    CpRegisters(Electorate electorate, Runnable whenStalled) {
        this.electorate = electorate;
        this.whenStalled = whenStalled;
    }

    /** Finds the registers in their group as it is now: after a reset it is another one. Blocks up to the time-out of a call, and throws. */
    void bind(HazelcastInstance hazelcast) {
        CPSubsystem cp = hazelcast.getCPSubsystem();
        Map<String, IAtomicReference<long[]>> found = new HashMap<>();
        for (int node : electorate.nodes()) {
            found.put(Election.beatOf(node), cp.getAtomicReference(Election.beatOf(node)));
        }
        for (int shard = 0; shard < electorate.shards(); shard++) {
            found.put(Election.claimOf(shard), cp.getAtomicReference(Election.claimOf(shard)));
        }
        references = Map.copyOf(found);
    }

    void unbind() {
        references = Map.of();
    }

    boolean isBound() {
        return !references.isEmpty();
    }

    @Override
    public void stalled() {
        whenStalled.run();
    }

    @Override
    public CompletionStage<long[]> read(String name) {
        return on(name, reference -> reference.getAsync().thenApply(value -> value == null ? EMPTY : value));
    }

    @Override
    public CompletionStage<Void> write(String name, long[] value) {
        return on(name, reference -> reference.setAsync(value));
    }

    @Override
    public CompletionStage<Boolean> compareAndSet(String name, long[] expected, long[] value) {
        return on(name, reference -> reference.compareAndSetAsync(content(expected), content(value)));
    }

    private static long @Nullable [] content(long[] value) {
        return value.length == 0 ? null : value;
    }

    /** A call to an instance that has just ended throws instead of answering so. */
    private <T> CompletionStage<T> on(String name, Function<IAtomicReference<long[]>, CompletionStage<T>> call) {
        IAtomicReference<long[]> reference = references.get(name);
        if (reference == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("there is no register " + name + " yet"));
        }
        try {
            return call.apply(reference);
        } catch (RuntimeException ended) {
            return CompletableFuture.failedFuture(ended);
        }
    }
}
