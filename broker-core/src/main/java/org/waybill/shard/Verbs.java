package org.waybill.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.shard.BranchRequest.Verb;
import org.waybill.shard.Ends.End;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;
import org.waybill.tx.TransactionId;

/**
 * What each verb does with a branch in each state: {@link Branches} has the table, {@link Branch} the states. On the coordinator's
 * loop.
 */
final class Verbs {
    private static final Logger LOG = LoggerFactory.getLogger(Verbs.class);

    private final Shard shard;
    private final Coordinator table;
    private final Phases phases;

    Verbs(Shard shard, Coordinator table, Phases phases) {
        this.shard = shard;
        this.table = table;
        this.phases = phases;
    }

    void carryOut(TransactionId id, Verb verb, Asker asker) {
        switch (verb) {
            case PREPARE -> prepare(id, asker);
            case COMMIT -> commit(id, false, asker);
            case COMMIT_AT_ONCE -> commit(id, true, asker);
            case ROLL_BACK -> rollback(id, asker);
            case FORGET -> forget(id, asker::answer);
            case OUTCOME -> outcome(id, asker);
        }
    }

    private void prepare(TransactionId id, Asker asker) {
        Branch branch = table.branch(id);
        if (branch == null) {
            End end = table.end(id);
            if (end == null || end.isCommit()) {
                answerNot(asker, id, end);
            } else {
                asker.answer(end.code(), end.why());
            }
        } else if (branch.isBusy()) {
            branch.later(() -> prepare(id, asker));
        } else if (branch.isPromise) {
            asker.answer(XaCode.OK, null);
        } else if (!branch.associations.isEmpty()) {
            answerOutOfOrder(asker, branch);
        } else if (branch.shards.isEmpty()) {
            table.over(branch, End.READ_ONLY);
            asker.answer(XaCode.READ_ONLY, null);
        } else {
            table.keep(branch);
            phases.prepare(branch, failure -> {
                if (failure == null) {
                    branch.state = Branch.State.PREPARED;
                    asker.answer(XaCode.OK, null);
                } else {
                    table.over(branch, failure);
                    asker.answer(failure.code(), failure.why());
                }
                released(branch);
            });
        }
    }

    private void commit(TransactionId id, boolean onePhase, Asker asker) {
        Branch branch = table.branch(id);
        if (branch == null) {
            End end = table.end(id);
            if (end == null || !end.isCommit() && !end.isRollback()) {
                answerNot(asker, id, end);
            } else {
                asker.answer(end.code(), end.why());
            }
        } else if (branch.isBusy()) {
            branch.later(() -> commit(id, onePhase, asker));
        } else if (branch.state == Branch.State.PREPARED && !onePhase) {
            phases.commit(branch, end -> ended(branch, end, asker));
        } else if (isHeuristic(branch) && !onePhase) {
            answerHeuristic(asker, branch);
        } else if (branch.state == Branch.State.OPEN && onePhase && branch.associations.isEmpty()) {
            table.keep(branch);
            phases.commitAtOnce(branch, end -> ended(branch, end, asker));
        } else {
            answerOutOfOrder(asker, branch);
        }
    }

    private void rollback(TransactionId id, Asker asker) {
        Branch branch = table.branch(id);
        if (branch == null) {
            End end = table.end(id);
            if (end == null || !end.isRollback()) {
                answerNot(asker, id, end);
            } else {
                asker.answer(XaCode.OK, null);
            }
        } else if (branch.isBusy()) {
            branch.later(() -> rollback(id, asker));
        } else if (isHeuristic(branch)) {
            answerHeuristic(asker, branch);
        } else if (branch.associations.isEmpty()) {
            table.keep(branch);
            phases.rollBack(branch, () -> {
                table.over(branch, End.ROLLED_BACK);
                asker.answer(XaCode.OK, null);
                released(branch);
            });
        } else {
            answerOutOfOrder(asker, branch);
        }
    }

