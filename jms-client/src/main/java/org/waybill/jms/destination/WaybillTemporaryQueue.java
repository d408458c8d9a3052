package org.waybill.jms.destination;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.TemporaryQueue;
import org.jspecify.annotations.Nullable;

/** A temporary queue: one of our connection's, or another's that came as the address for a reply. */
public final class WaybillTemporaryQueue extends WaybillDestination implements TemporaryQueue {
    private static final long serialVersionUID = 1;

    private final transient @Nullable TemporaryNode node;

    /** The temporary queue of this name, made elsewhere. */
    public WaybillTemporaryQueue(String name) {
        this(name, null);
    }

    /** The temporary queue of this name, made by the owner of {@code node}. */
    public WaybillTemporaryQueue(String name, @Nullable TemporaryNode node) {
        super(name);
        this.node = node;
    }

    /** What its connection knows of it, or null if it was made elsewhere. */
    public @Nullable TemporaryNode node() {
        return node;
    }

    @Override
    public DestinationKind kind() {
        return DestinationKind.TEMPORARY_QUEUE;
    }

    @Override
    public String getQueueName() {
        return address();
    }

    @Override
    public void delete() throws JMSException {
        if (node == null) {
            throw new IllegalStateException(
                    "only the connection that made the temporary queue " + address() + " can delete it");
        }
        node.delete();
    }
}
