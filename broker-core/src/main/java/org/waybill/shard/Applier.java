package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.waybill.queue.Block;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/**
 * Applies to a shard's state what its checkpoint and its log say: while it is recovered, and as long as another node leads it. On the
 * starting thread, or on the shard's loop.
 */
final class Applier {
    private final Shard shard;
    private final State state;
    private final FoundTransactions found = new FoundTransactions();

    Applier(Shard shard) {
        this.shard = shard;
        this.state = shard.state();
    }

    // ---- a checkpoint

    /** Applies a chunk of a checkpoint. */
    void chunk(ByteBuffer in) {
        switch (in.get()) {
            case Checkpointer.QUEUE -> {
                int id = (int) Bytes.var(in);
                state.created(id, Bytes.text(in), null);
            }
            case Checkpointer.TOPIC -> state.topics().created(Bytes.text(in));
            case Checkpointer.SUBSCRIPTION -> {
                int id = (int) Bytes.var(in);
                state.subscribed(id, Subscription.read(in));
            }
            case Checkpointer.DUPLICATES -> duplicates(in);
            case Checkpointer.DUPLICATE -> Events.duplicate(in, state.duplicates());
            case Checkpointer.PRODUCED, Checkpointer.PROMISED -> {
                while (in.hasRemaining()) {
                    Events.produced(in, state.producers());
                }
            }
            case Checkpointer.PREPARED -> found.prepared(in);
            case Checkpointer.DECIDED -> decided(in);
            case Checkpointer.BRANCH_PREPARED -> BranchEvents.prepared(
                    in, state.ledger().branches());
            case Checkpointer.BRANCH_DECIDED -> BranchEvents.decided(
                    in, state.ledger().branches());
            case Checkpointer.BRANCH_ENDED -> {
                while (in.hasRemaining()) {
                    BranchEvents.ended(in, state.ledger().branches());
                }
            }
            default -> entries(in);
        }
    }

    private void decided(ByteBuffer in) {
        TransactionId id = TransactionEvents.transaction(in);
        state.ledger().decided(id, TransactionEvents.participants(in));
    }

    private void duplicates(ByteBuffer in) {
        NodeKind kind = in.get() == 1 ? NodeKind.TOPIC : NodeKind.QUEUE;
        Destination address = Duplicates.address(kind, Bytes.text(in));
        for (long count = Bytes.var(in); count > 0; count--) {
            state.duplicates().remembered(address, Bytes.text(in), true, null);
        }
    }

    private void entries(ByteBuffer in) {
        int id = (int) Bytes.var(in);
        int priority = in.get();
        long count = Bytes.var(in);
        Node node = state.node(id);
        for (long i = 0; i < count && node != null; i++) {
            long messageId = Bytes.var(in);
            long position = Bytes.var(in);
            int recordBytes = (int) Bytes.var(in);
            int failures = (int) Bytes.var(in);
            long expiresMs = Bytes.var(in);
            long dueMs = Bytes.var(in);
            byte[] annotations = Bytes.bytes(in);
            // what has failed waits at its place; what has not was scheduled, and comes in the order of its time
            long scheduledMs = failures == 0 ? dueMs : 0;
            Block block = state.restored(node, messageId, priority, position, recordBytes, expiresMs, scheduledMs);
            if (dueMs != scheduledMs) {
                node.queue.delay(block, block.lastIndex(), dueMs);
            }
            if (failures > 0 || annotations.length > 0) {
                node.queue.count(block, block.lastIndex(), failures, annotations.length == 0 ? null : annotations);
            }
        }
    }

    /** Applies what a checkpoint says of itself; what is left is what its log kept. */
    void meta(ByteBuffer in) {
        state.idsUsed(Bytes.var(in), (int) Bytes.var(in));
        shard.recoveredTo(Bytes.var(in));
    }

    // ---- the log

    /**
     * Applies a record.
     *
     * @param position where it is in this node's journal
     * @param payload meta and body, as {@link org.waybill.journal.ReplayHandler#record} has it
     */
    void record(byte type, long position, int recordBytes, ByteBuffer payload) {
        try {
            apply(type, position, recordBytes, payload);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            throw new IllegalStateException(
                    "the journal's " + Events.name(type) + " entry at position " + position + " cannot be read",
                    malformed);
        }
    }

    private void apply(byte type, long position, int recordBytes, ByteBuffer in) {
        switch (type) {
            case Events.QUEUE_CREATED -> {
                int id = (int) Bytes.var(in);
                state.created(id, Bytes.text(in), null);
            }
            case Events.QUEUE_DELETED -> state.deleted((int) Bytes.var(in));
            case Events.STORED -> state.stored(Events.Stored.read(in), position, recordBytes);
            case Events.RELOCATED -> state.relocated(Events.Stored.read(in), position);
            case Events.REMOVED -> removed(in);
            case Events.TOPIC_CREATED -> state.topics().created(Bytes.text(in));
            case Events.TOPIC_DELETED -> {
                String name = Bytes.text(in);
                state.topics().deleted(name);
                state.duplicates().deleted(Duplicates.address(NodeKind.TOPIC, name));
            }
            case Events.SUBSCRIBED -> {
                int id = (int) Bytes.var(in);
                state.subscribed(id, Subscription.read(in));
            }
            case Events.COUNTED -> {
                int queue = (int) Bytes.var(in);
                long messageId = Bytes.var(in);
                int count = (int) Bytes.var(in);
                long dueMs = Bytes.var(in);
                byte[] annotations = Bytes.bytes(in);
                state.counted(queue, messageId, count, dueMs, annotations.length == 0 ? null : annotations);
            }
            case Events.PREPARED -> found.prepared(in);
            case Events.DECIDED -> decided(in);
            case Events.FORGOTTEN -> state.ledger().forgotten(TransactionEvents.transaction(in));
            case Events.CONCLUDED -> {
                TransactionId id = TransactionEvents.transaction(in);
                found.concluded(id);
                boolean committed = in.get() != 0;
                state.duplicates().concluded(id, committed);
                state.producers().concluded(id, committed);
            }
            case Events.DUPLICATE -> Events.duplicate(in, state.duplicates());
            case Events.PRODUCED -> Events.produced(in, state.producers());
            case Events.BRANCH_PREPARED -> BranchEvents.prepared(
                    in, state.ledger().branches());
            case Events.BRANCH_ENDED -> BranchEvents.ended(in, state.ledger().branches());
            case Events.BRANCH_DECIDED -> BranchEvents.decided(
                    in, state.ledger().branches());
            case Events.BRANCH_FORGOTTEN -> state.ledger().branches().forgotten(TransactionEvents.transaction(in));
            default -> throw new IllegalArgumentException("an unknown type of entry: " + type);
        }
    }

    private void removed(ByteBuffer in) {
        int queue = (int) Bytes.var(in);
        long count = Bytes.var(in);
        long id = Bytes.var(in);
        state.removed(queue, id);
        for (long i = 1; i < count; i++) {
            long difference = Bytes.var(in);
            id += difference >>> 1 ^ -(difference & 1);
            state.removed(queue, id);
        }
    }

    /** There is no more: from here on the shard's own turns change the state. */
    void finish() {
        found.resolve(state);
        state.duplicates().keepPromises(state.ledger()::isPrepared);
        state.producers().keepPromises(state.ledger()::isPrepared);
        for (Node node : state.nodes()) {
            node.queue.recovered(state.lastMessageId());
        }
    }
}
