package org.waybill.shard;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.io.Invariant;
import org.waybill.queue.Block;
import org.waybill.queue.Facts;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;
import org.waybill.spi.NodeKind;
import org.waybill.tx.Ledger;

/**
 * What a shard's log describes: its nodes and the messages in their queues. The methods under <i>apply</i> are the only ones
 * that change it; a turn calls them when it records an event, recovery when it finds one. They are idempotent, because a
 * checkpoint may hold the effect of an event that is replayed on top of it.
 */
final class State {
    private final Map<Integer, Node> byId = new HashMap<>();
    private final Map<String, Node> byName = new HashMap<>();
    private final Ledger ledger = new Ledger();
    private final FoundTransactions found = new FoundTransactions();
    private final MovesOut movesOut = new MovesOut();
    private final MovesIn movesIn = new MovesIn();
    private final Places places = new Places();
    private final Topics topics;

    /** While recovering: bodies that several subscriptions may have, by message id. */
    private Map<Long, SharedRecord> shared = new HashMap<>();

    private final Facts facts;
    private final AddressRules rules;
    private final Duplicates duplicates;
    private final Producers producers;
    private @Nullable Dead dead;
    private long lastMessageId;
    private int lastQueueId;

    /** Told of records in the journal that nothing refers to any more. */
    @FunctionalInterface
    interface Dead {
        /** The record at this position counts no longer. */
        void record(long position, int recordBytes);
    }

    State(Facts facts, AddressRules rules, ExactlyOnceSettings exactlyOnce) {
        this.facts = facts;
        this.rules = rules;
        this.duplicates = new Duplicates(rules);
        this.producers = new Producers(exactlyOnce);
        this.topics = new Topics(rules);
    }

    Duplicates duplicates() {
        return duplicates;
    }

    Producers producers() {
        return producers;
    }

    /** Messages on their way to other shards. */
    MovesOut movesOut() {
        return movesOut;
    }

    /** What has come of those of other shards. */
    MovesIn movesIn() {
        return movesIn;
    }

    /** Queues that do not live where the hash of their address says. */
    Places places() {
        return places;
    }

    Topics topics() {
        return topics;
    }

    @Nullable
    Node node(String name) {
        return byName.get(name);
    }

    @Nullable
    Node node(int id) {
        return byId.get(id);
    }

    Node node(Queue queue) {
        return Invariant.present(byId.get(queue.id()));
    }

    boolean exists(Queue queue) {
        Node node = byId.get(queue.id());
        return node != null && node.queue == queue;
    }

    Collection<Node> nodes() {
        return byId.values();
    }

    @Nullable
    Queue queue(int id) {
        Node node = byId.get(id);
        return node == null ? null : node.queue;
    }

    Ledger ledger() {
        return ledger;
    }

    /** What transactions have promised here, as long as the log is read and not made. */
    FoundTransactions found() {
        return found;
    }

    AddressSettings settings(String name) {
        return rules.of(name);
    }

    long nextMessageId() {
        return lastMessageId + 1;
    }

    int nextQueueId() {
        return lastQueueId + 1;
    }

    long lastMessageId() {
        return lastMessageId;
    }

    int lastQueueId() {
        return lastQueueId;
    }

    void idsUsed(long messageId, int queueId) {
        lastMessageId = Math.max(lastMessageId, messageId);
        lastQueueId = Math.max(lastQueueId, queueId);
    }

    /** What is applied from now on is committed elsewhere as it comes; what becomes of records here is told as it does. */
    void follow(Dead told) {
        dead = told;
        shared = new HashMap<>();
    }

    /** What is applied from now on is recorded by the shard's own turns, which see to their records. */
    void lead() {
        dead = null;
        shared = Map.of();
    }

    private void release(Block block, int index) {
        if (dead != null && block.position(index) != Block.NO_POSITION && block.ownsBody(index)) {
            dead.record(block.position(index), block.recordBytes(index));
        }
    }

    // ---- apply

