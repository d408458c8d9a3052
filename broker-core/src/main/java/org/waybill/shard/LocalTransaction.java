package org.waybill.shard;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.tx.TransactionId;

/** A local transaction: with one {@link Outgoing} it commits as one frame of that shard, with more in two phases ({@link Commits}). */
final class LocalTransaction extends Work {
    private final OpenTransactions open;
    private @Nullable BrokerError broken;

    /** When something was first done in it; for {@link OpenTransactions}. */
    long beganNs;

    LocalTransaction(LocalSession session, OpenTransactions open) {
        super(session);
        this.open = open;
    }

    @Override
    void begins() {
        open.works(this);
    }

    @Override
    boolean isBroken() {
        return broken != null;
    }

    @Override
    boolean isOver() {
        return false;
    }

    @Override
    void breaks(BrokerError why) {
        broken = why;
        dropSends();
    }

    /** Its time is up: it is rolled back, and so is what is done in it from now on. */
    void expire(BrokerError why) {
        breaks(why);
        undo();
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        BrokerError why = broken;
        if (why != null) {
            end(rolledBack -> reply.accept(new Reply.Refused<>(why)));
            return;
        }
        open.ended(this);
        if (shares.isEmpty()) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        } else if (shares.size() == 1) {
            Outgoing only = shares.get(0);
            session.lane(only.shard).add(Batch.Kind.COMMIT, only, 0, 0, null, reply);
        } else {
            commitTogether(reply);
        }
    }

    /** The shard with the most to send coordinates. */
    private void commitTogether(Consumer<Reply<Boolean>> reply) {
        Outgoing most = shares.get(0);
        for (Outgoing share : shares) {
            most = share.size() > most.size() ? share : most;
        }
        int coordinator = most.shard;
        int[] participants = shares.stream()
                .mapToInt(share -> share.shard)
                .filter(shard -> shard != coordinator)
                .toArray();
        CommitPlan plan = new CommitPlan(
                TransactionId.local(open.newName()), coordinator, session.term(coordinator), participants);
        for (Outgoing share : shares) {
            session.lane(share.shard)
                    .add(Batch.Kind.PREPARE, share, 0, 0, plan, share.shard == coordinator ? reply : null);
        }
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        end(reply);
    }

    /** Rolls back without an answer. */
    void abandon() {
        end(rolledBack -> {});
    }

    private void end(Consumer<Reply<Boolean>> reply) {
        open.ended(this);
        dropSends();
        if (shares.isEmpty()) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        } else {
            rollBack(reply);
        }
    }
}
