package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;

/**
 * Stores what is sent to topics in the queues of the subscriptions that take it: one record in the journal and one body in
 * memory, however many they are, and nothing when there are none.
 */
final class Router {
    private final Shard shard;
    private final State state;

    /** Who takes the message at hand; used again for the next one. */
    private final List<Node> targets = new ArrayList<>();

    private final Consumer<Node> take = this::take;
    private String from = "";

    Router(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
    }

    /** The subscriptions that took the message stored last. */
    List<Node> targets() {
        return targets;
    }

    /** Stores a message, as {@link Storage#store(Node, Message, Outbox, LocalProducer, long)} does, and answers its producer. */
    void send(Topic topic, Message message, Outbox from, LocalProducer producer, long token) {
        if (store(topic, message, producer.session.containerId())) {
            shard.turn().answers(topic.settings.durability()).accepted(from, producer, token);
        } else {
            from.answers().addRange(Batch.Kind.PRODUCER_SETTLED, producer, token, token, Outcome.ACCEPTED);
        }
    }

    /**
     * Stores a message in every subscription that takes it.
     *
     * @param containerId of the connection it comes from
     * @return whether that must be committed before it counts
     */
    boolean store(Topic topic, Message message, String containerId) {
        targets.clear();
        from = containerId;
        state.topics().route(topic).match(message, shard.nowMs(), take);
        return switch (targets.size()) {
            case 0 -> false;
            case 1 -> shard.storage().store(targets.get(0), message, false);
            default -> storeForAll(message);
        };
    }

    private void take(Node node) {
        if (Invariant.present(node.subscription).takesFrom(from)) {
            targets.add(node);
        }
    }

    private boolean storeForAll(Message message) {
        long id = state.nextMessageId();
        state.idsUsed(id, 0);
        long expiresMs = message.expiresAtMs(shard.nowMs());
        long dueMs = message.dueAtMs(shard.nowMs());
        boolean durable = message.durable() && anyLogged();
        boolean recorded = durable || shard.storage().memoryFull();
        SharedRecord record =
                recorded ? recorded(message, id, durable, expiresMs, dueMs) : new SharedRecord(message, message.size());
        shard.storage().resident(message.size());
        int priority = message.priority();
        for (int i = 0; i < targets.size(); i++) {
            Queue queue = targets.get(i).queue;
            shard.storage()
                    .stored(queue, queue.store(id, priority, record, durable && !queue.temporary(), expiresMs, dueMs));
            if (durable || queue.uncommitted() > 0) {
                shard.turn().reveal(queue, id);
            } else {
                queue.reveal(id);
            }
        }
        return recorded;
    }

    private boolean anyLogged() {
        for (int i = 0; i < targets.size(); i++) {
            if (!targets.get(i).queue.temporary()) {
                return true;
            }
        }
        return false;
    }

    private SharedRecord recorded(Message message, long id, boolean durable, long expiresMs, long dueMs) {
        Bytes event = shard.storage().event();
        Events.stored(
                event, id, message.priority(), !durable, shard.nowMs(), expiresMs, dueMs, message.format(), targets);
        Turn turn = shard.turn();
        int ordinal = turn.record(Events.STORED, event, message.bytes(), 0, message.size());
        SharedRecord record = new SharedRecord(message, turn.frame().recordBytes(ordinal));
        turn.place(record, ordinal);
        return record;
    }

    /** Why a message is not taken, or null: a subscription that would take it is full, and set to reject then. */
    @Nullable
    String refusal(Topic topic, Message message, String containerId) {
        List<Node> all = state.topics().route(topic).all;
        for (int i = 0; i < all.size(); i++) {
            Node node = all.get(i);
            String why = node.settings.fullPolicy() == AddressSettings.FullPolicy.REJECT
                    ? Limits.refusal(node, message)
                    : null;
            if (why != null && Invariant.present(node.subscription).takes(message, containerId, shard.nowMs())) {
                return why;
            }
        }
        return null;
    }
}
