package org.waybill.amqp.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.Operation;

/** The types of what can be administered, each with its attributes and operations (OASIS AMQP Management 1.0). */
@SuppressWarnings("ImmutableEnumChecker") // the lists are, being made by List.of
enum ManagementType {
    /** The management node itself. */
    NODE(
            "org.amqp.management",
            null,
            List.of("identity", "name", "type"),
            List.of("QUERY", "GET-TYPES", "GET-ATTRIBUTES", "GET-OPERATIONS", "GET-ANNOTATIONS", "GET-MGMT-NODES")),
    ADDRESS(
            "org.waybill.address",
            Operation.Type.ADDRESS,
            List.of(
                    "name",
                    "kind",
                    "auto-create",
                    "auto-delete",
                    "max-messages",
                    "max-bytes",
                    "full-policy",
                    "max-deliveries",
                    "redelivery-delay-ms",
                    "redelivery-multiplier",
                    "max-redelivery-delay-ms",
                    "exclusive",
                    "duplicate-ids",
                    "durability",
                    "dead-letter-address",
                    "expiry-address",
                    "last-value-key"),
            List.of("READ")),
    QUEUE(
            "org.waybill.queue",
            Operation.Type.QUEUE,
            List.of(
                    "name",
                    "kind",
                    "durable",
                    "temporary",
                    "shard",
                    "moving-to",
                    "messages",
                    "waiting",
                    "unsettled",
                    "bytes",
                    "consumers",
                    "producers",
                    "durability",
                    "enqueued",
                    "dequeued",
                    "expired",
                    "blocked"),
            List.of("CREATE", "READ", "DELETE", "QUERY", "PURGE", "MOVE")),
    TOPIC(
            "org.waybill.topic",
            Operation.Type.TOPIC,
            List.of("name", "kind", "durable", "temporary", "subscriptions", "producers", "durability", "blocked"),
            List.of("CREATE", "READ", "DELETE", "QUERY")),
    SUBSCRIPTION(
            "org.waybill.subscription",
            Operation.Type.SUBSCRIPTION,
            List.of(
                    "name",
                    "client-id",
                    "address",
                    "shared",
                    "durable",
                    "no-local",
                    "selector",
                    "messages",
                    "waiting",
                    "unsettled",
                    "bytes",
                    "consumers",
                    "enqueued",
                    "dequeued",
                    "expired",
                    "blocked"),
            List.of("READ", "DELETE", "QUERY", "PURGE")),
    CONSUMER(
            "org.waybill.consumer",
            Operation.Type.CONSUMER,
            List.of(
                    "name",
                    "link",
                    "container-id",
                    "address",
                    "kind",
                    "subscription",
                    "browse",
                    "priority",
                    "credit",
                    "unsettled",
                    "delivered",
                    "selector"),
            List.of("READ", "DELETE", "QUERY")),
    BRANCH(
            "org.waybill.branch",
            Operation.Type.BRANCH,
            List.of(
                    "name",
                    "state",
                    "age-ms",
                    "owner",
                    "messages-sent",
                    "messages-held",
                    "rollback-only",
                    "format-id",
                    "gtrid",
                    "bqual"),
            List.of("READ", "QUERY", "COMMIT", "ROLLBACK", "FORGET")),
    CLUSTER_NODE(
            "org.waybill.node",
            null,
            List.of(
                    "name",
                    "id",
                    "host",
                    "port",
                    "clients",
                    "self",
                    "connected",
                    "since",
                    "round-trip-us",
                    "queued-bytes",
                    "last-end",
                    "elector",
                    "leads"),
            List.of("READ", "QUERY")),
    SHARD(
            "org.waybill.shard",
            null,
            List.of("name", "health", "leader", "prefers", "epoch", "commit-index", "age-ms", "replicas"),
            List.of("READ", "QUERY", "MOVE-LEADER", "ACCEPT-LOSS")),
    MESSAGE(
            "org.waybill.message",
            null,
            List.of(
                    "id",
                    "state",
                    "size",
                    "delivery-count",
                    "expiry-time",
                    "due-time",
                    "priority",
                    "durable",
                    "message-id",
                    "creation-time",
                    "to",
                    "reply-to",
                    "subject",
                    "correlation-id",
                    "content-type",
                    "group-id"),
            List.of("QUERY", "BROWSE", "READ", "MOVE", "DELETE", "CANCEL"));

    private final String symbol;
    private final Operation.@Nullable Type nodes;
    private final List<String> attributes;
    private final List<String> operations;

    ManagementType(String symbol, Operation.@Nullable Type nodes, List<String> attributes, List<String> operations) {
        this.symbol = symbol;
        this.nodes = nodes;
        this.attributes = attributes;
        this.operations = operations;
    }

    /** The type of a name; a request that names none is about queues. */
    static ManagementType of(@Nullable String symbol) {
        if (symbol == null) {
            return QUEUE;
        }
        for (ManagementType type : values()) {
            if (type.symbol.equals(symbol)) {
                return type;
            }
        }
        throw ManagementError.badRequest("there is no type " + symbol);
    }

    /** Its name in requests. */
    String symbol() {
        return symbol;
    }

    /** The nodes it stands for; null for messages, what is of a cluster, and the management node. */
    Operation.@Nullable Type nodes() {
        return nodes;
    }

    /** The attributes of its entities, in the order of a query's columns. */
    List<String> attributes() {
        return attributes;
    }

    List<String> operations() {
        return operations;
    }

    /** Some fact about each type, by the types' names; of one type alone if that is named. */
    static Map<String, Object> table(@Nullable String only, Function<ManagementType, List<String>> fact) {
        Map<String, Object> table = new LinkedHashMap<>();
        for (ManagementType type : only == null ? values() : new ManagementType[] {of(only)}) {
            table.put(type.symbol, fact.apply(type));
        }
        return table;
    }
}
