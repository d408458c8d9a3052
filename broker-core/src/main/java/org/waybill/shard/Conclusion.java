package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.waybill.tx.TransactionId;

/**
 * The end of a transaction over several shards, once it is decided: every participant concludes its part, then the coordinator
 * forgets its decision. It runs to its end whatever becomes of the session; after a crash the next start runs it again.
 */
final class Conclusion {
    private final TransactionId id;
    private final Shard coordinator;
    private final Runnable whenDone;
    private final List<Shard> shards = new ArrayList<>();
    private final List<Runnable> parts = new ArrayList<>();
    private int notDone;
    private int notForced;

    /**
     * A conclusion without participants.
     *
     * @param whenDone called on the coordinator's loop when all of them have concluded, though that may not be forced yet: the
     *     decision is
     */
    Conclusion(TransactionId id, Shard coordinator, Runnable whenDone) {
        this.id = id;
        this.coordinator = coordinator;
        this.whenDone = whenDone;
    }

    Shard coordinator() {
        return coordinator;
    }

    /** Adds a participant and what it does on its loop, before {@link #begin}. */
    void add(Shard shard, Runnable part) {
        shards.add(shard);
        parts.add(part);
    }

    /** Tells the participants; on the coordinator's loop. */
    void begin() {
        notDone = shards.size();
        notForced = shards.size();
        if (notDone == 0) {
            whenDone.run();
            coordinator.participant().forget(id);
        }
        for (int i = 0; i < shards.size(); i++) {
            Shard shard = shards.get(i);
            Runnable part = parts.get(i);
            shard.execute(() -> conclude(shard, part));
        }
    }

    private void conclude(Shard shard, Runnable part) {
        part.run();
        coordinator.execute(this::done);
        shard.turn().afterwards(() -> coordinator.execute(this::forced));
    }

    private void done() {
        if (--notDone == 0) {
            whenDone.run();
        }
    }

    private void forced() {
        if (--notForced == 0) {
            coordinator.participant().forget(id);
        }
    }
}
