package org.waybill.shard;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** A loop that the test's own thread runs; only the journal's threads work beside it. Timers never fire by themselves. */
final class TestLoop implements Loop {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.currentThread();

    @Override
    public String name() {
        return "test-loop";
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        return () -> true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs tasks until the condition holds; fails when nothing happens for long. */
    void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            try {
                Runnable task = tasks.poll(5, TimeUnit.SECONDS);
                if (task == null) {
                    throw new AssertionError("nothing happens any more, and the condition does not hold");
                }
                task.run();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    /** Runs what is there, and what that leads to without the journal. */
    void drain() {
        Runnable task = tasks.poll();
        while (task != null) {
            task.run();
            task = tasks.poll();
        }
    }

    /** Runs until the journal, too, has nothing to say any more: no task for a while. */
    void settle() {
        try {
            Runnable task = tasks.poll(50, TimeUnit.MILLISECONDS);
            while (task != null) {
                task.run();
                task = tasks.poll(50, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
