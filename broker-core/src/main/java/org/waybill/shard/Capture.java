package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.BranchLedger.Heuristic;

/**
 * A shard's state as chunks of bytes, gathered one after the other while the shard goes on working: which queues it has and which messages
 * are in them, where. What has changed before its part was gathered is in it, and what changes later is not; applying the log from
 * where the gathering began makes up for that, because applying an event twice changes nothing (see {@link State}).
 *
 * <pre>
 *  chunk    QUEUE   0x01, var id, text name
 *           ENTRIES 0x02, var queue, u8 priority, var count, count x entry
 *           PREPARED 0x0A, DECIDED 0x0B, as the events of these names
 *           DUPLICATES 0x0F, u8 0 of a queue, 1 of a topic, text name, var count, count x text duplicate id, oldest
 *           first; DUPLICATE 0x0E, as the event of this name, of transactions that are not decided
 *           PRODUCED 0x13, some events of this name; PROMISED 0x14, one of a transaction that is not decided
 *           BRANCH_PREPARED 0x10, BRANCH_DECIDED 0x12, as the events of these names; BRANCH_ENDED 0x11, some such events
 *           DEPARTED 0x16, ARRIVED 0x18, as the events of these names, one of each for each other shard; PLACE 0x19, as the event
 *           TOPIC   0x03, text name
 *           SUBSCRIPTION 0x04, as the event SUBSCRIBED; its entries follow as a queue's
 *  entry    var id, var position, var record bytes, var failed deliveries, var expires, var due, bytes
 *           annotations
 * </pre>
 *
 */
final class Capture {
    static final int QUEUE = 1;
    static final int ENTRIES = 2;
    static final int PREPARED = 10;
    static final int DECIDED = 11;
    static final int BRANCH_PREPARED = 16;
    static final int BRANCH_ENDED = 17;
    static final int BRANCH_DECIDED = 18;
    static final int DUPLICATES = 15;
    static final int DUPLICATE = 14;
    static final int PRODUCED = 19;
    static final int PROMISED = 20;
    static final int DEPARTED = 22;
    static final int ARRIVED = 24;
    static final int PLACE = 25;
    static final int TOPIC = 3;
    static final int SUBSCRIPTION = 4;

    private static final int DUPLICATES_PER_CHUNK = 1024;
    private static final int CHUNK_BYTES = 32 << 10;

    /** What a chunk that is no list of entries counts for. */
    private static final int FEW = 8;

    private final State state;
    private final Bytes chunk = new Bytes();
    private final ArrayDeque<byte[]> transactions = new ArrayDeque<>();
    private final ArrayDeque<Node> waiting = new ArrayDeque<>();
    private final ArrayDeque<String> topics = new ArrayDeque<>();
    private final ArrayDeque<Destination> deduplicated = new ArrayDeque<>();
    private List<String> duplicateIds = List.of();
    private @Nullable Destination duplicatesOf;
    private Walk walk = Walk.nowhere();

    /** Sees entries as they are gathered. */
    interface Entries {
        /** One that is in the chunk at hand. */
        void entry(Block block, int index);

        /** Whether no more of them should be in one chunk. */
        boolean full();

        /** Anything goes. */
        Entries ANY = new Entries() {
            @Override
            public void entry(Block block, int index) {
                // it is in the chunk
            }

            @Override
            public boolean full() {
                return false;
            }
        };
    }

    /** Begins with what the state is now. */
    Capture(State state) {
        this.state = state;
        for (Node node : state.nodes()) {
            if (!node.queue.temporary()) {
                waiting.add(node);
            }
        }
        for (Topic topic : state.topics().all()) {
            if (topic.explicit) {
                topics.add(topic.name);
            }
        }
        captureTransactions();
        captureMoves();
        deduplicated.addAll(state.duplicates().addresses());
    }

    /** The chunk that {@link #next} has gathered; used again by the next. */
    Bytes chunk() {
        return chunk;
    }

    /**
     * Gathers the next chunk, which may be empty: then there was nothing to say.
     *
     * @param maxEntries looked at in one go
     * @return what it counts for, or 0 when there is nothing left
     */
    int next(int maxEntries, Entries entries) {
        chunk.clear();
        byte[] transaction = transactions.pollFirst();
        if (transaction != null) {
            chunk.putArray(transaction);
            return FEW;
        }
        if (!walk.ended()) {
            return entries(maxEntries, entries);
        }
        String topic = topics.pollFirst();
        if (topic != null) {
            return begin(topic);
        }
        Node node = waiting.pollFirst();
        if (node != null) {
            return begin(node);
        }
        return duplicatesOf != null || !deduplicated.isEmpty() ? duplicates() : 0;
    }

    /** They are few, and what becomes of them later is in the log behind this checkpoint. */
    private void captureTransactions() {
        state.found()
                .forEachEvent(event -> transactions.add(
                        chunk.clear().putByte(PREPARED).putArray(event).copy()));
        state.ledger().forEachPrepared((id, promise) -> {
            TransactionEvents.prepared(chunk.clear().putByte(PREPARED), id, promise);
            transactions.add(chunk.copy());
        });
        state.duplicates().forEachPromised(event -> {
            chunk.clear().putByte(DUPLICATE).putRaw(event);
            transactions.add(chunk.copy());
        });
        state.ledger().forEachDecided((id, participants) -> {
            TransactionEvents.decided(chunk.clear().putByte(DECIDED), id, participants);
            transactions.add(chunk.copy());
        });
        captureBranches(state.ledger().branches());
        captureProducers(state.producers());
    }

