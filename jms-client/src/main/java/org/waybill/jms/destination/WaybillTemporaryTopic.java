package org.waybill.jms.destination;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.TemporaryTopic;
import org.jspecify.annotations.Nullable;

/** A temporary topic: one of our connection's, or another's that came as the address for a reply. */
public final class WaybillTemporaryTopic extends WaybillDestination implements TemporaryTopic {
    private static final long serialVersionUID = 1;

    private final transient @Nullable TemporaryNode node;

    /** The temporary topic of this name, made elsewhere. */
    public WaybillTemporaryTopic(String name) {
        this(name, null);
    }

    /** The temporary topic of this name, made by the owner of {@code node}. */
    public WaybillTemporaryTopic(String name, @Nullable TemporaryNode node) {
        super(name);
        this.node = node;
    }

    /** What its connection knows of it, or null if it was made elsewhere. */
    public @Nullable TemporaryNode node() {
        return node;
    }

    @Override
    public DestinationKind kind() {
        return DestinationKind.TEMPORARY_TOPIC;
    }

    @Override
    public String getTopicName() {
        return address();
    }

    @Override
    public void delete() throws JMSException {
        if (node == null) {
            throw new IllegalStateException(
                    "only the connection that made the temporary topic " + address() + " can delete it");
        }
        node.delete();
    }
}
