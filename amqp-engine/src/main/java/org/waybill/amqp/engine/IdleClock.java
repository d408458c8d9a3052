package org.waybill.amqp.engine;

/**
 * Idle time-outs both ways (AMQP 1.0 part 2, section 2.4.5), by the marks that input and output leave between two ticks. Ticks come
 * four times as often as the shorter time-out, so that a peer gets two heartbeats in each of its spans, and a silent one is cut no
 * earlier than agreed.
 */
final class IdleClock {
    private static final long NS_PER_MS = 1_000_000;

    private long enforcedNs;
    private long peerNs;
    private long heardAtNs;
    private long saidAtNs;
    private boolean started;
    private boolean heard;
    private boolean said;

    IdleClock(long enforcedMs) {
        enforcedNs = enforcedMs * NS_PER_MS;
    }

    /** What the peer enforces, from its open; 0 for nothing. */
    void peer(long timeoutMs) {
        peerNs = timeoutMs * NS_PER_MS;
    }

    void heard() {
        heard = true;
    }

    void said() {
        said = true;
    }

    /** Takes the time in. */
    void advance(long nowNs) {
        if (heard || !started) {
            heardAtNs = nowNs;
        }
        if (said || !started) {
            saidAtNs = nowNs;
        }
        started = true;
        heard = false;
        said = false;
    }

    boolean isPeerSilent(long nowNs) {
        return enforcedNs > 0 && nowNs - heardAtNs >= enforcedNs;
    }

    boolean owesHeartbeat(long nowNs) {
        return peerNs > 0 && nowNs - saidAtNs >= peerNs / 4;
    }

    /** Nanoseconds until the next tick is due. */
    long interval() {
        long shorter = Math.min(enforcedNs > 0 ? enforcedNs : Long.MAX_VALUE, peerNs > 0 ? peerNs : Long.MAX_VALUE);
        return shorter == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(shorter / 4, 1);
    }
}