    private void captureMoves() {
        MovesOut out = state.movesOut();
        out.forEachTarget(target -> {
            MoveEvents.departed(chunk.clear().putByte(DEPARTED), target, out.last(target), out.to(target));
            transactions.add(chunk.copy());
        });
        state.movesIn().forEach((source, last, refused) -> {
            MoveEvents.arrived(chunk.clear().putByte(ARRIVED), source, 0, last, refused);
            transactions.add(chunk.copy());
        });
        state.places()
                .forEachEvent(event -> transactions.add(
                        chunk.clear().putByte(PLACE).putRaw(event).copy()));
    }

    private void captureProducers(Producers producers) {
        chunk.clear().putByte(PRODUCED);
        producers.forEachLogged((run, usedMs) -> {
            Events.produced(chunk, run, usedMs, null);
            if (chunk.length > CHUNK_BYTES) {
                transactions.add(chunk.copy());
                chunk.clear().putByte(PRODUCED);
            }
        });
        if (chunk.length > 1) {
            transactions.add(chunk.copy());
        }
        producers.forEachPromised(event ->
                transactions.add(chunk.clear().putByte(PROMISED).putRaw(event).copy()));
    }

    private void captureBranches(BranchLedger branches) {
        chunk.clear().putByte(BRANCH_ENDED);
        branches.forEachEnd((id, committed) -> {
            BranchEvents.decision(chunk, id, committed);
            if (chunk.length > CHUNK_BYTES) {
                transactions.add(chunk.copy());
                chunk.clear().putByte(BRANCH_ENDED);
            }
        });
        if (chunk.length > 1) {
            transactions.add(chunk.copy());
        }
        branches.forEachPromise((id, promise) -> {
            transactions.add(BranchEvents.prepared(chunk.clear().putByte(BRANCH_PREPARED), id, promise)
                    .copy());
            if (promise.heuristic() != Heuristic.NONE) {
                boolean committed = promise.heuristic() == Heuristic.COMMITTED;
                transactions.add(BranchEvents.decision(chunk.clear().putByte(BRANCH_DECIDED), id, committed)
                        .copy());
            }
        });
    }

    /** The next ids of an address: those that it has when its turn comes. */
    private int duplicates() {
        Destination address = duplicatesOf;
        if (address == null) {
            address = deduplicated.removeFirst();
            duplicateIds = state.duplicates().ids(address);
        }
        int count = Math.min(duplicateIds.size(), DUPLICATES_PER_CHUNK);
        chunk.clear()
                .putByte(DUPLICATES)
                .putByte(address.kind() == NodeKind.TOPIC ? 1 : 0)
                .putText(address.name())
                .putVar(count);
        for (String id : duplicateIds.subList(0, count)) {
            chunk.putText(id);
        }
        duplicateIds = duplicateIds.subList(count, duplicateIds.size());
        duplicatesOf = duplicateIds.isEmpty() ? null : address;
        return count + FEW;
    }

    private int begin(String topic) {
        if (state.topics().isExplicit(topic)) {
            chunk.clear().putByte(TOPIC).putText(topic);
        }
        return FEW;
    }

    private int begin(Node node) {
        Queue queue = node.queue;
        if (!queue.closed()) {
            if (node.subscription == null) {
                chunk.clear().putByte(QUEUE).putVar(queue.id()).putText(queue.name());
            } else {
                node.subscription.write(chunk.clear().putByte(SUBSCRIPTION), queue.id());
            }
            walk = new Walk(queue);
        }
        return FEW;
    }

    private int entries(int maxEntries, Entries sink) {
        Bytes entries = new Bytes();
        int[] count = {0};
        long[] leftAt = {-1};
        int priority = walk.priority();
        walk.next(maxEntries, (block, index) -> {
            if (block.logged(index) && block.position(index) != Block.NO_POSITION) {
                if (!sink.full()) {
                    entry(entries, block, index);
                    sink.entry(block, index);
                    count[0]++;
                } else if (leftAt[0] < 0) {
                    leftAt[0] = block.id(index);
                }
            }
        });
        int id = walk.queue().id();
        if (leftAt[0] >= 0) {
            walk.backTo(priority, leftAt[0]);
        }
        if (count[0] > 0) {
            chunk.putByte(ENTRIES).putVar(id).putByte(priority).putVar(count[0]);
            chunk.putRaw(entries);
        }
        return Math.max(FEW, count[0]);
    }

    private static void entry(Bytes out, Block block, int index) {
        out.putVar(block.id(index))
                .putVar(block.position(index))
                .putVar(block.recordBytes(index))
                .putVar(block.deliveryCount(index))
                .putVar(block.expiresAtMs(index))
                .putVar(block.dueAtMs(index));
        byte[] annotations = block.annotations(index);
        out.putBytes(annotations == null ? Bytes.NONE : annotations);
    }
}
