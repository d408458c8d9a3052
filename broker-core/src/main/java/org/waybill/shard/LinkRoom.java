package org.waybill.shard;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What of a session's waits on this node for room on a link, and which of its producers are paused for that. On the session's loop, but for
 * {@link #isWaitedFor}.
 */
final class LinkRoom {
    private final Set<SessionProducer> paused = new LinkedHashSet<>(0);

    /** Set on the session's loop. */
    private volatile boolean waits;

    /** All batches are tried again. */
    void begin() {
        waits = false;
    }

    /** Whether a batch may go now; if not, it waits here with what follows, and whoever has sends in it is paused. */
    boolean has(Lead lead, Batch batch) {
        if (!lead.isFull()) {
            return true;
        }
        waits = true;
        if (!lead.isFull()) {
            return true; // it may have got room before it was known who waits
        }
        for (int i = batch.seen; i < batch.size; i++) {
            if (batch.kinds[i] == Batch.Kind.SEND && paused.add((SessionProducer) batch.targets[i])) {
                ((SessionProducer) batch.targets[i]).handler.pause();
            }
        }
        batch.seen = batch.size;
        return false;
    }

    /** Whether something waits. Any thread. */
    boolean isWaitedFor() {
        return waits;
    }

    boolean isPaused(SessionProducer producer) {
        return paused.contains(producer);
    }

    /** Those that are paused no more, as nothing waits. */
    List<SessionProducer> resumed() {
        if (waits || paused.isEmpty()) {
            return List.of();
        }
        List<SessionProducer> resumed = List.copyOf(paused);
        paused.clear();
        return resumed;
    }
}
