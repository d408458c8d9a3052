package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;

/**
 * The messages of one queue on their way to another shard, some at a time and in their order. Those in somebody's hands are waited
 * for: dead letters that are moved, and transactions that are undone. On the shard's loop.
 */
final class QueueMove {
    private static final Logger LOG = LoggerFactory.getLogger(QueueMove.class);
    private static final int ENTRIES_AT_ONCE = 256;
    private static final long MS_BETWEEN_COMPLAINTS = 60_000;

    private final Shard shard;
    private final Mover mover;
    private final @Nullable Node node;
    private final int target;
    private final Runnable whenEmpty;
    private int away;
    private long complainedAtMs;
    private boolean isHandedOver;

    /** @param node of the queue; null when that is gone, and only the other shard is to hear that it has it */
    QueueMove(Shard shard, Mover mover, @Nullable Node node, int target, Runnable whenEmpty) {
        this.shard = shard;
        this.mover = mover;
        this.node = node;
        this.target = target;
        this.whenEmpty = whenEmpty;
    }

    /** Does what can be done now. */
    void proceed() {
        if (isHandedOver || away > 0) {
            return;
        }
        if (node == null || node.queue.messages() == 0) {
            isHandedOver = true;
            whenEmpty.run();
        } else if (node.queue.intervention().isSomethingHeld()) {
            complain(node);
        } else {
            send(node.queue);
        }
    }

    private void complain(Node held) {
        if (complainedAtMs == 0) {
            complainedAtMs = shard.nowMs();
        } else if (shard.nowMs() - complainedAtMs >= MS_BETWEEN_COMPLAINTS) {
            complainedAtMs = shard.nowMs();
            LOG.warn(
                    "WB2143 shard {}: {} cannot go on to another shard: a transaction has messages of it, or some cannot be read",
                    shard.number(),
                    held.title());
        }
    }

    private void send(Queue queue) {
        Walk walk = new Walk(queue);
        while (!walk.ended() && away == 0) {
            walk.next(ENTRIES_AT_ONCE, (block, index) -> {
                if (queue.intervention().isFree(block, index)) {
                    send(queue, block, index);
                }
            });
        }
    }

    private void send(Queue queue, Block block, int index) {
        away++;
        long id = block.id(index);
        boolean scheduled = queue.intervention().withdraw(block, index);
        mover.moveWithQueue(queue, block, index, target, error -> {
            if (error != null && !queue.closed() && block.isHere(index, id)) {
                queue.intervention().replace(block, index, scheduled);
            }
            if (--away == 0) {
                shard.execute(this::proceed);
            }
        });
    }
}
