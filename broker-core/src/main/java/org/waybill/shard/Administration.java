package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;

/** Carries out administrative operations on the nodes of one shard; see {@link Operation} for what they answer. */
final class Administration {
    private final Shard shard;
    private final State state;
    private final Commands commands;
    private final TopicCommands topics;

    Administration(Shard shard, State state, Commands commands, TopicCommands topics) {
        this.shard = shard;
        this.state = state;
        this.commands = commands;
        this.topics = topics;
    }

    /** The queue an operation is about, or null when it is about all. */
    static @Nullable String nameOf(Operation operation) {
        if (operation instanceof Operation.ReadQueue read) {
            return read.name();
        } else if (operation instanceof Operation.CreateQueue create) {
            return create.name();
        } else if (operation instanceof Operation.DeleteQueue delete) {
            return delete.name();
        } else if (operation instanceof Operation.PurgeQueue purge) {
            return purge.name();
        }
        return null;
    }

    /** Whether an operation is carried out where the topics live. */
    static boolean isOfTopics(Operation operation) {
        return operation instanceof Operation.ListTopics
                || operation instanceof Operation.CreateTopic
                || operation instanceof Operation.DeleteTopic
                || operation instanceof Operation.ListSubscriptions;
    }

    void run(Batch batch, int i, Outbox outbox) {
        @SuppressWarnings("unchecked")
        Consumer<Reply<List<Map<String, Object>>>> reply =
                (Consumer<Reply<List<Map<String, Object>>>>) Invariant.present(batch.y[i]);
        Reply<List<Map<String, Object>>> result = carryOut((Operation) Invariant.present(batch.x[i]));
        Runnable answer = () -> reply.accept(result);
        shard.turn().answers().add(outbox, Batch.Kind.REPLY, answer, 0, 0, null, null);
    }

    private Reply<List<Map<String, Object>>> carryOut(Operation operation) {
        if (operation instanceof Operation.ListQueues) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Node node : state.nodes()) {
                if (node.subscription == null) {
                    rows.add(attributes(node));
                }
            }
            return new Reply.Done<>(rows);
        }
        if (isOfTopics(operation)) {
            return topics.carryOut(operation);
        }
        String name = Invariant.present(nameOf(operation));
        Node node = state.node(name);
        if (operation instanceof Operation.CreateQueue) {
            return create(name, node);
        }
        if (node == null) {
            return new Reply.Refused<>(new BrokerError(Code.NOT_FOUND, "queue " + name + " does not exist"));
        }
        Map<String, Object> attributes = attributes(node);
        if (operation instanceof Operation.DeleteQueue) {
            if (node.owner != null && !node.consumers.isEmpty()) {
                return new Reply.Refused<>(
                        new BrokerError(Code.RESOURCE_LOCKED, "queue " + name + " is temporary and has consumers"));
            }
            commands.delete(node);
        } else if (operation instanceof Operation.PurgeQueue) {
            attributes.put("purged", node.queue.purge());
            commands.relieve(node);
        }
        return new Reply.Done<>(List.of(attributes));
    }

    private Reply<List<Map<String, Object>>> create(String name, @Nullable Node existing) {
        if (existing != null) {
            return new Reply.Refused<>(new BrokerError(Code.PRECONDITION_FAILED, "queue " + name + " exists already"));
        }
        BrokerError refusal = Names.refusal(name);
        return refusal != null
                ? new Reply.Refused<>(refusal)
                : new Reply.Done<>(List.of(attributes(shard.storage().create(name, null))));
    }

    private Map<String, Object> attributes(Node node) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", node.queue.name());
        row.put("kind", "queue");
        row.put("durable", !node.queue.temporary());
        row.put("temporary", node.queue.temporary());
        row.put("producers", node.producers.size());
        figures(node, shard.noRoom(), row);
        return row;
    }

    /** What is in a queue, and what has gone through it. */
    static void figures(Node node, @Nullable String noRoom, Map<String, Object> row) {
        row.put("messages", node.queue.messages());
        row.put("waiting", node.queue.waiting());
        row.put("unsettled", node.queue.unsettled());
        row.put("bytes", node.queue.bytes());
        row.put("consumers", node.consumers.size());
        row.put("enqueued", node.queue.enqueued());
        row.put("dequeued", node.queue.dequeued());
        row.put("expired", node.queue.expired());
        String blocked = noRoom != null ? noRoom : node.blocked;
        if (blocked != null) {
            row.put("blocked", blocked);
        }
    }
}
