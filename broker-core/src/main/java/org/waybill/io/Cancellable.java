package org.waybill.io;

/** A task that was scheduled and may still be called off. */
public interface Cancellable {
    /**
     * Calls the task off. Called on the loop the task was scheduled on, it guarantees that the task does not run
     * afterwards.
     *
     * @return whether the task will not run; false if it has already run or was cancelled before
     */
    boolean cancel();
}
