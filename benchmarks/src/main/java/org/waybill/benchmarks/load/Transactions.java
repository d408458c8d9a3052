package org.waybill.benchmarks.load;

import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.CoordinatorRequests;
import org.waybill.benchmarks.amqp.Link;

/**
 * The transactions of one producer, one after the other: a number of messages each, then the commit together with the next
 * declare, so that they cost one round trip.
 */
final class Transactions {
    private final Link coordinator;
    private final int size;
    private final Tally tally;
    private byte @Nullable [] open;
    private byte @Nullable [] next;
    private boolean committing;
    private int sent;
    private long startedNs;

    /** Declares the first. */
    Transactions(Link coordinator, int size, Tally tally) {
        this.coordinator = coordinator;
        this.size = size;
        this.tally = tally;
        CoordinatorRequests.declare(coordinator);
    }

    boolean maySend() {
        return open != null && !committing && sent < size && coordinator.credit() >= 2;
    }

    void send(Link sender, byte[] message, long nowNs) {
        byte[] transaction = open;
        if (transaction == null) {
            throw new IllegalStateException("no transaction is open");
        }
        if (sent == 0) {
            startedNs = nowNs;
        }
        sender.connection().sendMessage(sender, message, transaction);
        if (++sent == size) {
            committing = true;
            CoordinatorRequests.commit(coordinator, transaction);
            CoordinatorRequests.declare(coordinator);
        }
    }

    void begun(byte[] transaction) {
        if (open == null) {
            open = transaction;
        } else {
            next = transaction;
        }
        proceed();
    }

    void committed(boolean accepted) {
        for (int i = 0; i < sent; i++) {
            tally.settled(startedNs, accepted);
        }
        committing = false;
        open = null;
        sent = 0;
        proceed();
    }

    private void proceed() {
        if (open == null && next != null) {
            open = next;
            next = null;
        }
    }
}
