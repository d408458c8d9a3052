package org.waybill.shard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/** Carries out what sessions ask of topics and subscriptions; on the shard where all of these live. */
final class TopicCommands {
    private final Shard shard;
    private final Commands commands;
    private final Topics topics;

    TopicCommands(Shard shard, State state, Commands commands) {
        this.shard = shard;
        this.commands = commands;
        this.topics = state.topics();
    }

    // ---- producers

    /** The topic a producer asks for: a {@link Topic} or a {@link BrokerError}. */
    Object openProducer(LocalProducer producer, String name) {
        BrokerError refusal = refusal(name);
        if (refusal == null && Subscription.isPattern(name)) {
            refusal = pattern(name);
        }
        if (refusal != null) {
            return refusal;
        }
        Topic topic = topics.use(name);
        producer.topic = topic;
        topic.producers.add(producer);
        topic.blocked = blockedBecause(topic);
        return topic;
    }

    private static BrokerError pattern(String name) {
        return new BrokerError(
                Code.INVALID_FIELD, "topic " + name + " has wildcards: messages are sent to one topic each");
    }

    /** Why a topic cannot be used, or null: it is not there, and not to be made by who asks for it. */
    private @Nullable BrokerError refusal(String name) {
        if (topics.topic(name) != null) {
            return null;
        }
        BrokerError refusal = Names.refusal(name);
        if (refusal == null && !topics.mayCreate(name)) {
            refusal = new BrokerError(
                    Code.NOT_FOUND, "topic " + name + " does not exist and its settings forbid to create it on demand");
        }
        return refusal;
    }

    /** The topic a message names: a {@link Topic}, which stays no longer than the message needs it, or a {@link BrokerError}. */
    Object destination(String name) {
        Topic topic = topics.topic(name);
        if (topic != null) {
            return topic;
        }
        BrokerError refusal = Subscription.isPattern(name) ? pattern(name) : refusal(name);
        return refusal == null ? topics.passing(name) : refusal;
    }

    void closeProducer(LocalProducer producer) {
        Topic topic = producer.topic;
        if (topic != null) {
            producer.topic = null;
            topic.producers.remove(producer);
            topics.forgetIfUnused(topic);
        }
    }

    // ---- subscriptions

    /** The subscription a consumer asks for, made if need be: a {@link Node} or a {@link BrokerError}. */
    Object subscribe(LocalConsumer consumer) {
        String address = consumer.destination.name();
        Subscription wanted;
        try {
            wanted = Subscription.of(consumer.spec, address, consumer.session.containerId());
        } catch (IllegalArgumentException malformed) {
            return new BrokerError(Code.INVALID_FIELD, "topic " + address + ": " + malformed.getMessage());
        }
        BrokerError refusal = refusal(wanted, consumer.session);
        if (refusal != null) {
            return refusal;
        }
        SubscriptionSpec named = consumer.spec.subscription();
        Node existing = named == null ? null : topics.named(named.id(), named.durable());
        refusal = existing == null ? null : refusal(existing, wanted);
        if (refusal != null) {
            return refusal;
        }
        if (existing != null && Invariant.present(existing.subscription).sameAs(wanted)) {
            return existing;
        }
        refusal = wanted.durable() ? shard.refusalToCreate(wanted.title()) : null;
        if (refusal != null) {
            return refusal;
        }
        if (existing != null) {
            commands.delete(existing);
        }
        return shard.storage().subscribe(wanted);
    }

    private @Nullable BrokerError refusal(Subscription wanted, SessionPort session) {
        if (wanted.pattern() != null) {
            return null;
        }
        Topic topic = topics.topic(wanted.address());
        if (topic == null || topic.owner == null) {
            return refusal(wanted.address());
        }
        if (topic.owner != session) {
            return new BrokerError(
                    Code.NOT_ALLOWED,
                    "topic " + topic.name + " is temporary: only its own connection subscribes to it");
        }
        return wanted.durable()
                ? new BrokerError(
                        Code.NOT_ALLOWED, "topic " + topic.name + " is temporary: no subscription to it can be durable")
                : null;
    }

    private static @Nullable BrokerError refusal(Node existing, Subscription wanted) {
        Subscription subscription = Invariant.present(existing.subscription);
        if (subscription.shared() != wanted.shared()) {
            return new BrokerError(
                    Code.NOT_ALLOWED,
                    subscription.title() + " exists and is " + (subscription.shared() ? "shared" : "not shared"));
        }
        if (!wanted.shared() && !existing.consumers.isEmpty()) {
            return inUse(existing, "has a consumer already");
        }
        if (!subscription.sameAs(wanted) && isUsed(existing)) {
            return inUse(existing, "is in use with another topic, selector or noLocal");
        }
        return null;
    }

    /** Whether it has consumers, or messages of it are still in the hands of a transaction. */
    private static boolean isUsed(Node node) {
        return !node.consumers.isEmpty() || node.queue.outcomes().unsettled() > 0;
    }

