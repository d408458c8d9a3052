package org.waybill.jms.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for the outcome of the one message it sent. */
final class SendWait implements SendListener {
    private final Thread waiting = Thread.currentThread();
    private @Nullable ClientException refusal;
    private volatile boolean done;

    @Override
    public void onOutcome(@Nullable Object attachment, @Nullable ClientException refused) {
        refusal = refused;
        done = true;
        LockSupport.unpark(waiting);
    }

    /**
     * Waits, on the thread that made this.
     *
     * @return whether the outcome came in time
     * @throws ClientException if the message was refused, or the thread interrupted
     */
    boolean await(long limitMs) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!done) {
            long leftNs = endNs - System.nanoTime();
            if (leftNs <= 0) {
                return false;
            }
            if (Thread.interrupted()) {
                waiting.interrupt();
                throw ClientException.of(
                        ClientException.Kind.INTERRUPTED, "interrupted while waiting for a message's outcome");
            }
            LockSupport.parkNanos(this, leftNs);
        }
        ClientException reason = refusal;
        if (reason != null) {
            throw reason.rethrown();
        }
        return true;
    }
}
