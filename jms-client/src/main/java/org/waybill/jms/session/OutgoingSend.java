package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientTransaction;

/** A message that was sent without waiting. Each is itself alone: two sends of the same bytes are two. */
final class OutgoingSend {
    private final WaybillDestination to;
    private final byte @Nullable [] bytes;
    private final @Nullable ClientTransaction transaction;
    private final Message message;
    private final @Nullable CompletionListener listener;
    /** These two are {@link Completions}'s, under its lock. */
    private boolean completed;

    private @Nullable JMSException refusal;

    /**
     * Sent just now.
     *
     * @param bytes what to send again on another connection, or null where there will be none
     * @param transaction the transaction it belongs to, or null
     * @param message what the listener gets
     * @param listener who is told of the outcome, or null
     */
    OutgoingSend(
            WaybillDestination to,
            byte @Nullable [] bytes,
            @Nullable ClientTransaction transaction,
            Message message,
            @Nullable CompletionListener listener) {
        this.to = to;
        this.bytes = bytes;
        this.transaction = transaction;
        this.message = message;
        this.listener = listener;
    }

    WaybillDestination to() {
        return to;
    }

    byte @Nullable [] bytes() {
        return bytes;
    }

    @Nullable
    ClientTransaction transaction() {
        return transaction;
    }

    @Nullable
    CompletionListener listener() {
        return listener;
    }

    void complete(@Nullable JMSException why) {
        completed = true;
        refusal = why;
    }

    boolean isCompleted() {
        return completed;
    }

    /** Calls the listener. */
    void tell() {
        if (listener == null) {
            return;
        }
        if (refusal == null) {
            listener.onCompletion(message);
        } else {
            listener.onException(message, refusal);
        }
    }
}
