package org.waybill.jms.session;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A named thread that runs one task after the other, and is there only while there is something to do, unless it is to stay. */
final class SerialThread {
    private static final long IDLE_MS = 2_000;

    private final ThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;

    private SerialThread(String name, boolean daemon, boolean stays) {
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_MS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread made = new Thread(task, name);
                    made.setDaemon(daemon);
                    thread = made;
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        executor.allowCoreThreadTimeOut(!stays);
    }

    /** One that starts with the first task and ends soon after the last. A daemon. */
    static SerialThread onDemand(String name) {
        return new SerialThread(name, true, false);
    }

    /** One that starts with the first task and ends with {@link #close}. */
    static SerialThread lasting(String name, boolean daemon) {
        return new SerialThread(name, daemon, true);
    }

    /** Runs this after all that was given before; after {@link #close} not at all. Never blocks. */
    void execute(Runnable task) {
        executor.execute(task);
    }

    /** Whether the caller is one of the tasks. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs what was given, and nothing more. Waits for that until the deadline, unless a task calls this; answers whether it came. */
    boolean close(Deadline deadline) {
        executor.shutdown();
        if (isCurrent()) {
            return true;
        }
        try {
            return executor.awaitTermination(deadline.leftNs(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
