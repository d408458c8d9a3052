package org.waybill.journal;

import org.waybill.io.Clock;

/** Time that stands still, until it is moved. */
final class TestClock implements Clock {
    static final long EPOCH_MS = 1_700_000_000_000L;

    private long nowNs;

    void advanceNs(long ns) {
        nowNs += ns;
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long epochMs() {
        return EPOCH_MS;
    }
}
