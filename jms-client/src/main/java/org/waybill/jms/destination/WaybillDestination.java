package org.waybill.jms.destination;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import java.io.Serializable;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.naming.StringRefAddr;
import org.jspecify.annotations.Nullable;

/**
 * A queue or topic by its address. Immutable; two are equal if kind and address are. Serialised and stored in JNDI it is kind and
 * address alone.
 */
public abstract sealed class WaybillDestination implements Destination, Serializable, Referenceable
        permits WaybillQueue, WaybillTopic, WaybillTemporaryQueue, WaybillTemporaryTopic {
    static final String KIND = "kind";
    static final String ADDRESS = "address";

    private static final long serialVersionUID = 1;

    private final String address;

    WaybillDestination(String address) {
        if (address.isEmpty()) {
            throw new IllegalArgumentException("a destination without a name");
        }
        this.address = address;
    }

    /** The destination of this kind and address. */
    public static WaybillDestination of(DestinationKind kind, String address) {
        return switch (kind) {
            case QUEUE -> new WaybillQueue(address);
            case TOPIC -> new WaybillTopic(address);
            case TEMPORARY_QUEUE -> new WaybillTemporaryQueue(address);
            case TEMPORARY_TOPIC -> new WaybillTemporaryTopic(address);
        };
    }

    /**
     * A destination of any provider as one of ours: ours as it is, another's by its name. One that is both queue and topic is
     * what it has a name for.
     *
     * @return null for null
     * @throws InvalidDestinationException if it is neither queue nor topic, or has no name
     */
    public static @Nullable WaybillDestination from(@Nullable Destination any) throws JMSException {
        if (any == null || any instanceof WaybillDestination) {
            return (WaybillDestination) any;
        }
        if (any instanceof Queue queue) {
            String name = queue.getQueueName();
            if (name != null && !name.isEmpty()) {
                return any instanceof TemporaryQueue ? new WaybillTemporaryQueue(name) : new WaybillQueue(name);
            }
        }
        if (any instanceof Topic topic) {
            String name = topic.getTopicName();
            if (name != null && !name.isEmpty()) {
                return any instanceof TemporaryTopic ? new WaybillTemporaryTopic(name) : new WaybillTopic(name);
            }
        }
        throw new InvalidDestinationException("a destination that is neither a queue nor a topic with a name: "
                + any.getClass().getName());
    }

    /** Its name, which is its address without the peer's prefix. */
    public final String address() {
        return address;
    }

    /** What it is. */
    public abstract DestinationKind kind();

    @Override
    public final Reference getReference() {
        Reference reference = new Reference(getClass().getName(), DestinationFactory.class.getName(), null);
        reference.add(new StringRefAddr(KIND, kind().capability()));
        reference.add(new StringRefAddr(ADDRESS, address));
        return reference;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof WaybillDestination destination
                && destination.kind() == kind()
                && destination.address.equals(address);
    }

    @Override
    public final int hashCode() {
        return address.hashCode() * 31 + kind().code();
    }

    /** The name. */
    @Override
    public final String toString() {
        return address;
    }
}
