package org.waybill.amqp.engine;

import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** What happens to a link on which we send. Same rules as {@link ConnectionListener}. */
public interface SenderListener extends LinkListener<SenderLink> {
    /**
     * The receiver stated its credit ({@link SenderLink#credit} has it already).
     *
     * @param drain the receiver wants the credit used up or given back: answer with {@link SenderLink#drained} once there is nothing
     *     more to send, at each call, also when there is no credit
     * @param echo the receiver wants to hear our state; the engine answers after this call unless a flow of this link was sent in it
     * @param properties the flow's properties, or null
     */
    void onFlow(SenderLink link, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties);

    /**
     * A run of deliveries got a state or was settled by the receiver. Their delivery ids are consecutive, and so are their tokens:
     * {@code lastToken - firstToken == lastId - firstId}. A settled delivery is forgotten by the engine. An unsettled one stays until
     * {@link SenderLink#settle}.
     *
     * @param state what the receiver said; null leaves it to the source's default-outcome. Accepted and released without fields are
     *     the shared instances of their classes
     */
    void onDisposition(
            SenderLink link,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean settled,
            @Nullable DeliveryState state);

    /** A delivery for which {@link SenderLink#send} returned false has left; its arrays are the host's again. */
    default void onSent(SenderLink link, long token) {}
}
