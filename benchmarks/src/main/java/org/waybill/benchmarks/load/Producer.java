package org.waybill.benchmarks.load;

import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.ClientRole;
import org.waybill.benchmarks.amqp.Connection;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;

/**
 * One sending link with its own connection. Sends as much as the window, the credit, the allowed backlog, the rate and
 * the write buffer let it; remembers each send time and sequence by delivery id until it is settled.
 */
final class Producer implements LinkListener, ClientRole.Settlements {
    /** Above this a producer stops writing and lets the socket drain first. */
    private static final int BUFFER_LIMIT_BYTES = 384 << 10;

    /** A power of two above any window in use, so that delivery ids can be masked. */
    private static final int RING = 1 << 16;

    private static final double MAX_BURST = 2000;

    private final LoadOptions options;
    private final Tally tally;
    private final int id;
    private final MessageTemplate message;
    private final long[] sentAtNs = new long[RING];
    private final long[] sequences = new long[RING];
    private final @Nullable IdSet settledIds;
    private @Nullable Link link;
    private int unsettled;
    private long sequence;
    private double due;
    private long paceNs = System.nanoTime();

    Producer(LoadOptions options, Tally tally, int id, @Nullable IdSet settledIds) {
        if (options.window() > RING) {
            throw new IllegalArgumentException("a window above " + RING + " is not supported");
        }
        this.options = options;
        this.tally = tally;
        this.id = id;
        this.settledIds = settledIds;
        message = new MessageTemplate(options.bodyBytes(), options.durable());
    }

    void attached(Link attachedLink) {
        if (message.bytes() + Connection.TRANSFER_BYTES
                > attachedLink.connection().peerMaxFrameBytes()) {
            throw new IllegalArgumentException("a message of " + message.bytes() + " bytes needs more than one frame");
        }
        link = attachedLink;
    }

    /** Sends what may be sent now; true when only the write buffer was in the way, and it should be called again. */
    boolean pump(long nowNs, boolean bounded) {
        Link sender = link;
        if (sender == null || !sender.attached() || sender.connection().closed()) {
            return false;
        }
        pace(nowNs);
        Connection connection = sender.connection();
        while (sender.credit() > 0
                && unsettled < options.window()
                && (!bounded || tally.backlog() < options.backlog())
                && connection.peerWindow() > 0
                && (options.ratePerSecond() == 0 || due >= 1)) {
            if (connection.pendingBytes() > BUFFER_LIMIT_BYTES) {
                return true;
            }
            due--;
            send(sender, connection);
        }
        return false;
    }

    private void pace(long nowNs) {
        if (options.ratePerSecond() > 0) {
            double more = (nowNs - paceNs) * options.ratePerSecond() / options.producers() / 1e9;
            due = Math.min(due + more, MAX_BURST);
            paceNs = nowNs;
        }
    }

    private void send(Link sender, Connection connection) {
        long nowNs = System.nanoTime();
        int slot = (int) connection.sendMessage(sender, message.stamped(nowNs, sequence, id)) & RING - 1;
        sentAtNs[slot] = nowNs;
        sequences[slot] = sequence;
        unsettled++;
        sequence++;
        tally.sent();
    }

    @Override
    public void onSettled(long first, long last, boolean accepted) {
        for (long deliveryId = first; deliveryId <= last; deliveryId++) {
            int slot = (int) deliveryId & RING - 1;
            unsettled--;
            tally.settled(sentAtNs[slot], accepted);
            if (accepted && settledIds != null) {
                settledIds.add(sequences[slot], id);
            }
        }
    }
}
