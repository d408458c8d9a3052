package org.waybill.journal;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Puts one consumer thread to sleep and wakes it, without a lost wake-up and without an unpark while it is awake.
 *
 * <p>The consumer announces that it will park and looks for work once more; a producer publishes its work and then looks
 * whether the consumer has announced itself. With a full fence between the two steps on either side at least one of them
 * sees the other.
 */
final class WakeUp {
    private final AtomicBoolean parked = new AtomicBoolean();
    private volatile Thread consumer = Thread.currentThread();

    /** On the consumer's thread, before the first wait. */
    void attach() {
        consumer = Thread.currentThread();
    }

    /** After work was published; any thread. */
    void signal() {
        VarHandle.fullFence();
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(consumer);
        }
    }

    /** On the consumer's thread: returns when there is work, after the given time, or for no reason. */
    void await(BooleanSupplier hasWork, long maxNs) {
        parked.set(true);
        VarHandle.fullFence();
        if (!hasWork.getAsBoolean()) {
            LockSupport.parkNanos(this, maxNs);
        }
        parked.set(false);
    }
}
