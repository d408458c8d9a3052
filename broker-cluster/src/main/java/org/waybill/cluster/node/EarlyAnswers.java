package org.waybill.cluster.node;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Answers of a leader that go out before what they are about is committed. On the shard's loop. */
final class EarlyAnswers {
    private final ArrayDeque<Waiting> atForce = new ArrayDeque<>();
    private final ArrayDeque<Waiting> atReceipt = new ArrayDeque<>();

    /** Somebody waits for an entry, and is content with less than its commit. */
    private record Waiting(long index, Runnable answers) {}

    /**
     * Keeps what is to run for an entry, behind all others.
     *
     * @param forced to run when it is forced here
     * @param received to run when a majority has received it
     */
    void add(long index, @Nullable Runnable forced, @Nullable Runnable received) {
        if (forced != null) {
            atForce.addLast(new Waiting(index, forced));
        }
        if (received != null) {
            atReceipt.addLast(new Waiting(index, received));
        }
    }

    /**
     * Lets out what may go: no less than others while the leader may act.
     *
     * @param forcedIndex up to where the log is forced here
     * @param receivedIndex up to where a majority has received it
     */
    void release(long forcedIndex, long receivedIndex, BooleanSupplier mayAct) {
        release(atForce, forcedIndex, mayAct);
        release(atReceipt, receivedIndex, mayAct);
    }

    private static void release(ArrayDeque<Waiting> waiting, long upTo, BooleanSupplier mayAct) {
        while (!waiting.isEmpty() && waiting.getFirst().index <= upTo && mayAct.getAsBoolean()) {
            waiting.removeFirst().answers.run();
        }
    }

    /** The leader is deposed: nothing of this may be said any more. */
    void clear() {
        atForce.clear();
        atReceipt.clear();
    }
}
