package org.waybill.shard;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.queue.Block;
import org.waybill.queue.Facts;
import org.waybill.queue.Queue;
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
    private final Facts facts;
    private final AddressRules rules;
    private long lastMessageId;
    private int lastQueueId;

    State(Facts facts, AddressRules rules) {
        this.facts = facts;
        this.rules = rules;
    }

    @Nullable
    Node node(String name) {
        return byName.get(name);
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

    // ---- apply

    Node created(int id, String name, @Nullable LocalSession owner) {
        Node known = byId.get(id);
        if (known != null) {
            // from a checkpoint: since then replay may have made and deleted an older queue of this name
            byName.put(name, known);
            return known;
        }
        lastQueueId = Math.max(lastQueueId, id);
        AddressSettings settings = rules.of(name);
        Queue queue = new Queue(id, name, owner != null, settings.redelivery().maxDeliveries(), facts);
        Node node = new Node(queue, settings, owner);
        byId.put(id, node);
        byName.put(name, node);
        return node;
    }

    void deleted(int id) {
        Node node = byId.remove(id);
        if (node != null) {
            byName.remove(node.queue.name(), node);
        }
    }

    /** A message found in the log; its body stays there. */
    void stored(Events.Stored event, long position, int recordBytes) {
        lastMessageId = Math.max(lastMessageId, event.messageId());
        Queue queue = queue(event.queue());
        if (queue == null || event.volatileOne() || event.messageId() <= queue.lastId(event.priority())) {
            return;
        }
        Block block = event.dueMs() == 0
                ? queue.store(event.messageId(), event.priority(), null, recordBytes, true, event.expiresMs())
                : queue.storeWaiting(
                        event.messageId(), event.priority(), null, recordBytes, true, event.expiresMs(), event.dueMs());
        block.place(block.lastIndex(), position);
    }

    void relocated(Events.Stored event, long position) {
        Queue queue = queue(event.queue());
        Block block = queue == null ? null : queue.find(event.messageId());
        if (block != null) {
            block.place(Queue.indexOf(block, event.messageId()), position);
        }
    }

    void removed(int queueId, long messageId) {
        Queue queue = queue(queueId);
        Block block = queue == null ? null : queue.find(messageId);
        if (queue != null && block != null) {
            queue.remove(block, Queue.indexOf(block, messageId));
        }
    }

    void counted(int queueId, long messageId, int count, long dueMs, byte @Nullable [] annotations) {
        Queue queue = queue(queueId);
        Block block = queue == null ? null : queue.find(messageId);
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
