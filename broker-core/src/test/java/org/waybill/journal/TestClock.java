package org.waybill.journal;

import org.waybill.io.Clock;

/** Time that stands still. */
final class TestClock implements Clock {
    static final long EPOCH_MS = 1_700_000_000_000L;

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public long epochMs() {
        return EPOCH_MS;
    }
}
