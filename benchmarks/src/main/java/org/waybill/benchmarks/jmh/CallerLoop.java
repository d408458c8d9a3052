package org.waybill.benchmarks.jmh;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** A loop that the benchmark's own thread turns, so that no hand-over is measured that a shard would not have. */
final class CallerLoop implements Loop {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread owner = Thread.currentThread();

    /** Runs the next task, waiting until there is one. */
    void runNext() throws InterruptedException {
        tasks.take().run();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public String name() {
        return owner.getName();
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == owner;
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        throw new UnsupportedOperationException("a benchmark's loop has no timers");
    }
}
