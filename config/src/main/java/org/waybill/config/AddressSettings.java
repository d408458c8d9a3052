package org.waybill.config;

import org.jspecify.annotations.Nullable;

/**
 * The rule for the addresses that a pattern matches. Immutable.
 *
 * @param match which addresses
 * @param autoCreate whether a queue is made when somebody attaches to a name that does not exist
 * @param autoDelete whether a queue made so goes when it is empty and nobody is attached
 * @param maxMessages how many messages a queue holds at most; -1 means no limit
 * @param maxBytes how many bytes of messages a queue holds at most; -1 means no limit
 * @param fullPolicy what happens at those limits
 * @param maxDeliveries after how many failed deliveries a message goes to the dead-letter address; 0 means never
 * @param deadLetterAddress where messages go that could not be delivered; null means they are dropped
 */
public record AddressSettings(
        AddressPattern match,
        boolean autoCreate,
        boolean autoDelete,
        long maxMessages,
        long maxBytes,
        FullPolicy fullPolicy,
        int maxDeliveries,
        @Nullable String deadLetterAddress) {
    private static final AddressSettings DEFAULTS =
            new AddressSettings(AddressPattern.of("#"), true, false, -1, -1, FullPolicy.BLOCK, 0, null);

    /** What a full queue does with the next message. */
    public enum FullPolicy {
        /** Senders get no more credit until there is room. */
        BLOCK,
        /** The message is rejected. */
        REJECT,
        /** The oldest messages are dropped to make room. */
        DROP_OLDEST
    }

    /** What holds for every address without a file. */
    public static AddressSettings defaults() {
        return DEFAULTS;
    }

    static AddressSettings read(Section in) {
        AddressSettings or = DEFAULTS;
        return new AddressSettings(
                in.pattern("match"),
                in.flag("auto-create", or.autoCreate),
                in.flag("auto-delete", or.autoDelete),
                in.whole("max-messages", or.maxMessages, -1, Long.MAX_VALUE),
                in.whole("max-bytes", or.maxBytes, -1, Long.MAX_VALUE),
                in.choice("full-policy", or.fullPolicy),
                in.integer("max-deliveries", or.maxDeliveries, 0, Integer.MAX_VALUE),
                in.textOrNone("dead-letter-address").orElse(null));
    }
}
