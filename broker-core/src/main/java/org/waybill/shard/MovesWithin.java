package org.waybill.shard;

import java.util.ArrayDeque;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;

/** Messages on their way from one queue to another of their shard: one frame holds both the arrival and the removal. On the shard's loop. */
final class MovesWithin {
    private final Shard shard;
    private final Mover mover;
    private final ArrayDeque<Moving> waiting = new ArrayDeque<>();
    private boolean busy;

    MovesWithin(Shard shard, Mover mover) {
        this.shard = shard;
        this.mover = mover;
    }

    void add(Moving entry) {
        waiting.addLast(entry);
        proceed();
    }

    int size() {
        return waiting.size();
    }

    boolean isIdle() {
        return waiting.isEmpty() && !busy;
    }

    private void proceed() {
        if (!busy && !waiting.isEmpty()) {
            busy = true;
            shard.execute(() -> {
                if (!mover.isStopped()) {
                    MoveLoad.take(shard, waiting, this::move);
                }
            });
        }
    }

    /** In the order in which they were to be moved. */
    private void move(MoveLoad load) {
        if (mover.isStopped()) {
            return;
        }
        for (int i = 0; i < load.count(); i++) {
            Message message = load.message(i);
            if (message != null) {
                move(load.entry(i), message);
            }
        }
        busy = false;
        proceed();
    }

    private void move(Moving entry, Message message) {
        String to = entry.to();
        if (to == null) {
            shard.storage().storeAgain(entry.queue(), message, entry.block().expiresAtMs(entry.index()));
            entry.queue().countMovedWithin();
            shard.storage().removed(entry.queue(), entry.block(), entry.index());
            return;
        }
        BrokerError error = shard.commands().sends().forward(to, mover.copy(entry, message));
        if (error == null) {
            mover.moved(entry);
        } else {
            mover.refused(entry, error);
        }
    }
}
