package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Xid;

/**
 * What a session does in a branch from start to end. On the session's loop; what the coordinator knows of it, by the name they both
 * use, is its {@link Association}.
 */
final class BranchWork extends Work {
    /** How far it is. */
    enum State {
        /** The coordinator is asked whether it may. */
        STARTING,
        /** It takes sends and outcomes. */
        ACTIVE,
        /** What it took is the branch's; the session will resume, or end it. */
        SUSPENDED,
        /** It is over. */
        ENDED
    }

    final Xid xid;
    final WorkId id;
    private final LocalBranches branches;
    private @Nullable BrokerError broken;
    State state = State.STARTING;

    BranchWork(LocalSession session, LocalBranches branches, Xid xid, WorkId id) {
        super(session);
        this.branches = branches;
        this.xid = xid;
        this.id = id;
    }

    @Override
    void begins() {}

    @Override
    boolean isBroken() {
        return isOver() || broken != null;
    }

    @Override
    boolean isOver() {
        if (state == State.ACTIVE) {
            return false;
        }
        if (broken == null) {
            breaks(new BrokerError(
                    Code.NOT_ALLOWED, "something was done in branch " + xid + " after its work had ended"));
        }
        return true;
    }

    @Override
    void breaks(BrokerError why) {
        broken = why;
        dropSends();
        branches.broken(this, why);
    }

    /** Gives away what was done. */
    List<Outgoing> takeShares() {
        List<Outgoing> taken = new ArrayList<>(shares);
        shares.clear();
        return taken;
    }

    /** The branch can only be rolled back: what was done so far is undone, and so is what comes. */
    void doomed() {
        if (state != State.ENDED) {
            broken = new BrokerError(Code.NOT_ALLOWED, "branch " + xid + " can only be rolled back");
            undo();
        }
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        refuse(reply);
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        refuse(reply);
    }

    private void refuse(Consumer<Reply<Boolean>> reply) {
        BrokerError why = new BrokerError(
                Code.NOT_ALLOWED, "this is work in branch " + xid + ", which its transaction manager ends");
        session.answerLater(() -> reply.accept(new Reply.Refused<>(why)));
    }
}
