package org.waybill.io;

import java.util.ArrayDeque;
import java.util.Queue;

/** A loop that runs only when a test says so, on the test's thread. */
public final class ManualLoop implements Loop {
    private final String name;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    public ManualLoop(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isCurrent() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Timers play no part here. */
    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        throw new UnsupportedOperationException();
    }

    /** The number of tasks waiting. */
    public int waiting() {
        return tasks.size();
    }

    /** Runs what is waiting and what that adds. */
    public void runAll() {
        running = true;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        running = false;
    }
}
