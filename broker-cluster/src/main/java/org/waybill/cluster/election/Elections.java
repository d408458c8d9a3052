package org.waybill.cluster.election;

import java.util.concurrent.CompletionStage;

/** Elections as a node sees them. Thread-safe; nothing blocks. What it finds out it tells a {@link HintListener}. */
public interface Elections {
    /**
     * How this node's replica of a shard stands at this moment. Must be said at least every {@link ElectionOptions#staleNs}: what was
     * said before that counts no more, so that a shard that is stuck is not taken for one that leads.
     */
    void observe(int shard, Standing standing);

    /** Whether the registers answered last time: then this node hears soon who should lead. */
    boolean answers();

    /** What is known at this moment. */
    ElectionStatus status();

    /** Gives no hints any more and lets go of everything; ends within {@link ElectionOptions#closeNs}. */
    CompletionStage<Void> close();
}
