package org.waybill.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.SubscriptionId;

/** Administers the queues, topics and subscriptions of one shard, and says what is set for addresses. */
final class NodeAdministration {
    private final Shard shard;
    private final State state;
    private final TopicCommands topics;
    private final Commands commands;

    NodeAdministration(Shard shard, State state, TopicCommands topics, Commands commands) {
        this.shard = shard;
        this.state = state;
        this.topics = topics;
        this.commands = commands;
    }

    /** The queue or subscription a target names, or null. */
    @Nullable
    Node holder(Target target) {
        return switch (target.type()) {
            case QUEUE -> state.node(target.name());
            case SUBSCRIPTION -> state.topics().named(new SubscriptionId(target.name(), target.clientId()));
            default -> null;
        };
    }

    /** Why nothing can be done with a queue here: it lives elsewhere, or moves there, when it can only be looked at; else null. */
    @Nullable
    BrokerError elsewhere(Operation operation, Target target) {
        boolean looks = operation instanceof Operation.Read
                || operation instanceof Operation.QueryMessages
                || operation instanceof Operation.ReadMessage;
        return target.type() != Operation.Type.QUEUE || looks && isMoving(target.name())
                ? null
                : shard.queueMoves().refusal(target.name());
    }

    private boolean isMoving(String queue) {
        return state.places().leavingTo(queue) != null;
    }

    // ---- lists

    /** As many rows of this shard as can be in the answer. */
    List<Map<String, Object>> list(Operation.Query query) {
        int most = query.offset() + query.count();
        return switch (query.type()) {
            case QUEUE -> rows(nodes(false), node -> node.queue.name(), this::queue, most);
            case SUBSCRIPTION -> rows(nodes(true), NodeAdministration::subscriptionName, this::subscription, most);
            case TOPIC -> rows(new ArrayList<>(state.topics().all()), topic -> topic.name, this::topic, most);
            default -> List.of();
        };
    }

