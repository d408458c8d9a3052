package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientTransaction;

/** A message that was sent without waiting. Each is itself alone: two sends of the same bytes are two. */
final class OutgoingSend {
    private final byte @Nullable [] bytes;
    private final @Nullable ClientTransaction transaction;
    private final @Nullable Message message;
    private final @Nullable CompletionListener listener;

    /**
     * Sent just now.
     *
     * @param bytes what to send again on another connection, or null where there will be none
     * @param transaction the transaction it belongs to, or null
     * @param message what the listener gets, or null without one
     * @param listener who is told of the outcome, or null
     */
    OutgoingSend(
            byte @Nullable [] bytes,
            @Nullable ClientTransaction transaction,
            @Nullable Message message,
            @Nullable CompletionListener listener) {
        this.bytes = bytes;
        this.transaction = transaction;
        this.message = message;
        this.listener = listener;
    }

    byte @Nullable [] bytes() {
        return bytes;
    }

    @Nullable
    ClientTransaction transaction() {
        return transaction;
    }

    @Nullable
    Message message() {
        return message;
    }

    @Nullable
    CompletionListener listener() {
        return listener;
    }
}
