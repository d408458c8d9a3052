package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.spi.BranchReply;
import org.waybill.spi.XaCode;

/** Who waits for a coordinator's answer, on its loop: a request of a session, which gets one answer if the session is still there. */
final class Asker {
    private static final BranchReply<Void> UNAVAILABLE = BranchReply.of(
            XaCode.UNAVAILABLE,
            "not all parts of the broker could be asked in time; it will be done, or not, when they can");

    private final Shard coordinator;
    private final SessionPort session;
    private final long request;
    private boolean answered;
    private int beats;

    /** @param request the session's number for it; 0 when it wants no answer */
    Asker(Shard coordinator, SessionPort session, long request) {
        this.coordinator = coordinator;
        this.session = session;
        this.request = request;
        this.answered = request == 0;
    }

    SessionPort session() {
        return session;
    }

    boolean isAnswered() {
        return answered;
    }

    void answer(XaCode code, @Nullable String why) {
        answer(new BranchReply<>(code, why, null));
    }

    void answer(BranchReply<?> reply) {
        if (!answered) {
            answered = true;
            Outbox outbox = coordinator.outboxes.get(session);
            if (outbox != null) {
                outbox.answers().add(Batch.Kind.BRANCH_REPLY, session, request, 0, reply, null);
            }
        }
    }

    /** Time has passed; after so many beats there is another answer than that which was hoped for. */
    void beat(int patience) {
        if (++beats >= patience) {
            answer(UNAVAILABLE);
        }
    }
}
