package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientTransaction;

/**
 * A message that was sent without waiting.
 *
 * @param bytes what to send again on another connection, or null where there is none
 * @param transaction the transaction it belongs to, or null
 * @param message what the listener gets, or null without one
 * @param listener who is told of the outcome, or null
 */
record OutgoingSend(
        byte @Nullable [] bytes,
        @Nullable ClientTransaction transaction,
        @Nullable Message message,
        @Nullable CompletionListener listener) {
    /** By identity: two sends of the same bytes are two. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
