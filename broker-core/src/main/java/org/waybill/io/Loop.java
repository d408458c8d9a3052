package org.waybill.io;

import java.util.concurrent.Executor;

/**
 * One event loop: a single thread that runs the tasks handed to it one after the other, in the order of their arrival.
 *
 * <p>{@link #execute} and {@link #schedule} may be called from any thread and never block. A task must not block either.
 */
public interface Loop extends Executor {
    /** The name of the loop's thread, for logs and assertions. */
    String name();

    /** Whether the calling thread is this loop's own. */
    boolean isCurrent();

    /** Runs a task on this loop once at least {@code delayNs} nanoseconds have passed. */
    Cancellable schedule(long delayNs, Runnable task);
}
