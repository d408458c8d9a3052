package org.waybill.config;

import java.util.Optional;

/**
 * The rule for the addresses that a pattern matches. Immutable.
 *
 * @param match which addresses
 * @param kind what an address is when neither the client nor its name says so
 * @param autoCreate whether a node is made when somebody attaches to a name that does not exist
 * @param autoDelete whether a queue made so goes when it is empty and nobody is attached
 * @param maxMessages how many messages a queue or a subscription holds at most; -1 means no limit
 * @param maxBytes how many bytes of messages a queue or a subscription holds at most; -1 means no limit
 * @param fullPolicy what happens at those limits
 * @param redelivery what becomes of failed deliveries
 * @param deadLetterAddress where messages go that could not be delivered; empty means they are dropped
 * @param expiryAddress where messages go that expired; empty means they are dropped
 * @param exclusive whether a queue hands everything to one consumer at a time, the others standing by
 * @param lastValueKey the application property of whose every value a queue keeps the newest message alone; empty means none
 * @param duplicateIds how many of the newest duplicate ids a queue or a topic remembers; 0 means none
 * @param durability what a durable message has survived when its sender is told that it is accepted
 */
public record AddressSettings(
        AddressPattern match,
        Kind kind,
        boolean autoCreate,
        boolean autoDelete,
        long maxMessages,
        long maxBytes,
        FullPolicy fullPolicy,
        Redelivery redelivery,
        Optional<String> deadLetterAddress,
        Optional<String> expiryAddress,
        boolean exclusive,
        Optional<String> lastValueKey,
        int duplicateIds,
        Durability durability) {
    private static final String DEAD_LETTERS = "dead-letters";
    private static final int MAX_DELIVERIES = 10;
    private static final int DUPLICATE_IDS = 10_000;
    private static final int MOST_DUPLICATE_IDS = 10_000_000;

    private static final AddressSettings DEFAULTS = new AddressSettings(
            AddressPattern.of("#"),
            Kind.QUEUE,
            true,
            false,
            -1,
            -1,
            FullPolicy.BLOCK,
            new Redelivery(MAX_DELIVERIES, 0, 1, 0),
            Optional.of(DEAD_LETTERS),
            Optional.empty(),
            false,
            Optional.empty(),
            DUPLICATE_IDS,
            Durability.MAJORITY_FORCED);

    /** What an address is. */
    public enum Kind {
        /** Each message goes to one consumer. */
        QUEUE,
        /** Each message goes to every subscription. */
        TOPIC
    }

    /** What a full queue does with the next message. */
    public enum FullPolicy {
        /** Senders get no more credit until there is room. */
        BLOCK,
        /** The message is rejected. */
        REJECT,
        /** The oldest messages are dropped to make room: a ring. */
        DROP_OLDEST
    }

    /**
     * What a durable message that is sent outside of a transaction has survived when its sender is told that it is accepted. Consumers
     * get messages at the first level alone, and transactions end at it. One and the same for a broker without a cluster.
     */
    public enum Durability {
        /** A majority of the nodes has forced it to disk. */
        MAJORITY_FORCED,
        /** A majority of the nodes has it in memory; it is lost if they all end before one of them has forced it. */
        MAJORITY_IN_MEMORY,
        /** The node that leads its shard has; it is lost if another node leads before a majority has. */
        LEADER_FORCED
    }

    /** What holds for every address without a file. */
    public static AddressSettings defaults() {
        return DEFAULTS;
    }

    /** These settings, with another way to create and delete nodes. */
    public AddressSettings withCreation(boolean create, boolean delete) {
        return new AddressSettings(
                match,
                kind,
                create,
                delete,
                maxMessages,
                maxBytes,
                fullPolicy,
                redelivery,
                deadLetterAddress,
                expiryAddress,
                exclusive,
                lastValueKey,
                duplicateIds,
                durability);
    }

    /** These settings, with other limits. */
    public AddressSettings withLimits(long messages, long bytes, FullPolicy policy) {
        return new AddressSettings(
                match,
                kind,
                autoCreate,
                autoDelete,
                messages,
                bytes,
                policy,
                redelivery,
                deadLetterAddress,
                expiryAddress,
                exclusive,
                lastValueKey,
                duplicateIds,
                durability);
    }

    /** These settings, with another fate of messages that fail. */
    public AddressSettings withRedelivery(Redelivery policy, Optional<String> deadLetters) {
        return new AddressSettings(
                match,
                kind,
                autoCreate,
                autoDelete,
                maxMessages,
                maxBytes,
                fullPolicy,
                policy,
                deadLetters,
                expiryAddress,
                exclusive,
                lastValueKey,
                duplicateIds,
                durability);
    }

    /** These settings, with another address for messages that expired. */
    public AddressSettings withExpiry(Optional<String> expired) {
        return new AddressSettings(
                match,
                kind,
                autoCreate,
                autoDelete,
                maxMessages,
                maxBytes,
                fullPolicy,
                redelivery,
                deadLetterAddress,
                expired,
                exclusive,
                lastValueKey,
                duplicateIds,
                durability);
    }

    /** These settings, with senders answered at another level. */
    public AddressSettings withDurability(Durability level) {
        return new AddressSettings(
                match,
                kind,
                autoCreate,
                autoDelete,
                maxMessages,
                maxBytes,
                fullPolicy,
                redelivery,
                deadLetterAddress,
                expiryAddress,
                exclusive,
                lastValueKey,
                duplicateIds,
                level);
    }

    static AddressSettings read(Section in) {
        AddressSettings or = DEFAULTS;
        return new AddressSettings(
                in.pattern("match"),
                in.choice("kind", or.kind),
                in.flag("auto-create", or.autoCreate),
                in.flag("auto-delete", or.autoDelete),
                in.whole("max-messages", or.maxMessages, -1, Long.MAX_VALUE),
                in.whole("max-bytes", or.maxBytes, -1, Long.MAX_VALUE),
                in.choice("full-policy", or.fullPolicy),
                Redelivery.read(in, or.redelivery),
                in.textOrNone("dead-letter-address", or.deadLetterAddress),
                in.textOrNone("expiry-address", or.expiryAddress),
                in.flag("exclusive", or.exclusive),
                in.textOrNone("last-value-key", or.lastValueKey),
                in.integer("duplicate-ids", or.duplicateIds, 0, MOST_DUPLICATE_IDS),
                in.choice("durability", or.durability));
    }
}