    private static BrokerError inUse(Node node, String why) {
        return new BrokerError(Code.RESOURCE_LOCKED, node.title() + " " + why);
    }

    /** A subscription lost a consumer: one that is not durable ends with its last. */
    void left(Node node) {
        if (!Invariant.present(node.subscription).durable() && node.consumers.isEmpty()) {
            shard.storage().delete(node);
            relieve(node);
        }
    }

    Reply<Boolean> unsubscribe(SubscriptionId id) {
        Node node = topics.named(id, true);
        if (node == null) {
            return new Reply.Refused<>(unknown(id));
        }
        BrokerError refusal = remove(node);
        return refusal == null ? new Reply.Done<>(true) : new Reply.Refused<>(refusal);
    }

    /** Removes a subscription with its messages; returns why not, or null. */
    @Nullable
    BrokerError remove(Node node) {
        if (isUsed(node)) {
            return inUse(node, "is in use");
        }
        commands.delete(node);
        return null;
    }

    Reply<Map<String, Object>> find(SubscriptionId id) {
        Node node = topics.named(id, true);
        return node == null
                ? new Reply.Refused<>(unknown(id))
                : new Reply.Done<>(attributes(Invariant.present(node.subscription)));
    }

    static Map<String, Object> attributes(Subscription subscription) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        SubscriptionId id = subscription.id();
        if (id != null) {
            attributes.put("name", id.name());
            if (id.clientId() != null) {
                attributes.put("client-id", id.clientId());
            }
        }
        attributes.put("address", subscription.address());
        attributes.put("shared", subscription.shared());
        attributes.put("no-local", subscription.noLocal());
        if (subscription.selector() != null) {
            attributes.put("selector", subscription.selector().text());
        }
        return attributes;
    }

    private static BrokerError unknown(SubscriptionId id) {
        return new BrokerError(Code.NOT_FOUND, "subscription " + id + " does not exist");
    }

    // ---- topics

    void createTemporary(String name, Outbox outbox) {
        outbox.temporaryTopics.add(topics.temporary(name, outbox.session));
    }

    void deleteTemporary(String name, Outbox outbox) {
        Topic topic = topics.topic(name);
        if (topic != null && topic.owner == outbox.session) {
            outbox.temporaryTopics.remove(topic);
            delete(topic);
        }
    }

    /** Creates a topic that stays until it is deleted; null when it could not be, because it exists or may not be called so. */
    @Nullable
    BrokerError create(String name) {
        BrokerError refusal = Subscription.isPattern(name) ? pattern(name) : Names.refusal(name);
        if (refusal == null && topics.isExplicit(name)) {
            refusal = new BrokerError(Code.PRECONDITION_FAILED, "topic " + name + " exists already");
        }
        if (refusal == null) {
            refusal = shard.refusalToCreate("topic " + name);
        }
        if (refusal == null) {
            shard.storage().createTopic(name);
        }
        return refusal;
    }

    /** Deletes a topic with the subscriptions to its name, and tells everyone who uses it. */
    void delete(Topic topic) {
        for (Node node : List.copyOf(topic.subscriptions)) {
            commands.delete(node);
        }
        BrokerError gone = Shard.deleted("topic " + topic.name);
        for (LocalProducer producer : topic.producers) {
            commands.closed(producer, gone);
            producer.topic = null;
        }
        shard.storage().deleteTopic(topic);
    }

    // ---- blocking

    /** A subscription is full: nobody may send to the topics it takes from. */
    void block(Node node, String reason) {
        for (Topic topic : topics.reaching(Invariant.present(node.subscription))) {
            if (topic.blocked == null) {
                topic.blocked = reason;
                tell(topic, Batch.Kind.BLOCKED, reason);
            }
        }
    }

    /** A subscription has room again, or is gone. */
    void relieve(Node node) {
        for (Topic topic : topics.reaching(Invariant.present(node.subscription))) {
            if (topic.blocked != null) {
                topic.blocked = blockedBecause(topic);
                if (topic.blocked == null && shard.noRoom() == null) {
                    tell(topic, Batch.Kind.UNBLOCKED, null);
                }
            }
        }
    }

    private @Nullable String blockedBecause(Topic topic) {
        for (Node node : topics.route(topic).all) {
            if (node.blocked != null) {
                return node.blocked;
            }
        }
        return null;
    }

    void roomChanged() {
        for (Topic topic : topics.all()) {
            if (shard.noRoom() != null) {
                tell(topic, Batch.Kind.BLOCKED, shard.noRoom());
            } else if (topic.blocked == null) {
                tell(topic, Batch.Kind.UNBLOCKED, null);
            }
        }
    }

    private void tell(Topic topic, Batch.Kind kind, @Nullable String reason) {
        for (LocalProducer producer : topic.producers) {
            commands.pressure().tell(producer, kind, reason);
        }
    }
}
