package org.waybill.jms.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** Hears the very state that a message was settled with. */
interface StateListener extends SendListener {
    /**
     * A message was settled, or its link is over.
     *
     * @param failure why there is no state to come; null if the server settled it
     */
    void onState(@Nullable DeliveryState state, @Nullable ClientException failure);

    @Override
    default void onOutcome(@Nullable Object attachment, @Nullable ClientException refusal) {
        throw new IllegalStateException("told by its state");
    }
}
