package org.waybill.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which consumer of an exclusive queue gets everything: the one of the highest priority, among equals the oldest. Another takes over only
 * when what the former held has its outcome and, if it came back, is in its place: so the order of messages is kept.
 */
final class Standby {
    /** In the order of coming. */
    private final List<QueueConsumer> consumers = new ArrayList<>();

    private @Nullable QueueConsumer active;

    @Nullable
    QueueConsumer active() {
        return active;
    }

    void attach(QueueConsumer consumer) {
        consumer.standsBy = true;
        consumers.add(consumer);
    }

    void detach(QueueConsumer consumer) {
        consumers.remove(consumer);
    }

    /** Says who gets everything from now on, or null when nobody does for the moment. */
    @Nullable
    QueueConsumer elect() {
        QueueConsumer former = active;
        QueueConsumer best = null;
        for (QueueConsumer consumer : consumers) {
            if (best == null || consumer.priority > best.priority) {
                best = consumer;
            }
        }
        if (former == best) {
            return best;
        }
        if (former != null) {
            // it gets no more; as long as it holds something nobody does
            former.standsBy = true;
            if (former.holds()) {
                return former;
            }
        }
        if (best != null) {
            best.standsBy = false;
        }
        active = best;
        return best;
    }
}
