package org.waybill.shard;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.Journal;
import org.waybill.journal.ReplayHandler;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.Ledger;
import org.waybill.tx.TransactionId;

/**
 * Brings shards back to where the log says they were: the newest checkpoint of each, then the events behind it. On the
 * starting thread, before any loop knows the shards.
 */
public final class Recovery implements ReplayHandler {
    private final Journal journal;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Part current;
    private long currentIndex;

    private Recovery(Journal journal) {
        this.journal = journal;
    }

    /** One shard's share: events before its checkpoint's position are in the checkpoint already. */
    private record Part(Shard shard, FoundTransactions found, long replayFrom) {}

    /**
     * Recovers all shards and makes them known to the journal, which may be started then.
     *
     * @throws IOException when the disk fails
     * @throws org.waybill.journal.JournalDamage when what is on it cannot be what was written
     */
    public static void run(Journal journal, Disk disk, Shard[] shards) throws IOException {
        Recovery recovery = new Recovery(journal);
        long from = Long.MAX_VALUE;
        for (Shard shard : shards) {
            FoundTransactions found = new FoundTransactions();
            long replayFrom = recovery.checkpoint(disk, shard, found);
            recovery.parts.add(new Part(shard, found, replayFrom));
            from = Math.min(from, replayFrom);
        }
        journal.replay(from, recovery);
        for (Part part : recovery.parts) {
            State state = part.shard().state();
            part.found().resolve(state);
            state.duplicates().keepPromises(state.ledger()::isPrepared);
            state.producers().keepPromises(state.ledger()::isPrepared);
            recovery.finish(part);
        }
        decide(shards);
    }

