package org.waybill.benchmarks.load;

import org.HdrHistogram.Histogram;

/** What all producers and consumers of a run have done together; confined to the loop's thread. */
final class Tally {
    private final Histogram endToEnd = new Histogram(3);
    private final Histogram settle = new Histogram(3);
    private final int fanOut;
    private boolean measuring;
    private long sent;
    private long received;
    private long rejected;
    private long measuredSettled;
    private long measuredReceived;

    /** @param fanOut how often each message is to be received */
    Tally(int fanOut) {
        this.fanOut = fanOut;
    }

    void measure(boolean on) {
        measuring = on;
    }

    void sent() {
        sent++;
    }

    void received(long sentAtNs) {
        received++;
        if (measuring) {
            measuredReceived++;
            endToEnd.recordValue(Math.max(0, System.nanoTime() - sentAtNs));
        }
    }

    void settled(long sentAtNs, boolean accepted) {
        if (!accepted) {
            rejected++;
        }
        if (measuring) {
            measuredSettled++;
            settle.recordValue(Math.max(0, System.nanoTime() - sentAtNs));
        }
    }

    long sentCount() {
        return sent;
    }

    long receivedCount() {
        return received;
    }

    /** Messages sent and not yet received by all who are to get them. */
    long backlog() {
        return sent - received / fanOut;
    }

    long measuredReceived() {
        return measuredReceived;
    }

    long measuredSettled() {
        return measuredSettled;
    }

    /** Puts latencies, rejections and what never arrived. */
    void putLatencies(Result result) {
        result.latency("e2e", endToEnd).latency("settle", settle).put("rejected", rejected);
    }
}
