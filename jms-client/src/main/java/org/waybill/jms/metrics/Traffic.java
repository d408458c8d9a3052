package org.waybill.jms.metrics;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counters of a connection, or of one of its sessions, which count for the connection too. They only grow. Any thread.
 */
public final class Traffic {
    private final @Nullable Traffic whole;
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder redelivered = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder reconnects = new LongAdder();

    /** Those of a connection, all 0. */
    public Traffic() {
        this(null);
    }

    private Traffic(@Nullable Traffic whole) {
        this.whole = whole;
    }

    /** Those of a session of this connection, all 0. */
    public Traffic ofSession() {
        return new Traffic(this);
    }

    /** A message of this many bytes, all its sections, is on its way to the server. */
    public void countSent(int bytes) {
        sent.increment();
        sentBytes.add(bytes);
        if (whole != null) {
            whole.countSent(bytes);
        }
    }

    /** A message of this many bytes, all its sections, goes to the application; {@code again} if it was delivered before. */
    public void countReceived(int bytes, boolean again) {
        received.increment();
        receivedBytes.add(bytes);
        if (again) {
            redelivered.increment();
        }
        if (whole != null) {
            whole.countReceived(bytes, again);
        }
    }

    /** So many messages were accepted, by whatever acknowledgement mode; in a transaction that is provisional. */
    public void countAcknowledged(int messages) {
        acknowledged.add(messages);
        if (whole != null) {
            whole.countAcknowledged(messages);
        }
    }

    /** The connection was lost and everything is restored on another. */
    public void countReconnect() {
        reconnects.increment();
    }

    /** What was counted by now. Taken while others count, its numbers are of slightly different moments. */
    public Counts counts() {
        return new Counts(
                sent.sum(),
                sentBytes.sum(),
                received.sum(),
                receivedBytes.sum(),
                redelivered.sum(),
                acknowledged.sum(),
                whole == null ? reconnects.sum() : whole.reconnects.sum());
    }

    /**
     * What was counted.
     *
     * @param sent messages handed to the server
     * @param sentBytes their bytes, all sections
     * @param received messages given to the application
     * @param receivedBytes their bytes, all sections
     * @param redelivered those of the received that were delivered before
     * @param acknowledged messages accepted
     * @param reconnects how often the connection was lost and restored
     */
    public record Counts(
            long sent,
            long sentBytes,
            long received,
            long receivedBytes,
            long redelivered,
            long acknowledged,
            long reconnects) {}
}
