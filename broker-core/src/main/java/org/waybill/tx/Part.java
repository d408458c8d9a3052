package org.waybill.tx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.queue.QueueConsumer;

/**
 * What one transaction has done on one shard: deliveries it holds, each with the outcome stated for it, and messages it has sent
 * that wait in their queues. On the shard's loop only.
 *
 * <p>{@link #commit} or {@link #rollBack} ends it and leaves it empty; what comes after that changes nothing.
 */
public final class Part {
    private static final Stated[] NONE = {};

    private final Entries sends = new Entries();
    private final Entries held = new Entries();
    private Stated[] stated = NONE;
    private @Nullable QueueConsumer[] consumers = {};

    /**
     * What a client said of a delivery.
     *
     * @param settled whether it settled it, so that a rollback counts as a failed attempt
     */
    public record Stated(Outcome outcome, boolean settled) {}

    /** Sees one entry by its queue's number and its id. */
    @FunctionalInterface
    public interface EntryVisitor {
        /** An entry; {@code outcome} is null for a message that was sent. */
        void visit(int queue, long messageId, @Nullable Outcome outcome);
    }

    /** A message is in its queue and waits for the decision. */
    public void sent(Queue queue, Block block, int index) {
        queue.undecided(block, index);
        sends.add(queue, block, index);
    }

    /**
     * A delivery was taken away from its consumer.
     *
     * @param consumer null when it is gone, with the process in which the outcome was stated
     */
    public void hold(@Nullable QueueConsumer consumer, Queue queue, Block block, int index, Stated what) {
        state(held.add(queue, block, index), consumer, what);
    }

    /** Takes over the deliveries that another part of the same transaction holds, which is empty then. */
    public void absorb(Part other) {
        for (int i = 0; i < other.held.size; i++) {
            state(held.add(other.held, i), other.consumers[i], other.stated[i]);
        }
        other.clear();
    }

    private void state(int i, @Nullable QueueConsumer consumer, Stated what) {
        if (i >= stated.length) {
            int capacity = held.ids.length;
            stated = Arrays.copyOf(stated, capacity);
            consumers = Arrays.copyOf(consumers, capacity);
        }
        stated[i] = what;
        consumers[i] = consumer;
    }

    /** Deliveries it holds. */
    public int held() {
        return held.size;
    }

    /** Messages it has sent that wait in their queues. */
    public int sent() {
        return sends.size;
    }

    /** Whether anything of it must survive a crash. */
    public boolean isLogged() {
        return sends.anyLogged() || held.anyLogged();
    }

    /** Messages it has sent that the log has. */
    public int loggedSends() {
        return sends.loggedCount();
    }

    /** Deliveries it holds whose messages the log has. */
    public int loggedHeld() {
        return held.loggedCount();
    }

    /** Visits the messages it has sent that the log has. */
    public void visitSends(EntryVisitor visitor) {
        for (int i = 0; i < sends.size; i++) {
            if (sends.isLogged(i)) {
                visitor.visit(sends.queues[i].id(), sends.ids[i], null);
            }
        }
    }

    /** Visits the deliveries it holds whose messages the log has. */
    public void visitHeld(EntryVisitor visitor) {
        for (int i = 0; i < held.size; i++) {
            if (held.isLogged(i)) {
                visitor.visit(held.queues[i].id(), held.ids[i], stated[i].outcome);
            }
        }
    }

    /** What it sent is available, and the outcomes take effect. */
    public void commit() {
        for (int i = 0; i < sends.size; i++) {
            if (sends.isHere(i)) {
                sends.queues[i].decided(sends.blocks[i], sends.indexes[i]);
            }
        }
        for (int i = 0; i < held.size; i++) {
            held.queues[i].outcomes().concludeTaken(consumers[i], held.blocks[i], held.indexes[i], stated[i].outcome);
        }
        clear();
    }

    /** What it sent is removed, and what it holds goes back to its old places: as a failed delivery if the client settled it. */
    public void rollBack() {
        for (int i = 0; i < sends.size; i++) {
            if (sends.isHere(i)) {
                sends.queues[i].discard(sends.blocks[i], sends.indexes[i]);
            }
        }
        for (int i = 0; i < held.size; i++) {
            Outcome back = stated[i].settled ? Outcome.FAILED : Outcome.RELEASED;
            held.queues[i].outcomes().concludeTaken(consumers[i], held.blocks[i], held.indexes[i], back);
        }
        clear();
    }

    private void clear() {
        sends.size = 0;
        held.size = 0;
    }
}