    /** Forgets what an administrator has decided; the reply is given when that is forced. */
    private void forget(TransactionId id, Consumer<BranchReply<Void>> reply) {
        Branch branch = table.branch(id);
        if (branch == null) {
            End end = table.end(id);
            reply.accept(
                    end == null
                            ? BranchReply.of(XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id))
                            : BranchReply.of(XaCode.OK));
        } else if (branch.isBusy()) {
            branch.later(() -> forget(id, reply));
        } else if (isHeuristic(branch)) {
            End end = branch.state == Branch.State.COMMITTED ? End.COMMITTED : End.ROLLED_BACK;
            branch.state = Branch.State.CHANGING;
            shard.branchRecords().forget(id);
            shard.turn().afterwards(() -> {
                table.over(branch, end);
                reply.accept(BranchReply.of(XaCode.OK));
                released(branch);
            });
        } else {
            reply.accept(BranchReply.of(
                    XaCode.OUT_OF_ORDER,
                    "branch " + branch.xid + " is " + branch.stateName() + ": nobody has decided it"));
        }
    }

    /** Says what became of a branch. */
    private void outcome(TransactionId id, Asker asker) {
        Branch branch = table.branch(id);
        if (branch != null && branch.isBusy()) {
            branch.later(() -> outcome(id, asker));
            return;
        }
        asker.answer(BranchReply.of(branch == null ? outcome(table.end(id)) : outcome(branch)));
    }

    private static Branches.Outcome outcome(@Nullable End end) {
        if (end == null || !end.isCommit() && !end.isRollback()) {
            return Branches.Outcome.UNKNOWN;
        }
        return end.isRollback() ? Branches.Outcome.ROLLED_BACK : Branches.Outcome.COMMITTED;
    }

    private static Branches.Outcome outcome(Branch branch) {
        return switch (branch.state) {
            case PREPARED -> Branches.Outcome.PREPARED;
            case COMMITTED -> Branches.Outcome.COMMITTED;
            case ROLLED_BACK -> Branches.Outcome.ROLLED_BACK;
            default -> Branches.Outcome.UNKNOWN;
        };
    }

    /** The names of branches that are promised and not over, in the order of their bytes: up to {@code max} behind this one. */
    void list(byte[] after, int max, Asker asker) {
        List<TransactionId> ids = new ArrayList<>();
        for (Branch branch : table.all()) {
            if (branch.isPromise && Arrays.compareUnsigned(branch.id.bytes(), after) > 0) {
                ids.add(branch.id);
            }
        }
        ids.sort((one, other) -> Arrays.compareUnsigned(one.bytes(), other.bytes()));
        asker.answer(BranchReply.of(List.copyOf(ids.subList(0, Math.min(max, ids.size())))));
    }

    // ---- administration

    /** Decides a branch in doubt instead of its transaction manager; {@code done} follows when that is so. */
    void decide(Branch branch, boolean committed, Runnable done) {
        LOG.warn(
                "WB2131 branch {} was {} by an administrator, {} messages sent and {} held; its transaction manager will hear of it",
                branch.xid,
                committed ? "committed" : "rolled back",
                branch.sent,
                branch.held);
        phases.decide(branch, committed, () -> {
            branch.state = committed ? Branch.State.COMMITTED : Branch.State.ROLLED_BACK;
            done.run();
            released(branch);
        });
    }

    /** Forgets such a decision, without its transaction manager. */
    void forget(Branch branch, Runnable done) {
        LOG.warn("WB2132 the decision about branch {} was forgotten by an administrator", branch.xid);
        forget(branch.id, result -> done.run());
    }

    // ---- answers

    private static boolean isHeuristic(Branch branch) {
        return branch.state == Branch.State.COMMITTED || branch.state == Branch.State.ROLLED_BACK;
    }

    private void ended(Branch branch, End end, Asker asker) {
        table.over(branch, end);
        asker.answer(end.code(), end.why());
        released(branch);
    }

    /** A branch has changed: what waited goes on. */
    private static void released(Branch branch) {
        branch.takeWaiting().forEach(Runnable::run);
    }

    private void answerHeuristic(Asker asker, Branch branch) {
        boolean committed = branch.state == Branch.State.COMMITTED;
        asker.answer(
                committed ? XaCode.HEURISTIC_COMMITTED : XaCode.HEURISTIC_ROLLED_BACK,
                "an administrator has " + (committed ? "committed" : "rolled back") + " branch " + branch.xid);
    }

    private void answerOutOfOrder(Asker asker, Branch branch) {
        asker.answer(XaCode.OUT_OF_ORDER, "branch " + branch.xid + " is " + branch.stateName());
    }

    /** A verb that does not fit how a branch ended, or one about a branch nobody knows. */
    private void answerNot(Asker asker, TransactionId id, @Nullable End end) {
        if (end != null && end.isCommit()) {
            asker.answer(XaCode.OUT_OF_ORDER, "branch " + BranchEvents.xid(id) + " was committed");
        } else {
            asker.answer(XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id));
        }
    }
}