    Node created(int id, String name, @Nullable SessionPort owner) {
        Node known = byId.get(id);
        if (known != null) {
            // from a checkpoint: since then replay may have made and deleted an older queue of this name
            byName.put(name, known);
            return known;
        }
        lastQueueId = Math.max(lastQueueId, id);
        AddressSettings settings = rules.of(name);
        Queue queue = new Queue(id, name, owner != null, settings.redelivery().maxDeliveries(), facts);
        settings.lastValueKey().ifPresent(queue::keepLastValues);
        if (settings.exclusive()) {
            queue.makeExclusive();
        }
        Node node = Node.ofQueue(queue, settings, owner);
        byId.put(id, node);
        byName.put(name, node);
        return node;
    }

    Node subscribed(int id, Subscription subscription) {
        Node known = byId.get(id);
        if (known != null) {
            topics.named(known);
            return known;
        }
        lastQueueId = Math.max(lastQueueId, id);
        String address = subscription.address();
        AddressSettings settings = rules.of(address);
        Queue queue = new Queue(
                id, address, !subscription.durable(), settings.redelivery().maxDeliveries(), facts);
        Node node = Node.ofSubscription(queue, settings, subscription);
        byId.put(id, node);
        topics.subscribed(node);
        return node;
    }

    /** Ends a queue or a subscription, with what is in it. */
    void deleted(int id) {
        Node node = byId.remove(id);
        movesOut.deleted(id);
        if (node != null) {
            if (dead != null) {
                node.queue.lines().forEachLive(this::release);
            }
            node.queue.close();
            if (node.subscription == null) {
                byName.remove(node.queue.name(), node);
                duplicates.deleted(Duplicates.address(NodeKind.QUEUE, node.queue.name()));
            } else {
                topics.unsubscribed(node);
            }
        }
    }

    /** A message found in the log; its body stays there. */
    void stored(Events.Stored event, long position, int recordBytes) {
        lastMessageId = Math.max(lastMessageId, event.messageId());
        boolean taken = false;
        for (int i = 0; i < event.queues().length && !event.volatileOne(); i++) {
            Node node = byId.get(event.queues()[i]);
            if (node != null && event.messageId() > node.queue.lines().lastId(event.priority())) {
                restored(
                        node,
                        event.messageId(),
                        event.priority(),
                        position,
                        recordBytes,
                        event.expiresMs(),
                        event.dueMs());
                taken = true;
                if (dead != null) {
                    node.queue.reveal(event.messageId());
                }
            }
        }
        if (dead != null) {
            shared.clear();
            if (!taken) {
                dead.record(position, recordBytes);
            }
        }
    }

    /** An entry found in a checkpoint or in the log. */
    Block restored(
            Node node, long messageId, int priority, long position, int recordBytes, long expiresMs, long dueMs) {
        Block block;
        if (node.subscription == null) {
            block = node.queue.store(messageId, priority, null, recordBytes, true, expiresMs, dueMs);
        } else {
            SharedRecord record = shared.computeIfAbsent(messageId, key -> new SharedRecord(null, recordBytes));
            block = node.queue.store(messageId, priority, record, true, expiresMs, dueMs);
        }
        block.place(block.lastIndex(), position);
        return block;
    }

    void relocated(Events.Stored event, long position) {
        for (int id : event.queues()) {
            Queue queue = queue(id);
            Block block = queue == null ? null : queue.lines().find(event.messageId());
            if (block != null) {
                block.place(Queue.indexOf(block, event.messageId()), position);
            }
        }
    }

    /** Recovery is over: gives up the bodies found that several subscriptions may have. */
    Collection<SharedRecord> recoveredShared() {
        Collection<SharedRecord> found = shared.values();
        shared = Map.of();
        return found;
    }

    void removed(int queueId, long messageId) {
        movesOut.gone(queueId, messageId);
        Queue queue = queue(queueId);
        Block block = queue == null ? null : queue.lines().find(messageId);
        if (queue != null && block != null) {
            int index = Queue.indexOf(block, messageId);
            release(block, index);
            queue.remove(block, index);
        }
    }

    void counted(int queueId, long messageId, int count, long dueMs, byte @Nullable [] annotations) {
        Queue queue = queue(queueId);
        Block block = queue == null ? null : queue.lines().find(messageId);
        if (queue != null && block != null) {
            int index = Queue.indexOf(block, messageId);
            queue.count(block, index, count, annotations);
            if (dueMs != 0) {
                queue.delay(block, index, dueMs);
            } else {
                queue.makeAvailable(block, index);
            }
        }
    }
}