    private List<Node> nodes(boolean subscriptions) {
        List<Node> nodes = new ArrayList<>();
        for (Node node : state.nodes()) {
            if ((node.subscription != null) == subscriptions && !isArriving(node)) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    /** Whether it is a queue whose messages are coming, and which lives elsewhere still. */
    private boolean isArriving(Node node) {
        String name = node.queue.name();
        return node.subscription == null
                && !isMoving(name)
                && shard.queueMoves().refusal(name) != null;
    }

    private static String subscriptionName(Node node) {
        SubscriptionId id = Invariant.present(node.subscription).id();
        return id == null ? "" : id.name();
    }

    private static <T> List<Map<String, Object>> rows(
            List<T> nodes, Function<T, String> name, Function<T, Map<String, Object>> row, int most) {
        nodes.sort(Comparator.comparing(name));
        return nodes.stream().limit(most).map(row).toList();
    }

    // ---- one node

    Reply<List<Map<String, Object>>> carryOut(Operation operation, Target target) {
        return switch (target.type()) {
            case ADDRESS -> operation instanceof Operation.Read
                    ? done(address(target.name()))
                    : Administration.impossible("an address can be read alone: its settings are in the configuration");
            case TOPIC -> topic(operation, target);
            default -> operation instanceof Operation.Create ? create(target) : holder(operation, target);
        };
    }

    private Reply<List<Map<String, Object>>> create(Target target) {
        if (target.type() == Operation.Type.SUBSCRIPTION) {
            return Administration.impossible("a subscription is made by a consumer that asks for it");
        }
        String name = target.name();
        if (state.node(name) != null) {
            return Administration.refused(Code.PRECONDITION_FAILED, target + " exists already");
        }
        BrokerError refusal = Names.refusal(name);
        if (refusal == null) {
            refusal = shard.refusalToCreate("queue " + name);
        }
        return refusal != null
                ? new Reply.Refused<>(refusal)
                : done(queue(shard.storage().create(name, null)));
    }

    private Reply<List<Map<String, Object>>> holder(Operation operation, Target target) {
        Node node = holder(target);
        if (node == null) {
            return Administration.unknown(target);
        }
        Map<String, Object> row = node.subscription == null ? queue(node) : subscription(node);
        if (operation instanceof Operation.Purge) {
            row.put("purged", node.queue.intervention().purge());
            commands.pressure().relieve(node);
        } else if (operation instanceof Operation.MoveQueue move) {
            BrokerError refusal = shard.queueMoves().begin(node, move.shard());
            row.put("moving-to", move.shard());
            return refusal != null ? new Reply.Refused<>(refusal) : done(row);
        } else if (operation instanceof Operation.Delete) {
            if (node.owner != null && !node.consumers.isEmpty()) {
                return Administration.refused(Code.RESOURCE_LOCKED, target + " is temporary and has consumers");
            } else if (node.subscription == null) {
                commands.delete(node);
            } else {
                BrokerError refusal = topics.remove(node);
                return refusal != null ? new Reply.Refused<>(refusal) : done(row);
            }
        }
        return done(row);
    }

    private Reply<List<Map<String, Object>>> topic(Operation operation, Target target) {
        if (operation instanceof Operation.Create) {
            BrokerError refusal = topics.create(target.name());
            return refusal != null
                    ? new Reply.Refused<>(refusal)
                    : done(topic(Invariant.present(state.topics().topic(target.name()))));
        }
        Topic topic = state.topics().topic(target.name());
        if (topic == null) {
            return Administration.unknown(target);
        }
        Map<String, Object> row = topic(topic);
        if (operation instanceof Operation.Delete) {
            if (topic.owner != null && !topic.subscriptions.isEmpty()) {
                return Administration.refused(Code.RESOURCE_LOCKED, target + " is temporary and has subscribers");
            }
            topics.delete(topic);
        } else if (operation instanceof Operation.Purge) {
            return Administration.impossible("a topic holds no messages: purge its subscriptions");
        }
        return done(row);
    }

    private static Reply<List<Map<String, Object>>> done(Map<String, Object> row) {
        return new Reply.Done<>(List.of(row));
    }

    // ---- attributes

    private Map<String, Object> queue(Node node) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", node.queue.name());
        row.put("kind", "queue");
        row.put("durable", !node.queue.temporary());
        row.put("temporary", node.queue.temporary());
        row.put("shard", shard.number());
        Integer to = state.places().leavingTo(node.queue.name());
        if (to != null) {
            row.put("moving-to", to);
        }
        contents(node, row);
        row.put("producers", node.producers.size());
        row.put("durability", word(node.settings.durability()));
        String blocked = shard.noRoom() != null ? shard.noRoom() : node.blocked;
        if (blocked != null) {
            row.put("blocked", blocked);
        }
        return row;
    }

    private Map<String, Object> subscription(Node node) {
        Subscription subscription = Invariant.present(node.subscription);
        Map<String, Object> row = TopicCommands.attributes(subscription);
        row.put("durable", subscription.durable());
        contents(node, row);
        if (node.blocked != null) {
            row.put("blocked", node.blocked);
        }
        return row;
    }

    private static void contents(Node node, Map<String, Object> row) {
        row.put("messages", node.queue.messages());
        row.put("waiting", node.queue.waiting());
        row.put("unsettled", node.queue.outcomes().unsettled());
        row.put("bytes", node.queue.bytes());
        row.put("consumers", node.consumers.size());
        row.put("enqueued", node.queue.enqueued());
        row.put("dequeued", node.queue.dequeued());
        row.put("expired", node.queue.expired());
    }

    private Map<String, Object> topic(Topic topic) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", topic.name);
        row.put("kind", "topic");
        row.put("durable", topic.explicit);
        row.put("temporary", topic.owner != null);
        row.put("subscriptions", state.topics().route(topic).all.size());
        row.put("producers", topic.producers.size());
        row.put("durability", word(topic.settings.durability()));
        String blocked = shard.noRoom() != null ? shard.noRoom() : topic.blocked;
        if (blocked != null) {
            row.put("blocked", blocked);
        }
        return row;
    }

    private Map<String, Object> address(String name) {
        AddressSettings settings = state.settings(name);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("kind", word(shard.kindOf(name)));
        row.put("auto-create", settings.autoCreate());
        row.put("auto-delete", settings.autoDelete());
        row.put("max-messages", settings.maxMessages());
        row.put("max-bytes", settings.maxBytes());
        row.put("full-policy", word(settings.fullPolicy()));
        row.put("max-deliveries", settings.redelivery().maxDeliveries());
        row.put("redelivery-delay-ms", settings.redelivery().delayMs());
        row.put("redelivery-multiplier", settings.redelivery().multiplier());
        row.put("max-redelivery-delay-ms", settings.redelivery().maxDelayMs());
        row.put("exclusive", settings.exclusive());
        row.put("duplicate-ids", settings.duplicateIds());
        row.put("durability", word(settings.durability()));
        settings.deadLetterAddress().ifPresent(to -> row.put("dead-letter-address", to));
        settings.expiryAddress().ifPresent(to -> row.put("expiry-address", to));
        settings.lastValueKey().ifPresent(key -> row.put("last-value-key", key));
        return row;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
