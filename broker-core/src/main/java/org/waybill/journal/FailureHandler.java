package org.waybill.journal;

/** Told once, on the journal's thread, that a write or a force failed and that the journal has stopped for good. */
public interface FailureHandler {
    /** No frame completes from now on, and nothing is retried. Must not block and must not throw. */
    void failed(Throwable cause);
}
