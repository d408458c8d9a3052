package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * The end of a transaction over several shards, once it is decided: every participant concludes its part, then the coordinator
 * forgets its decision. It runs to its end whatever becomes of the session; after a crash the next start runs it again.
 */
final class Conclusion {
    private final TransactionId id;
    private final Shard coordinator;
    private final boolean committed;
    private final Runnable whenDone;
    private final List<Shard> shards = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    private final List<@Nullable Share> shares = new ArrayList<>();
    private int notDone;
    private int notForced;

    /**
     * A conclusion without participants.
     *
     * @param whenDone called on the coordinator's loop when all of them have concluded, though that may not be forced yet: the
     *     decision is
     */
    Conclusion(TransactionId id, Shard coordinator, boolean committed, Runnable whenDone) {
        this.id = id;
        this.coordinator = coordinator;
        this.committed = committed;
        this.whenDone = whenDone;
    }

    Shard coordinator() {
        return coordinator;
    }

    /** Adds a participant, before {@link #begin}; its share is null when the session ended with the process. */
    void add(Shard shard, Part part, @Nullable Share share) {
        shards.add(shard);
        parts.add(part);
        shares.add(share);
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
            Part part = parts.get(i);
            Share share = shares.get(i);
            shard.execute(() -> conclude(shard, part, share));
        }
    }

    private void conclude(Shard shard, Part part, @Nullable Share share) {
        shard.participant().conclude(id, part, share, committed);
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
