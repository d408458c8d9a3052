package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** What happens to a link on which we receive. Same rules as {@link ConnectionListener}. */
public interface ReceiverListener extends LinkListener<ReceiverLink> {
    /**
     * One transfer frame came. A delivery is one or more of these; frames of other links may come in between.
     *
     * @param transfer the frame's fields, good until this returns
     * @param payload its slice of the message, from position to limit, good until this returns; empty if {@link
     *     IncomingTransfer#aborted}. {@link DeliveryAssembly} gathers it
     */
    void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload);

    /**
     * A delivery has grown beyond {@link ReceiverLink#maxMessageBytes}: {@link #onLost} follows, and this frame goes nowhere else.
     *
     * @param transfer the frame's fields, good until this returns
     */
    default void onOversized(ReceiverLink link, IncomingTransfer transfer) {}

    /**
     * The sender stated its side: {@link ReceiverLink#credit} has been lowered if it gave credit back, which is how a drain ends.
     *
     * @param available messages the sender says it holds, or -1 if it does not say
     * @param drain the sender's drain flag
     * @param echo the sender wants to hear our state; the engine answers after this call unless a flow of this link was sent in it
     * @param properties the flow's properties, or null
     */
    default void onFlow(
            ReceiverLink link, long available, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {}

    /**
     * The sender settled a run of deliveries that were unsettled here, or stated a state for them. Settled ones are forgotten by the
     * engine.
     */
    default void onDisposition(
            ReceiverLink link, long firstId, long lastId, boolean settled, @Nullable DeliveryState state) {}
}
