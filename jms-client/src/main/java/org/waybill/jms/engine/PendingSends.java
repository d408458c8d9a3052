package org.waybill.jms.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who hears of a sender's deliveries, by token, which are consecutive: a ring that grows. */
final class PendingSends {
    private @Nullable SendListener[] listeners = new SendListener[16];
    private @Nullable Object[] attachments = new Object[16];
    private long first;
    private long next;

    /** Adds one; answers its token. */
    long add(SendListener listener, @Nullable Object attachment) {
        if (next - first == listeners.length) {
            grow();
        }
        listeners[slot(next)] = listener;
        attachments[slot(next)] = attachment;
        return next++;
    }

    /** Who hears of this one; null if it is gone. */
    @Nullable
    SendListener listener(long token) {
        return token < first || token >= next ? null : listeners[slot(token)];
    }

    /** What was given with this one. */
    @Nullable
    Object attachment(long token) {
        return attachments[slot(token)];
    }

    /** Forgets one that is there. */
    void remove(long token) {
        listeners[slot(token)] = null;
        attachments[slot(token)] = null;
        while (first < next && listeners[slot(first)] == null) {
            first++;
        }
    }

    /** The oldest token that may still be there. */
    long first() {
        return first;
    }

    /** One after the newest token. */
    long next() {
        return next;
    }

    private int slot(long token) {
        return (int) token & listeners.length - 1;
    }

    private void grow() {
        @Nullable SendListener[] oldListeners = listeners;
        @Nullable Object[] oldAttachments = attachments;
        listeners = Arrays.copyOf(oldListeners, oldListeners.length * 2);
        attachments = Arrays.copyOf(oldAttachments, oldAttachments.length * 2);
        Arrays.fill(listeners, null);
        Arrays.fill(attachments, null);
        for (long token = first; token < next; token++) {
            int from = (int) token & oldListeners.length - 1;
            listeners[slot(token)] = oldListeners[from];
            attachments[slot(token)] = oldAttachments[from];
        }
    }
}
