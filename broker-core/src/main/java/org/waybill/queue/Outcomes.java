package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Annotations;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/** What becomes of the deliveries of a queue: the outcomes that consumers and transactions state. On its shard's loop. */
public final class Outcomes {
    private final Queue queue;
    private final Facts facts;
    private final Dispatcher dispatcher;
    private final int maxDeliveries;
    private long held;

    Outcomes(Queue queue, Facts facts, Dispatcher dispatcher, int maxDeliveries) {
        this.queue = queue;
        this.facts = facts;
        this.dispatcher = dispatcher;
        this.maxDeliveries = maxDeliveries;
    }

    /** Messages handed out that have no outcome yet. */
    public long unsettled() {
        return held;
    }

    /** A consumer got an entry that it must settle. */
    void held(Block block, int index, Message message) {
        held++;
        queue.bodies().shed(block, index, message);
    }

    /** States the outcome of what a consumer holds in a range of tokens. */
    public void settle(QueueConsumer consumer, long firstToken, long lastToken, Outcome outcome) {
        Unsettled unsettled = consumer.unsettled;
        long last = Math.min(lastToken, unsettled.next() - 1);
        boolean spanned = consumer.holdsBack();
        for (long token = Math.max(firstToken, unsettled.base()); token <= last; token++) {
            Block block = unsettled.block(token);
            if (block != null) {
                int index = unsettled.index(token);
                unsettled.remove(token);
                held--;
                conclude(consumer, block, index, outcome);
            }
        }
        if (spanned) {
            dispatcher.enlist(consumer);
        }
    }

    /** Takes deliveries away from a consumer without an outcome: whoever gets them calls {@link #concludeTaken} later. */
    public void take(QueueConsumer consumer, long firstToken, long lastToken, DeliveryVisitor taker) {
        Unsettled unsettled = consumer.unsettled;
        long last = Math.min(lastToken, unsettled.next() - 1);
        for (long token = Math.max(firstToken, unsettled.base()); token <= last; token++) {
            Block block = unsettled.block(token);
            if (block != null) {
                int index = unsettled.index(token);
                unsettled.remove(token);
                consumer.taken++;
                taker.visit(token, block, index);
            }
        }
        dispatcher.enlist(consumer);
    }

    /** Holds a live entry whose consumer is gone, for a transaction that was found undecided: {@link #concludeTaken} follows. */
    public void take(Block block, int index) {
        queue.hold(block, index);
        held++;
    }

    /** Gives an outcome to a delivery that was taken away from its consumer, which is null when it is gone. */
    public void concludeTaken(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        held--;
        if (consumer != null) {
            consumer.taken--;
        }
        if (!queue.closed()) {
            conclude(consumer, block, index, outcome);
        }
    }

    private void conclude(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        if (consumer != null && consumer.browse) {
            return;
        }
        long messageId = block.id(index);
        decide(consumer, block, index, outcome);
        dispatcher.concluded(messageId);
    }

    private void decide(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            facts.removed(queue, block, index);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            facts.undeliverable(queue, block, index, reason(rejected));
        } else if (outcome instanceof Outcome.Modified modified) {
            modify(consumer, block, index, modified);
            int failures = block.deliveryCount(index);
            if (modified.deliveryFailed() && isTooMany(failures)) {
                facts.undeliverable(queue, block, index, "failed " + failures + " times");
            } else if (block.dueAtMs(index) != 0) {
                queue.delay(block, index, block.dueAtMs(index));
            } else {
                queue.giveBack(block, index);
            }
        } else {
            queue.giveBack(block, index);
        }
    }

    private boolean isTooMany(int failures) {
        return maxDeliveries > 0 && failures >= maxDeliveries;
    }

    private static String reason(Outcome.Rejected rejected) {
        String condition = rejected.condition() == null ? "rejected" : "rejected: " + rejected.condition();
        return rejected.description() == null ? condition : condition + ": " + rejected.description();
    }

    private void modify(@Nullable QueueConsumer consumer, Block block, int index, Outcome.Modified modified) {
        byte[] annotations = null;
        if (modified.annotations() != null) {
            annotations = annotate(block, index, modified.annotations());
        }
        if (modified.deliveryFailed() || annotations != null) {
            int failures = block.deliveryCount(index) + (modified.deliveryFailed() ? 1 : 0);
            queue.count(block, index, failures, annotations);
            if (modified.deliveryFailed() && !isTooMany(failures)) {
                block.dueAtMs(index, facts.retryAtMs(queue, failures));
            }
            facts.counted(queue, block, index);
        }
        if (modified.undeliverableHere() && consumer != null && !consumer.closed) {
            dispatcher.refuse(consumer, block.id(index));
        }
    }

    private static byte @Nullable [] annotate(Block block, int index, byte[] changes) {
        byte[] base = block.annotations(index);
        Message message = block.message(index);
        try {
            return Annotations.merge(base == null && message != null ? message.annotations() : base, changes);
        } catch (DecodeError malformed) {
            return null;
        }
    }
}
