package org.waybill.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Invariant;
import org.waybill.shard.Ends.End;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.BranchLedger.Heuristic;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * The branches that one shard coordinates, and what each verb does in each state ({@link Branches} has the table, {@link Branch} the
 * states). On the shard's loop.
 */
final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final String LOST = "a connection that worked in the branch was lost";

    private final Shard shard;
    private final BranchLedger ledger;
    private final Map<TransactionId, Branch> branches = new HashMap<>();
    private final Ends ends;
    private final Deadlines deadlines;
    private @Nullable Phases phases;
    private int most;

    Coordinator(Shard shard, BranchLedger ledger) {
        this.shard = shard;
        this.ledger = ledger;
        this.ends = new Ends(ledger);
        this.deadlines = new Deadlines(shard, this::expire);
    }

    /** Begins to work, with the participants; before any session does. */
    void start(Shard[] shards, TransactionSettings settings) {
        phases = new Phases(shard, shards);
        most = Math.max(1, settings.maxBranches() / shards.length);
        if (!branches.isEmpty()) {
            LOG.warn("WB2130 shard {}: {} branches are in doubt or not forgotten", shard.number(), branches.size());
        }
    }

    void stop() {
        deadlines.stop();
    }

    private Phases phases() {
        return Invariant.present(phases);
    }

    /** Runs a task here: at once when the caller is on this shard's loop in a turn of this shard. */
    void execute(int caller, Runnable task) {
        if (caller == shard.number()) {
            task.run();
        } else {
            shard.execute(task);
        }
    }

    // ---- recovery

    /** A participant has promised its part in a branch that nobody has decided. */
    void found(TransactionId id, int participant, Part part) {
        Branch branch = recovered(id, Invariant.present(ledger.promise(id)));
        branch.shards.set(participant);
        branch.promised.set(participant);
        branch.sent += part.sent();
        branch.held += part.held();
    }

    /** A participant knows how a branch ended. */
    void found(TransactionId id, boolean committed) {
        if (ledger.end(id) == null) {
            ends.remember(id, committed ? End.COMMITTED : End.ROLLED_BACK);
        }
    }

    /** All participants have said what they found. */
    void recovered() {
        ledger.forEachPromise((id, promise) -> {
            Branch branch = recovered(id, promise);
            boolean whole = Arrays.equals(branch.promised.stream().toArray(), promise.participants());
            Invariant.check(
                    whole || promise.heuristic() != Heuristic.NONE,
                    "branch " + branch.xid + " is prepared, and a participant knows nothing of it");
        });
    }

    private Branch recovered(TransactionId id, BranchLedger.Promise promise) {
        return branches.computeIfAbsent(id, key -> {
            Branch branch = new Branch(id, promise.owner(), promise.sinceMs());
            branch.isPromise = true;
            branch.state = switch (promise.heuristic()) {
                case NONE -> Branch.State.PREPARED;
                case COMMITTED -> Branch.State.COMMITTED;
                case ROLLED_BACK -> Branch.State.ROLLED_BACK;
            };
            return branch;
        });
    }

    // ---- work

    void start(Xid xid, Association association, long timeoutMs, Transaction work, Asker<Transaction> asker) {
        TransactionId id = BranchEvents.id(xid);
        if (branches.containsKey(id) || shard.state().ledger().decision(id) != null) {
            answer(asker, XaCode.DUPLICATE, "there is a branch " + xid + " already");
        } else if (branches.size() >= most) {
            answer(asker, XaCode.ERROR, "there are " + most + " branches already (transactions.max-branches)");
        } else {
            ends.forget(id);
            Branch branch = new Branch(id, association.session.containerId(), shard.nowMs());
            branches.put(id, branch);
            deadlines.set(branch, timeoutMs);
            associate(branch, association);
            asker.answer(shard, BranchReply.of(work));
        }
    }

    void join(Xid xid, Association association, Transaction work, Asker<Transaction> asker) {
        TransactionId id = BranchEvents.id(xid);
        Branch branch = branches.get(id);
        if (branch != null && branch.isBusy()) {
            branch.later(() -> join(xid, association, work, asker));
        } else if (takesWork(id, branch, asker)) {
            associate(Invariant.present(branch), association);
            asker.answer(shard, BranchReply.of(work));
        }
    }

    /** Goes on with what {@code before} suspended; null when the session has suspended nothing in this branch. */
    void resume(
            Xid xid,
            @Nullable Association before,
            Association association,
            Transaction work,
            Asker<Transaction> asker) {
        TransactionId id = BranchEvents.id(xid);
        Branch branch = branches.get(id);
        if (branch != null && branch.isBusy()) {
            branch.later(() -> resume(xid, before, association, work, asker));
        } else if (takesWork(id, branch, asker)) {
            if (before == null || before.branch != branch || !before.suspended) {
                answer(asker, XaCode.OUT_OF_ORDER, "this connection has suspended no work in branch " + xid);
                return;
            }
            leave(before);
            associate(Invariant.present(branch), association);
            asker.answer(shard, BranchReply.of(work));
        }
    }

    /** Whether somebody may begin to work in a branch; else that is answered. */
    private boolean takesWork(TransactionId id, @Nullable Branch branch, Asker<Transaction> asker) {
        End end = branch == null ? ends.of(id) : branch.doom;
        if (end != null && end.isRollback()) {
            answer(asker, end.code(), end.why());
        } else if (branch == null) {
            answerUnknown(asker, id);
        } else if (branch.state != Branch.State.OPEN) {
            answer(asker, XaCode.OUT_OF_ORDER, "branch " + branch.xid + " is " + branch.stateName());
        } else {
            return true;
        }
        return false;
    }

    private static void associate(Branch branch, Association association) {
        association.branch = branch;
        branch.associations.add(association);
    }

    private static void leave(Association association) {
        Branch branch = association.branch;
        if (branch != null) {
            branch.associations.remove(association);
            association.branch = null;
        }
    }

    /** A session ends or suspends its work, of which so many parts are on their way to their shards. */
    void end(Association association, Branches.End how, int parts, Asker<Void> asker) {
        association.ends(how, parts, asker);
        endIfComplete(association);
    }

    /** A part of a session's work is where it belongs: on this shard, or on none because it is nothing. */
    void arrived(Association association, int participant, int sent, int held) {
        association.arrived();
        Branch branch = association.branch;
        if (branch != null) {
            if (participant >= 0) {
                branch.shards.set(participant);
            }
            branch.sent += sent;
            branch.held += held;
        }
        endIfComplete(association);
    }

    private void endIfComplete(Association association) {
        Branch branch = association.branch;
        Branches.End how = association.end;
        if (branch == null || how == null || !association.isComplete()) {
            return;
        }
        Asker<Void> asker = association.asker();
        if (how == Branches.End.SUSPEND && !association.lost) {
            association.suspend();
        } else {
            leave(association);
        }
        if (association.lost) {
            doom(branch, XaCode.ROLLED_BACK_CONNECTION_LOST, LOST);
        } else if (how == Branches.End.FAIL) {
            doom(branch, XaCode.ROLLED_BACK, "work in the branch was ended as failed");
        }
        End doom = branch.doom;
        if (doom != null) {
            phases().undo(branch);
        }
        if (doom == null || how == Branches.End.FAIL) {
            answer(asker, XaCode.OK, null);
        } else {
            answer(asker, doom.code(), doom.why());
        }
        changed(branch);
    }

    /** Something done in a branch failed. */
    void broken(Association association, String why) {
        if (association.branch != null) {
            doom(association.branch, XaCode.ROLLED_BACK, why);
        }
    }

    /** A session that works in a branch is gone. */
    void lost(Association association) {
        Branch branch = association.branch;
        if (branch == null) {
            return;
        }
        if (association.end != null) {
            association.lost = true;
            return;
        }
        leave(association);
        doom(branch, XaCode.ROLLED_BACK_CONNECTION_LOST, LOST);
        changed(branch);
    }

    private void expire(Branch branch) {
        doom(branch, XaCode.ROLLED_BACK_TIMEOUT, "the branch was open for too long, and was rolled back");
        changed(branch);
    }

    /** From here on a branch can only be rolled back, and what was done in it is undone. */
    private void doom(Branch branch, XaCode code, String why) {
        if (branch.state == Branch.State.OPEN && branch.doom == null) {
            branch.doom = new End(code, why);
            deadlines.clear(branch);
            phases().undo(branch);
            branch.associations.forEach(Association::doom);
        }
    }

    /** A branch may have come to its end, and verbs may go on that waited for it to change. */
    private void changed(Branch branch) {
        if (branch.doom != null && branch.associations.isEmpty()) {
            over(branch, branch.doom);
        }
        if (!branch.isBusy()) {
            branch.takeWaiting().forEach(Runnable::run);
        }
    }

    private void over(Branch branch, End end) {
        deadlines.clear(branch);
        branches.remove(branch.id);
        ends.remember(branch.id, end);
    }

    // ---- verbs

    void prepare(TransactionId id, Asker<Void> asker) {
        Branch branch = branches.get(id);
        if (branch == null) {
            End end = ends.of(id);
            if (end == null || end == End.COMMITTED) {
                answerNot(asker, id, end);
            } else {
                answer(asker, end.code(), end.why());
            }
        } else if (branch.isBusy()) {
            branch.later(() -> prepare(id, asker));
        } else if (branch.isPromise) {
            answer(asker, XaCode.OK, null);
        } else if (!branch.associations.isEmpty()) {
            answerOutOfOrder(asker, branch);
        } else if (branch.shards.isEmpty()) {
            over(branch, End.READ_ONLY);
            answer(asker, XaCode.READ_ONLY, null);
        } else {
            deadlines.clear(branch);
            phases().prepare(branch, failure -> {
                if (failure == null) {
                    branch.state = Branch.State.PREPARED;
                    answer(asker, XaCode.OK, null);
                } else {
                    over(branch, failure);
                    answer(asker, failure.code(), failure.why());
                }
                released(branch);
            });
        }
    }

    void commit(TransactionId id, boolean onePhase, Asker<Void> asker) {
        Branch branch = branches.get(id);
        if (branch == null) {
            End end = ends.of(id);
            if (end == null || end == End.READ_ONLY) {
                answerNot(asker, id, end);
            } else {
                answer(asker, end.code(), end.why());
            }
        } else if (branch.isBusy()) {
            branch.later(() -> commit(id, onePhase, asker));
        } else if (branch.state == Branch.State.PREPARED && !onePhase) {
            phases().commit(branch, end -> ended(branch, end, asker));
        } else if (isHeuristic(branch) && !onePhase) {
            answerHeuristic(asker, branch);
        } else if (branch.state == Branch.State.OPEN && onePhase && branch.associations.isEmpty()) {
            deadlines.clear(branch);
            phases().commitAtOnce(branch, end -> ended(branch, end, asker));
        } else {
            answerOutOfOrder(asker, branch);
        }
    }

    void rollback(TransactionId id, Asker<Void> asker) {
        Branch branch = branches.get(id);
        if (branch == null) {
            End end = ends.of(id);
            if (end == null || !end.isRollback()) {
                answerNot(asker, id, end);
            } else {
                answer(asker, XaCode.OK, null);
            }
        } else if (branch.isBusy()) {
            branch.later(() -> rollback(id, asker));
        } else if (isHeuristic(branch)) {
            answerHeuristic(asker, branch);
        } else if (branch.associations.isEmpty()) {
            deadlines.clear(branch);
            phases().rollBack(branch, () -> {
                over(branch, End.ROLLED_BACK);
                answer(asker, XaCode.OK, null);
                released(branch);
            });
        } else {
            answerOutOfOrder(asker, branch);
        }
    }

    void forget(TransactionId id, Asker<Void> asker) {
        forget(id, result -> answer(asker, result.code(), result.error()));
    }

    /** Forgets what an administrator has decided; the reply is given when that is forced. */
    private void forget(TransactionId id, Consumer<BranchReply<Void>> reply) {
        Branch branch = branches.get(id);
        if (branch == null) {
            End end = ends.of(id);
            reply.accept(
                    end == null
                            ? BranchReply.of(XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id))
                            : BranchReply.of(XaCode.OK));
        } else if (branch.isBusy()) {
            branch.later(() -> forget(id, reply));
        } else if (isHeuristic(branch)) {
            over(branch, branch.state == Branch.State.COMMITTED ? End.COMMITTED : End.ROLLED_BACK);
            shard.branchParts().forget(id);
            shard.turn().afterwards(() -> reply.accept(BranchReply.of(XaCode.OK)));
        } else {
            reply.accept(BranchReply.of(
                    XaCode.OUT_OF_ORDER,
                    "branch " + branch.xid + " is " + branch.stateName() + ": nobody has decided it"));
        }
    }

    /** Says what became of a branch. */
    void outcome(TransactionId id, Asker<Branches.Outcome> asker) {
        Branch branch = branches.get(id);
        if (branch != null && branch.isBusy()) {
            branch.later(() -> outcome(id, asker));
            return;
        }
        asker.answer(shard, BranchReply.of(branch == null ? outcome(ends.of(id)) : outcome(branch)));
    }

    private static Branches.Outcome outcome(@Nullable End end) {
        if (end == null || end == End.READ_ONLY) {
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
    void list(byte[] after, int max, Asker<List<TransactionId>> asker) {
        List<TransactionId> ids = new ArrayList<>();
        for (Branch branch : branches.values()) {
            if (branch.isPromise && Arrays.compareUnsigned(branch.id.bytes(), after) > 0) {
                ids.add(branch.id);
            }
        }
        ids.sort((one, other) -> Arrays.compareUnsigned(one.bytes(), other.bytes()));
        asker.answer(shard, BranchReply.of(List.copyOf(ids.subList(0, Math.min(max, ids.size())))));
    }

    // ---- administration

    Collection<Branch> all() {
        return branches.values();
    }

    @Nullable
    Branch find(Xid xid) {
        return branches.get(BranchEvents.id(xid));
    }

    /** Decides a branch in doubt instead of its transaction manager; {@code done} follows when that is so. */
    void decide(Branch branch, boolean committed, Runnable done) {
        LOG.warn(
                "WB2131 branch {} was {} by an administrator, {} messages sent and {} held; its transaction manager will hear of it",
                branch.xid,
                committed ? "committed" : "rolled back",
                branch.sent,
                branch.held);
        phases().decide(branch, committed, () -> {
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

    private void ended(Branch branch, End end, Asker<Void> asker) {
        over(branch, end);
        answer(asker, end.code(), end.why());
        released(branch);
    }

    /** A branch has changed: what waited goes on. */
    private static void released(Branch branch) {
        branch.takeWaiting().forEach(Runnable::run);
    }

    private <T> void answer(Asker<T> asker, XaCode code, @Nullable String why) {
        asker.answer(shard, new BranchReply<>(code, why, null));
    }

    private void answerHeuristic(Asker<Void> asker, Branch branch) {
        boolean committed = branch.state == Branch.State.COMMITTED;
        answer(
                asker,
                committed ? XaCode.HEURISTIC_COMMITTED : XaCode.HEURISTIC_ROLLED_BACK,
                "an administrator has " + (committed ? "committed" : "rolled back") + " branch " + branch.xid);
    }

    private void answerOutOfOrder(Asker<Void> asker, Branch branch) {
        answer(asker, XaCode.OUT_OF_ORDER, "branch " + branch.xid + " is " + branch.stateName());
    }

    private <T> void answerUnknown(Asker<T> asker, TransactionId id) {
        answer(asker, XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id));
    }

    /** A verb that does not fit how a branch ended, or one about a branch nobody knows. */
    private void answerNot(Asker<Void> asker, TransactionId id, @Nullable End end) {
        if (end == End.COMMITTED) {
            answer(asker, XaCode.OUT_OF_ORDER, "branch " + BranchEvents.xid(id) + " was committed");
        } else {
            answerUnknown(asker, id);
        }
    }
}
