package org.waybill.jms.destination;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a peer wants before the names of queues and topics, by the properties {@code queue-prefix} and {@code topic-prefix} of its
 * open. Temporary destinations have the names that the peer gave them, and other ones at the peer that a connection has come to after a
 * loss.
 *
 * @param queue before the name of a queue, or null
 * @param topic before the name of a topic, or null
 * @param renamed what the present peer calls temporary destinations that an earlier one named, by that name
 */
public record AddressPrefixes(@Nullable String queue, @Nullable String topic, Map<String, String> renamed) {
    /** For peers that take names as they are. */
    public static final AddressPrefixes NONE = new AddressPrefixes(null, null);

    /** Copies the map. */
    public AddressPrefixes {
        renamed = Map.copyOf(renamed);
    }

    /** Where no temporary destination has been renamed. */
    public AddressPrefixes(@Nullable String queue, @Nullable String topic) {
        this(queue, topic, Map.of());
    }

    /** The address that names this destination to the peer. */
    public String address(WaybillDestination destination) {
        String name = destination.address();
        if (destination.kind().isTemporary()) {
            return renamed.getOrDefault(name, name);
        }
        String prefix = prefix(destination.kind());
        return prefix == null || name.startsWith(prefix) ? name : prefix.concat(name);
    }

    /**
     * The destination of an address that the peer gave.
     *
     * @param kind what it is, or null if the message does not say; then a prefix tells, or else {@code like}
     * @param like the destination of whose kind it is when nothing else tells
     */
    public WaybillDestination destination(String address, @Nullable DestinationKind kind, WaybillDestination like) {
        DestinationKind known = kind != null ? kind : byPrefix(address, like.kind());
        String prefix = prefix(known);
        String name =
                prefix != null && address.startsWith(prefix) ? address.substring(prefix.length()) : known(address);
        if (name.isEmpty()) {
            return like;
        }
        return like.kind() == known && like.address().equals(name) ? like : WaybillDestination.of(known, name);
    }

    /** The name that the application knows, of a destination that has been renamed. */
    private String known(String address) {
        for (Map.Entry<String, String> entry : renamed.entrySet()) {
            if (entry.getValue().equals(address)) {
                return entry.getKey();
            }
        }
        return address;
    }

    private DestinationKind byPrefix(String address, DestinationKind otherwise) {
        if (queue != null && address.startsWith(queue)) {
            return DestinationKind.QUEUE;
        }
        return topic != null && address.startsWith(topic) ? DestinationKind.TOPIC : otherwise;
    }

    private @Nullable String prefix(DestinationKind kind) {
        return switch (kind) {
            case QUEUE -> queue;
            case TOPIC -> topic;
            case TEMPORARY_QUEUE, TEMPORARY_TOPIC -> null;
        };
    }
}
