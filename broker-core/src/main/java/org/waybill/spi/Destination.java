package org.waybill.spi;

/**
 * Where a client wants to send or what it wants to consume from.
 *
 * @param name the address without a prefix
 * @param kind the kind of node; {@link NodeKind#ANY} when nobody has said
 */
public record Destination(String name, NodeKind kind) {
    /** Says that an address is a queue's, whatever else says otherwise. */
    public static final String QUEUE_PREFIX = "queue://";

    /** Says that an address is a topic's, whatever else says otherwise. */
    public static final String TOPIC_PREFIX = "topic://";

    /**
     * Reads an address, which may have a prefix.
     *
     * @param kind what else is known of its kind
     */
    public static Destination of(String address, NodeKind kind) {
        if (address.startsWith(QUEUE_PREFIX)) {
            return new Destination(address.substring(QUEUE_PREFIX.length()), NodeKind.QUEUE);
        }
        if (address.startsWith(TOPIC_PREFIX)) {
            return new Destination(address.substring(TOPIC_PREFIX.length()), NodeKind.TOPIC);
        }
        return new Destination(address, kind);
    }
}
