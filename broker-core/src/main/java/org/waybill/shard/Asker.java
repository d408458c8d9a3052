package org.waybill.shard;

import java.util.function.Consumer;
import org.waybill.spi.BranchReply;

/**
 * Who waits for a coordinator's answer.
 *
 * @param <T> the type of its value
 * @param session where the answer goes if it is still there
 */
record Asker<T>(LocalSession session, Consumer<BranchReply<T>> reply) {
    /** Gives the answer, on the coordinator's loop. */
    void answer(Shard coordinator, BranchReply<T> result) {
        Outbox outbox = coordinator.outboxes.get(session);
        if (outbox != null) {
            outbox.answers().add(Batch.Kind.REPLY, (Runnable) () -> reply.accept(result), 0, 0, null, null);
        }
    }
}
