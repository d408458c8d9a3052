package org.waybill.jms.engine;

import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** A run of sends that came to the same end, taken out of what is pending: tells their listeners. */
final class Settled implements Runnable {
    private final @Nullable SendListener[] listeners;
    private final @Nullable Object[] attachments;
    private final @Nullable DeliveryState state;
    private final @Nullable ClientException failure;
    private final @Nullable ClientException refusal;
    private int count;

    /**
     * Takes what there is from {@code first} to {@code last}.
     *
     * @param failure why there is no state, or null if there is
     * @param refusal what to tell those who do not want to know the state
     */
    Settled(
            PendingSends pending,
            long first,
            long last,
            @Nullable DeliveryState state,
            @Nullable ClientException failure,
            @Nullable ClientException refusal) {
        int room = (int) Math.max(0, last - first + 1);
        this.listeners = new SendListener[room];
        this.attachments = new Object[room];
        this.state = state;
        this.failure = failure;
        this.refusal = refusal;
        for (long token = first; token <= last; token++) {
            SendListener listener = pending.listener(token);
            if (listener != null) {
                listeners[count] = listener;
                attachments[count++] = pending.attachment(token);
                pending.remove(token);
            }
        }
    }

    /** How many there were. */
    int count() {
        return count;
    }

    @Override
    public void run() {
        SendListener before = null;
        for (int i = 0; i < count; i++) {
            SendListener listener = listeners[i];
            if (listener == null) {
                continue;
            }
            if (before != null && before != listener) {
                before.onRunEnd();
            }
            before = listener;
            if (listener instanceof StateListener curious) {
                curious.onState(state, failure);
            } else {
                listener.onOutcome(attachments[i], refusal);
            }
        }
        if (before != null) {
            before.onRunEnd();
        }
    }
}
