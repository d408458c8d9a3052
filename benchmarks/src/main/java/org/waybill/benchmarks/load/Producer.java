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
    private @Nullable Transactions transactions;

    Producer(LoadOptions options, Tally tally, int id, @Nullable IdSet settledIds) {
        if (options.window() > RING) {
            throw new IllegalArgumentException("a window above " + RING + " is not supported");
        }
        this.options = options;
        this.tally = tally;
        this.id = id;
        this.settledIds = settledIds;
        message = new MessageTemplate(options.bodyBytes(), options.durable(), options.selectors() > 0, false);
    }

    /** @param coordinator where it begins and commits transactions; null to send without */
    void attached(Link attachedLink, @Nullable Link coordinator) {
        if (message.bytes() + Connection.TRANSFER_BYTES
                > attachedLink.connection().peerMaxFrameBytes()) {
            throw new IllegalArgumentException("a message of " + message.bytes() + " bytes needs more than one frame");
        }
        link = attachedLink;
        transactions = coordinator == null ? null : new Transactions(coordinator, options.transaction(), tally);
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
                && maySend()
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

    private boolean maySend() {
        return transactions == null ? unsettled < options.window() : transactions.maySend();
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
        if (options.selectors() > 0) {
            message.group((int) (sequence % options.selectors()));
        }
        byte[] stamped = message.stamped(nowNs, sequence, id);
        if (transactions != null) {
            transactions.send(sender, stamped, nowNs);
        } else {
            int slot = (int) connection.sendMessage(sender, stamped) & RING - 1;
            sentAtNs[slot] = nowNs;
            sequences[slot] = sequence;
            unsettled++;
        }
        sequence++;
        tally.sent();
    }

    @Override
    public void onDeclared(long deliveryId, byte[] transaction) {
        if (transactions != null) {
            transactions.begun(transaction);
        }
    }

    @Override
    public void onSettled(long first, long last, boolean accepted) {
        if (transactions != null) {
            transactions.committed(accepted);
            return;
        }
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
