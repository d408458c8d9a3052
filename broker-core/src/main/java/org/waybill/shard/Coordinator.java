package org.waybill.shard;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
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
 * The branches that one shard coordinates, and who works in them: {@link Verbs} does the rest. On the shard's loop.
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
    private @Nullable Verbs verbs;
    private int most;

    Coordinator(Shard shard, BranchLedger ledger) {
        this.shard = shard;
        this.ledger = ledger;
        this.ends = new Ends(ledger);
        this.deadlines = new Deadlines(shard, this::expire);
    }

    /** Begins to work, with the participants; before any session does. */
    void start(Shards shards, TransactionSettings settings) {
        Phases made = new Phases(shard, shards);
        phases = made;
        verbs = new Verbs(shard, this, made);
        most = Math.max(1, settings.maxBranches() / shards.count());
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

    /** What can be done with a branch as a whole. */
    Verbs verbs() {
        return Invariant.present(verbs);
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
            answer(asker, XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id));
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

    // ---- the table, for verbs

    @Nullable
    Branch branch(TransactionId id) {
        return branches.get(id);
    }

    Collection<Branch> all() {
        return branches.values();
    }

    /** How a branch ended that is not there any more; null when nobody knows. */
    @Nullable
    End end(TransactionId id) {
        return ends.of(id);
    }

    /** A branch has all the time there is. */
    void keep(Branch branch) {
        deadlines.clear(branch);
    }

    /** A branch is no more but for this. */
    void over(Branch branch, End end) {
        deadlines.clear(branch);
        branches.remove(branch.id);
        ends.remember(branch.id, end);
    }

    private <T> void answer(Asker<T> asker, XaCode code, @Nullable String why) {
        asker.answer(shard, new BranchReply<>(code, why, null));
    }
}
