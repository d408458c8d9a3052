package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.journal.CheckpointListener;
import org.waybill.journal.CheckpointWriter;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.BranchLedger.Heuristic;

/**
 * Writes checkpoints of a shard: which queues it has and which messages are in them, where. A part a turn, while the shard goes
 * on working; replay from where the log stood at the beginning makes up for what changed meanwhile, because applying an event
 * twice changes nothing (see {@link State}).
 *
 * <pre>
 *  chunk    QUEUE   0x01, var id, text name
 *           ENTRIES 0x02, var queue, u8 priority, var count, count x entry
 *           PREPARED 0x0A, DECIDED 0x0B, as the events of these names
 *           DUPLICATES 0x0F, u8 0 of a queue, 1 of a topic, text name, var count, count x text duplicate id, oldest
 *           first; DUPLICATE 0x0E, as the event of this name, of transactions that are not decided
 *           PRODUCED 0x13, some events of this name; PROMISED 0x14, one of a transaction that is not decided
 *           BRANCH_PREPARED 0x10, BRANCH_DECIDED 0x12, as the events of these names; BRANCH_ENDED 0x11, some such events
 *           TOPIC   0x03, text name
 *           SUBSCRIPTION 0x04, as the event SUBSCRIBED; its entries follow as a queue's
 *  entry    var id, var position, var record bytes, var failed deliveries, var expires, var due, bytes
 *           annotations
 *  meta     var last message id, var last queue id, var log index; then what the shard's log keeps, to the end
 * </pre>
 *
 * <p>The last part is committed only when everything recorded until then is, so that no checkpoint knows more than the log.
 */
final class Checkpointer implements CheckpointListener {
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
    static final int TOPIC = 3;
    static final int SUBSCRIPTION = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    private static final int ENTRIES_PER_TURN = 4096;
    private static final int DUPLICATES_PER_CHUNK = 1024;
    private static final int CHUNK_BYTES = 32 << 10;

    private final Shard shard;
    private final State state;
    private final Bytes chunk = new Bytes();
    private final ArrayDeque<byte[]> transactions = new ArrayDeque<>();
    private final ArrayDeque<Node> waiting = new ArrayDeque<>();
    private final ArrayDeque<String> topics = new ArrayDeque<>();
    private final ArrayDeque<Destination> deduplicated = new ArrayDeque<>();
    private List<String> duplicateIds = List.of();
    private @Nullable Destination duplicatesOf;
    private @Nullable CheckpointWriter writer;
    private @Nullable Runnable whenDone;
    private Walk walk = Walk.nowhere();
    private long replayFrom;
    private long throughIndex = -1;
    private byte[] logMeta = Bytes.NONE;
    private long writtenBytes;
    private boolean full;
    private boolean committing;

    Checkpointer(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
    }

    boolean running() {
        return writer != null;
    }

    /** What the last one took, in bytes. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Begins one, unless one is being written; {@code done} is called when it is in force or has failed. */
    void begin(Runnable done) {
        if (writer != null) {
            return;
        }
        whenDone = done;
        replayFrom = shard.log().replayFrom();
        CheckpointWriter begun = shard.journal().checkpoint(shard.number(), this);
        writer = begun;
        shard.execute(() -> capture(begun));
    }

    /** Gives up what is being written, unless that can no longer be helped; {@code settled} is called when nothing is. */
    void abandon(Runnable settled) {
        CheckpointWriter to = writer;
        if (to != null && committing) {
            whenDone = settled;
            return;
        }
        if (to != null) {
            to.abort();
            whenDone = null;
            end();
        }
        settled.run();
    }

    private void capture(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        logMeta = shard.log().meta();
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
        deduplicated.addAll(state.duplicates().addresses());
        walk = Walk.nowhere();
        throughIndex = -1;
        full = false;
        proceed(to);
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

    /** One part, unless the writer it belongs to has failed meanwhile. */
    private void proceed(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        int budget = ENTRIES_PER_TURN;
        while (budget > 0 && !full && throughIndex < 0) {
            byte[] transaction = transactions.pollFirst();
            if (transaction != null) {
                chunk.clear().putArray(transaction);
                append();
                budget -= 8;
            } else if (walk.ended()) {
                String topic = topics.pollFirst();
                Node node = topic == null ? waiting.pollFirst() : null;
                if (topic != null) {
                    budget -= begin(topic);
                } else if (node != null) {
                    budget -= begin(node);
                } else if (duplicatesOf != null || !deduplicated.isEmpty()) {
                    budget -= duplicates();
                } else {
                    throughIndex = shard.stateIndex();
                }
            } else {
                budget -= entries();
            }
        }
        if (throughIndex >= 0) {
            finish(to);
        } else if (!full) {
            shard.execute(() -> proceed(to));
        }
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
        append();
        duplicateIds = duplicateIds.subList(count, duplicateIds.size());
        duplicatesOf = duplicateIds.isEmpty() ? null : address;
        return count + 8;
    }

    private int begin(String topic) {
        if (state.topics().isExplicit(topic)) {
            chunk.clear().putByte(TOPIC).putText(topic);
            append();
        }
        return 8;
    }

    private int begin(Node node) {
        Queue queue = node.queue;
        if (!queue.closed()) {
            if (node.subscription == null) {
                chunk.clear().putByte(QUEUE).putVar(queue.id()).putText(queue.name());
            } else {
                node.subscription.write(chunk.clear().putByte(SUBSCRIPTION), queue.id());
            }
            append();
            walk = new Walk(queue);
        }
        return 8;
    }

    private int entries() {
        Bytes entries = new Bytes();
        int[] count = {0};
        int priority = walk.priority();
        walk.next(ENTRIES_PER_TURN, (block, index) -> {
            if (block.logged(index) && block.position(index) != Block.NO_POSITION) {
                entry(entries, block, index);
                count[0]++;
            }
        });
        if (count[0] > 0) {
            chunk.clear()
                    .putByte(ENTRIES)
                    .putVar(walk.queue().id())
                    .putByte(priority)
                    .putVar(count[0]);
            chunk.putRaw(entries);
            append();
        }
        return Math.max(8, count[0]);
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

    private void append() {
        CheckpointWriter to = writer;
        if (to != null && !to.append(chunk.copy(), 0, chunk.length)) {
            full = true;
        }
    }

    private void finish(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        if (shard.commitIndex() < throughIndex) {
            shard.afterCommitOf(throughIndex, () -> finish(to));
            return;
        }
        chunk.clear().putVar(state.lastMessageId()).putVar(state.lastQueueId()).putVar(throughIndex);
        chunk.putArray(logMeta);
        committing = true;
        to.commit(replayFrom, chunk.copy());
    }

    @Override
    public void ready() {
        full = false;
        append();
        CheckpointWriter to = writer;
        if (!full && to != null) {
            shard.execute(() -> proceed(to));
        }
    }

    @Override
    public void committed(long bytes) {
        writtenBytes = bytes;
        end();
    }

    @Override
    public void failed(Throwable cause) {
        LOG.warn(
                "WB2110 shard {}: no checkpoint was written, the one before stays in force: {}",
                shard.number(),
                cause.toString());
        end();
    }

    private void end() {
        writer = null;
        committing = false;
        deduplicated.clear();
        duplicateIds = List.of();
        duplicatesOf = null;
        waiting.clear();
        transactions.clear();
        topics.clear();
        walk = Walk.nowhere();
        Runnable done = whenDone;
        whenDone = null;
        if (done != null) {
            done.run();
        }
    }
}