    private long checkpoint(Disk disk, Shard shard, FoundTransactions found) throws IOException {
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, shard.number());
        if (newest.isEmpty()) {
            return -1;
        }
        try (CheckpointReader reader = newest.get()) {
            ByteBuffer chunk = reader.next();
            while (chunk != null) {
                apply(shard.state(), found, chunk);
                chunk = reader.next();
            }
            ByteBuffer meta = ByteBuffer.wrap(reader.meta());
            shard.state().idsUsed(Bytes.var(meta), (int) Bytes.var(meta));
            shard.recoveredTo(Bytes.var(meta));
            return reader.replayFromPosition();
        }
    }

    private static void apply(State state, FoundTransactions found, ByteBuffer in) {
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
            case Checkpointer.DUPLICATES -> duplicates(state, in);
            case Checkpointer.DUPLICATE -> Events.duplicate(in, state.duplicates());
            case Checkpointer.PRODUCED, Checkpointer.PROMISED -> {
                while (in.hasRemaining()) {
                    Events.produced(in, state.producers());
                }
            }
            case Checkpointer.PREPARED -> found.prepared(in);
            case Checkpointer.DECIDED -> decided(state, in);
            case Checkpointer.BRANCH_PREPARED -> BranchEvents.prepared(
                    in, state.ledger().branches());
            case Checkpointer.BRANCH_DECIDED -> BranchEvents.decided(
                    in, state.ledger().branches());
            case Checkpointer.BRANCH_ENDED -> {
                while (in.hasRemaining()) {
                    BranchEvents.ended(in, state.ledger().branches());
                }
            }
            default -> entries(state, in);
        }
    }

    private static void decided(State state, ByteBuffer in) {
        TransactionId id = TransactionEvents.transaction(in);
        state.ledger().decided(id, TransactionEvents.participants(in));
    }

    private static void duplicates(State state, ByteBuffer in) {
        NodeKind kind = in.get() == 1 ? NodeKind.TOPIC : NodeKind.QUEUE;
        Destination address = Duplicates.address(kind, Bytes.text(in));
        for (long count = Bytes.var(in); count > 0; count--) {
            state.duplicates().remembered(address, Bytes.text(in), true, null);
        }
    }

    private static void entries(State state, ByteBuffer in) {
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

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {
        current = shard < parts.size() ? parts.get(shard) : null;
        currentIndex = logIndex;
        if (current == null) {
            throw new IllegalStateException("the journal has entries of shard " + shard
                    + ", but this data directory has " + parts.size() + " shards");
        }
    }

    @Override
    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
        Part part = current;
        if (part == null || position < part.replayFrom()) {
            return;
        }
        part.shard().recoveredTo(currentIndex);
        try {
            apply(part, type, position, recordBytes, payload);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            throw new IllegalStateException(
                    "the journal's " + Events.name(type) + " entry at position " + position + " cannot be read",
                    malformed);
        }
    }

    private static void apply(Part part, byte type, long position, int recordBytes, ByteBuffer in) {
        State state = part.shard().state();
        switch (type) {
            case Events.QUEUE_CREATED -> {
                int id = (int) Bytes.var(in);
                state.created(id, Bytes.text(in), null);
            }
            case Events.QUEUE_DELETED -> state.deleted((int) Bytes.var(in));
            case Events.STORED -> state.stored(Events.Stored.read(in), position, recordBytes);
            case Events.RELOCATED -> state.relocated(Events.Stored.read(in), position);
            case Events.REMOVED -> removed(state, in);
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
            case Events.PREPARED -> part.found().prepared(in);
            case Events.DECIDED -> decided(state, in);
            case Events.FORGOTTEN -> state.ledger().forgotten(TransactionEvents.transaction(in));
            case Events.CONCLUDED -> {
                TransactionId id = TransactionEvents.transaction(in);
                part.found().concluded(id);
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

    private static void removed(State state, ByteBuffer in) {
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

    /** Asks the coordinators about what is undecided: what they do not know of is rolled back, branches in doubt stay. */
    private static void decide(Shard[] shards) {
        Map<TransactionId, Conclusion> conclusions = new LinkedHashMap<>();
        for (Shard shard : shards) {
            shard.state()
                    .ledger()
                    .forEachDecided((id, participants) -> conclusions.put(id, new Conclusion(id, shard, () -> {})));
        }
        for (Shard shard : shards) {
            shard.state().ledger().forEachPrepared((id, promise) -> {
                Shard coordinator = shards[promise.coordinator()];
                Ledger known = coordinator.state().ledger();
                if (known.branches().isInDoubt(id)) {
                    coordinator.coordinator().found(id, shard.number(), promise.part());
                } else {
                    boolean committed = known.decision(id) != null;
                    conclusions
                            .computeIfAbsent(id, key -> new Conclusion(key, coordinator, () -> {}))
                            .add(shard, () -> shard.participant().conclude(id, promise.part(), null, committed));
                }
            });
        }
        conclusions.values().forEach(conclusion -> conclusion.coordinator().concludeAtStart(conclusion));
        for (Shard shard : shards) {
            shard.state().ledger().branches().forEachEnd((id, committed) -> shards[
                    Placement.shardOf(BranchEvents.xid(id), shards.length)]
                    .coordinator()
                    .found(id, committed));
        }
        for (Shard shard : shards) {
            shard.coordinator().recovered();
        }
    }

    private void finish(Part part) {
        Shard shard = part.shard();
        Map<Integer, long[]> live = new HashMap<>();
        for (Node node : shard.state().nodes()) {
            Queue queue = node.queue;
            queue.recovered(shard.state().lastMessageId());
            if (node.subscription == null) {
                queue.lines()
                        .forEachLive((block, index) -> count(live, block.position(index), block.recordBytes(index)));
            }
        }
        for (SharedRecord record : shard.state().recoveredShared()) {
            if (record.references() > 0) {
                count(live, record.position(), record.recordBytes());
            }
        }
        live.forEach((segment, bytes) -> journal.restoreLive(segment, bytes[0]));
        journal.registerShard(shard.number(), shard.loop());
        journal.checkpointed(shard.number(), part.replayFrom());
    }

    private static void count(Map<Integer, long[]> live, long position, int recordBytes) {
        live.computeIfAbsent((int) (position >>> 32), key -> new long[1])[0] += recordBytes;
    }
}
