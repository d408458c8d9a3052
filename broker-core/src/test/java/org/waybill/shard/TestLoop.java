package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** A loop that the test's own thread runs, with the journal's work in between. Timers never fire by themselves. */
final class TestLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private BooleanSupplier elsewhere = () -> false;

    /** What else is at work: done when the loop has nothing to do; says whether there was anything. */
    void elsewhere(BooleanSupplier work) {
        elsewhere = work;
    }

    @Override
    public String name() {
        return "test-loop";
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        return () -> true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs tasks until the condition holds; fails when nothing happens any more. */
    void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (!step()) {
                throw new AssertionError("nothing happens any more, and the condition does not hold");
            }
        }
    }

    /** Runs one task, if there is any. */
    void one() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
    }

    private boolean step() {
        Runnable task = tasks.poll();
        if (task == null) {
            return elsewhere.getAsBoolean();
        }
        task.run();
        return true;
    }

    /** Runs what is there, and what that leads to without the journal. */
    void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Runs until the journal, too, has nothing to do any more. */
    void settle() {
        boolean busy = true;
        while (busy) {
            busy = step();
        }
    }
}
