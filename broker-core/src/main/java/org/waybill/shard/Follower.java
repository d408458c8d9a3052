package org.waybill.shard;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.waybill.config.TransactionSettings;
import org.waybill.journal.CheckpointReader;
import org.waybill.queue.Block;
import org.waybill.queue.SharedRecord;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/**
 * Applies to a shard's state what its checkpoint and its log say: while it is recovered, on a thread that has the shard for itself, and
 * then on the shard's loop as long as another node leads it.
 *
 * <pre>
 *  {@link #restore}, {@link #record} ...          it is recovered
 *  {@link #countLive}                             before the journal's start, if that was not running
 *  {@link #follow}, {@link #record} ... {@link #committed} ...
 *  {@link #lead}                                  from here on the shard's own turns change the state
 * </pre>
 */
public final class Follower {
    private static final int SEGMENT_SHIFT = 32;

    private final Shard shard;
    private final State state;
    private final FoundTransactions found;

    /** Of a shard that nothing was done with yet. */
    public Follower(Shard shard) {
        this.shard = shard;
        this.state = shard.state();
        this.found = state.found();
    }

    /** Whether records of this type count as live in the journal until the shard releases them. */
    public static boolean isRetained(int type) {
        return type == Events.STORED;
    }

    /** Whether records of this type concern one node's journal alone, and are no entries of the shard's log. */
    public static boolean isRelocation(int type) {
        return type == Events.RELOCATED;
    }

    // ---- a checkpoint

    /** Applies a whole checkpoint; returns what the shard's log has kept in it. */
    public byte[] restore(CheckpointReader reader) throws IOException {
        ByteBuffer chunk = reader.next();
        while (chunk != null) {
            chunk(chunk);
            chunk = reader.next();
        }
        ByteBuffer meta = ByteBuffer.wrap(reader.meta());
        state.idsUsed(Bytes.var(meta), (int) Bytes.var(meta));
        shard.recoveredTo(Bytes.var(meta));
        return rest(meta);
    }

    /** What the shard's log keeps in a checkpoint's meta data. */
    static byte[] logMeta(ByteBuffer meta) {
        Bytes.var(meta);
        Bytes.var(meta);
        Bytes.var(meta);
        return rest(meta);
    }

    private static byte[] rest(ByteBuffer meta) {
        byte[] rest = new byte[meta.remaining()];
        meta.get(rest);
        return rest;
    }

    /** Applies a chunk of a state. */
    void chunk(ByteBuffer in) {
        switch (in.get()) {
            case Capture.QUEUE -> {
                int id = (int) Bytes.var(in);
                state.created(id, Bytes.text(in), null);
            }
            case Capture.TOPIC -> state.topics().created(Bytes.text(in));
            case Capture.SUBSCRIPTION -> {
                int id = (int) Bytes.var(in);
                state.subscribed(id, Subscription.read(in));
            }
            case Capture.DUPLICATES -> duplicates(in);
            case Capture.DUPLICATE -> Events.duplicate(in, state.duplicates());
            case Capture.PRODUCED, Capture.PROMISED -> {
                while (in.hasRemaining()) {
                    Events.produced(in, state.producers());
                }
            }
            case Capture.PREPARED -> found.prepared(in);
            case Capture.DECIDED -> decided(in);
            case Capture.BRANCH_PREPARED -> BranchEvents.prepared(
                    in, state.ledger().branches());
            case Capture.BRANCH_DECIDED -> BranchEvents.decided(
                    in, state.ledger().branches());
            case Capture.BRANCH_ENDED -> {
                while (in.hasRemaining()) {
                    BranchEvents.ended(in, state.ledger().branches());
                }
            }
            case Capture.DEPARTED -> MoveEvents.departed(in, state.movesOut());
            case Capture.PLACE -> state.places().apply(in);
            case Capture.ARRIVED -> MoveEvents.arrived(in, state.movesIn());
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

    // ---- the log

    /**
     * Applies a record.
     *
     * @param position where it is in this node's journal
     * @param payload meta and body, as {@link org.waybill.journal.ReplayHandler#record} has it
     */
    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
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
            case Events.DEPARTED -> MoveEvents.departed(in, state.movesOut());
            case Events.RETURNED -> MoveEvents.returned(in, state.movesOut());
            case Events.PLACE -> state.places().apply(in);
            case Events.ARRIVED -> MoveEvents.arrived(in, state.movesIn());
            case Events.COPIED -> {
                // a checkpoint refers to it
            }
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

    // ---- the parts of its life

    /** Counts as live in the journal, before its start, what the state refers to there. */
    public void countLive() {
        Map<Integer, long[]> live = new HashMap<>();
        for (Node node : state.nodes()) {
            if (node.subscription == null) {
                node.queue
                        .lines()
                        .forEachLive((block, index) -> count(live, block.position(index), block.recordBytes(index)));
            }
        }
        for (SharedRecord record : state.recoveredShared()) {
            if (record.references() > 0) {
                count(live, record.position(), record.recordBytes());
            }
        }
        live.forEach((segment, bytes) -> shard.journal().restoreLive(segment, bytes[0]));
    }

    private static void count(Map<Integer, long[]> live, long position, int recordBytes) {
        live.computeIfAbsent((int) (position >>> SEGMENT_SHIFT), key -> new long[1])[0] += recordBytes;
    }

    /** Follows the log from here on: what it says is committed as it comes. The journal runs, and the shard looks after its part of it. */
    public void follow(ShardLog log) {
        shard.log(log);
        for (Node node : state.nodes()) {
            node.queue.recovered(state.lastMessageId());
        }
        state.follow((position, bytes) -> shard.release((int) (position >>> SEGMENT_SHIFT), bytes));
        shard.follow();
    }

    /** This state takes the place of that of a shard which was given up: what neither refers to in the journal is dead. After {@link #follow}. */
    public void succeed(Shard former) {
        former.strays().settle(shard);
    }

    /** Everything up to this log index was told. */
    public void committed(long index) {
        shard.recoveredTo(index);
        shard.runAwaited();
    }

    /**
     * This node leads, and everything was told that was committed before.
     *
     * @param shards all of the broker
     * @param remote the way to those of them that other nodes lead
     * @param term higher with each lead of the shard
     * @param transactions how branches are bounded
     * @param failure told when a turn breaks off: the shard does nothing any more, and the broker must end
     */
    public void lead(
            Shards shards,
            RemoteShards remote,
            long term,
            TransactionSettings transactions,
            Consumer<Throwable> failure) {
        finish();
        shard.lead(shards, remote, term, transactions, failure);
    }

    /** The state is void because another has taken its place: all that it refers to in the journal is dead. */
    public void discard() {
        shard.strays().settle(shard);
        for (Node node : state.nodes()) {
            node.queue.lines().forEachLive((block, index) -> {
                if (block.position(index) != Block.NO_POSITION && block.ownsBody(index)) {
                    shard.release((int) (block.position(index) >>> SEGMENT_SHIFT), block.recordBytes(index));
                }
                node.queue.remove(block, index);
            });
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
        state.lead();
    }
}
