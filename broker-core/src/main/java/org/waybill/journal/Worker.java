package org.waybill.journal;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;

/**
 * A named thread that runs tasks in order and a tick at an interval. Without {@link #start}, a
 * test runs the same tasks by {@link #runPending}.
 */
final class Worker implements Executor {
    private static final int QUEUE_CHUNK = 256;

    private final String name;
    private final Runnable tick;
    private final long tickNs;
    private final Clock clock;
    private final Consumer<Throwable> onError;
    private final MpscUnboundedAtomicArrayQueue<Runnable> tasks = new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
    private final WakeUp wakeUp = new WakeUp();
    private volatile boolean stopping;
    private @Nullable Thread thread;

    /**
     * @param tick run every {@code tickNs}, or later if a task takes longer
     * @param onError told what a task threw; the worker goes on
     */
    Worker(String name, Runnable tick, long tickNs, Clock clock, Consumer<Throwable> onError) {
        this.name = name;
        this.tick = tick;
        this.tickNs = tickNs;
        this.clock = clock;
        this.onError = onError;
    }

    void start() {
        Thread started = new Thread(this::run, name);
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /** Any thread; never blocks. After {@link #stop} the task may never run. */
    @Override
    public void execute(Runnable task) {
        tasks.offer(task);
        wakeUp.signal();
    }

    /** Runs what is there, on the calling thread; returns whether there was anything. */
    boolean runPending() {
        boolean ran = false;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            ran = true;
            runSafely(task);
        }
        return ran;
    }

    /** Runs what was handed over so far and ends the thread; blocks until it has. */
    void stop() throws InterruptedException {
        stopping = true;
        wakeUp.signal();
        Thread running = thread;
        if (running == null) {
            runPending();
        } else {
            running.join();
        }
    }

    private void run() {
        wakeUp.attach();
        long lastTickNs = clock.nanoTime();
        while (true) {
            boolean last = stopping;
            boolean ran = runPending();
            if (last) {
                return;
            }
            long sinceTickNs = clock.nanoTime() - lastTickNs;
            if (sinceTickNs >= tickNs) {
                lastTickNs += sinceTickNs;
                runSafely(tick);
            } else if (!ran) {
                wakeUp.await(() -> stopping || !tasks.isEmpty(), tickNs - sinceTickNs);
            }
        }
    }

    private void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            onError.accept(e);
        }
    }
}
