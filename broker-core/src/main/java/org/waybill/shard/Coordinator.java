package org.waybill.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Invariant;
import org.waybill.shard.Ends.End;
import org.waybill.shard.ShardMessage.Arrived;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.TransactionId;

/**
 * The branches that one shard coordinates, and who works in them: {@link Verbs} does the rest. On the shard's loop.
 */
final class Coordinator {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final String LOST = "a connection that worked in the branch was lost";

    /** Beats that somebody waits for an answer. */
    private static final int PATIENCE_BEATS = 15;

    /** Beats that the parts of a session's work have to come to where they belong. */
    private static final int ARRIVAL_BEATS = 10;

    private final Shard shard;
    private final BranchLedger ledger;
    private final Map<TransactionId, Branch> branches = new LinkedHashMap<>();
    private final Map<WorkId, Association> associations = new LinkedHashMap<>();
    private final List<Asker> waiting = new ArrayList<>();
    private final Ends ends;
    private final Deadlines deadlines;
    private @Nullable Peers peers;
    private @Nullable Conclusions conclusions;
    private @Nullable Rounds rounds;
    private @Nullable Inquiries inquiries;
    private @Nullable Phases phases;
    private @Nullable Verbs verbs;
    private int most;

    Coordinator(Shard shard, BranchLedger ledger) {
        this.shard = shard;
        this.ledger = ledger;
        this.ends = new Ends(ledger);
        this.deadlines = new Deadlines(shard, this::expire);
    }

    /** Begins to work, with the promises that recovery has found; before any session does. */
    void start(Peers others, Conclusions decided, TransactionSettings settings) {
        peers = others;
        conclusions = decided;
        Rounds made = new Rounds(others, shard.clock().newName());
        rounds = made;
        inquiries = new Inquiries(shard.number(), others);
        Phases changes = new Phases(shard, others, made, decided);
        phases = changes;
        verbs = new Verbs(shard, this, changes);
        limit(settings);
        ledger.forEachPromise((id, promise) -> branches.put(id, recovered(id, promise)));
        branches.values().stream()
                .filter(branch -> branch.state == Branch.State.PREPARED)
                .forEach(changes::count);
        if (!branches.isEmpty()) {
            LOG.warn("WB2130 shard {}: {} branches are in doubt or not forgotten", shard.number(), branches.size());
        }
    }

    private static Branch recovered(TransactionId id, BranchLedger.Promise promise) {
        Branch branch = new Branch(id, promise.owner(), promise.sinceMs());
        branch.isPromise = true;
        branch.state = switch (promise.heuristic()) {
            case NONE -> Branch.State.PREPARED;
            case COMMITTED -> Branch.State.COMMITTED;
            case ROLLED_BACK -> Branch.State.ROLLED_BACK;
        };
        for (int participant : promise.participants()) {
            branch.shards.set(participant);
            branch.promised.set(participant);
        }
        return branch;
    }

    /** Bounds the branches there may be. */
    void limit(TransactionSettings settings) {
        most = Math.max(1, settings.maxBranches() / peers().count());
    }

    void stop() {
        deadlines.stop();
    }

    private Peers peers() {
        return Invariant.present(peers);
    }

    private Phases phases() {
        return Invariant.present(phases);
    }

    /** Questions to participants. */
    Rounds rounds() {
        return Invariant.present(rounds);
    }

    private Inquiries inquiries() {
        return Invariant.present(inquiries);
    }

    /** What can be done with a branch as a whole. */
    Verbs verbs() {
        return Invariant.present(verbs);
    }

    // ---- from sessions

    /** A session asks for something. */
    void take(BranchRequest request, Outbox outbox, Asker asker) {
        if (request instanceof BranchRequest.Start start) {
            start(start, outbox, asker);
        } else if (request instanceof BranchRequest.End end) {
            end(end, asker);
        } else if (request instanceof BranchRequest.Broken broken) {
            broken(broken);
        } else if (request instanceof BranchRequest.Whole whole) {
            carryOut(whole.id(), () -> verbs().carryOut(whole.id(), whole.verb(), asker));
        } else if (request instanceof BranchRequest.Recover recover) {
            verbs().list(recover.after(), recover.max(), asker);
        }
        if (!asker.isAnswered()) {
            waiting.add(asker);
        }
    }

    /** Of what is known neither to be nor to have been others may know. */
    private void carryOut(TransactionId id, Runnable verb) {
        if (branches.containsKey(id) || ends.of(id) != null || peers().count() == 1) {
            verb.run();
        } else {
            inquiries().ask(id, verb);
        }
    }

    private void start(BranchRequest.Start asked, Outbox outbox, Asker asker) {
        switch (asked.how()) {
            case NEW -> begin(asked, outbox, asker);
            case JOIN -> join(asked, outbox, asker);
            case RESUME -> resume(asked, outbox, asker);
        }
    }

    private void begin(BranchRequest.Start asked, Outbox outbox, Asker asker) {
        TransactionId id = asked.id();
        if (branches.containsKey(id)
                || shard.state().ledger().decision(id) != null
                || Invariant.present(conclusions).isUnderWay(id)) {
            asker.answer(XaCode.DUPLICATE, "there is a branch " + BranchEvents.xid(id) + " already");
        } else if (branches.size() >= most) {
            asker.answer(XaCode.ERROR, "there are " + most + " branches already (transactions.max-branches)");
        } else {
            ends.forget(id);
            Branch branch = new Branch(id, outbox.session.containerId(), shard.nowMs());
            branches.put(id, branch);
            deadlines.set(branch, asked.timeoutMs());
            associate(branch, asked.work(), outbox);
            asker.answer(XaCode.OK, null);
        }
    }

    private void join(BranchRequest.Start asked, Outbox outbox, Asker asker) {
        Branch branch = branches.get(asked.id());
        if (isGone(outbox)) {
            return;
        }
        if (branch != null && branch.isBusy()) {
            branch.later(() -> join(asked, outbox, asker));
        } else if (takesWork(asked.id(), branch, asker)) {
            associate(Invariant.present(branch), asked.work(), outbox);
            asker.answer(XaCode.OK, null);
        }
    }

    private void resume(BranchRequest.Start asked, Outbox outbox, Asker asker) {
        Branch branch = branches.get(asked.id());
        if (isGone(outbox)) {
            return;
        }
        if (branch != null && branch.isBusy()) {
            branch.later(() -> resume(asked, outbox, asker));
        } else if (takesWork(asked.id(), branch, asker)) {
            WorkId named = asked.before();
            Association before = named == null ? null : associations.get(named);
            if (before == null || before.branch != branch || !before.suspended) {
                asker.answer(
                        XaCode.OUT_OF_ORDER,
                        "this connection has suspended no work in branch " + BranchEvents.xid(asked.id()));
                return;
            }
            leave(before);
            associate(Invariant.present(branch), asked.work(), outbox);
            asker.answer(XaCode.OK, null);
        }
    }

    private boolean isGone(Outbox outbox) {
        return shard.outboxes.get(outbox.session) != outbox;
    }

    /** Whether somebody may begin to work in a branch; else that is answered. */
    private boolean takesWork(TransactionId id, @Nullable Branch branch, Asker asker) {
        End end = branch == null ? ends.of(id) : branch.doom;
        if (end != null && end.isRollback()) {
            asker.answer(end.code(), end.why());
        } else if (branch == null) {
            asker.answer(XaCode.UNKNOWN, "there is no branch " + BranchEvents.xid(id));
        } else if (branch.state != Branch.State.OPEN) {
            asker.answer(XaCode.OUT_OF_ORDER, "branch " + branch.xid + " is " + branch.stateName());
        } else {
            return true;
        }
        return false;
    }

    private void associate(Branch branch, WorkId work, Outbox outbox) {
        Association association = new Association(work, outbox, branch);
        associations.put(work, association);
        branch.associations.add(association);
        outbox.associations.add(association);
    }

    private void leave(Association association) {
        associations.remove(association.work);
        association.branch.associations.remove(association);
        association.outbox.associations.remove(association);
    }

    /** A session ends or suspends its work, of which parts are on their way to their shards. */
    private void end(BranchRequest.End asked, Asker asker) {
        Association association = associations.get(asked.work());
        if (association == null) {
            takesWork(asked.id(), null, asker);
        } else {
            association.ends(asked.how(), asked.shards(), asker);
            endIfComplete(association);
        }
    }

    private void endIfComplete(Association association) {
        Branches.End how = association.end;
        if (how == null || !association.isComplete()) {
            return;
        }
        Branch branch = association.branch;
        Asker asker = association.asker();
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
            asker.answer(XaCode.OK, null);
        } else {
            asker.answer(doom.code(), doom.why());
        }
        changed(branch);
    }

    private void broken(BranchRequest.Broken broken) {
        Association association = associations.get(broken.work());
        if (association != null) {
            doom(association.branch, XaCode.ROLLED_BACK, broken.why());
        }
    }

    /** A session is gone, and with it whatever it works in. */
    void lost(Outbox outbox) {
        for (Association association : List.copyOf(outbox.associations)) {
            if (association.end != null) {
                association.lost = true;
            } else {
                leave(association);
                doom(association.branch, XaCode.ROLLED_BACK_CONNECTION_LOST, LOST);
                changed(association.branch);
            }
        }
    }

    // ---- from shards

    /** A part of a session's work is where it belongs. It may say so again. */
    void arrived(int participant, Arrived message) {
        Association association = associations.get(message.work());
        Branch branch = association == null ? branches.get(message.id()) : association.branch;
        if (association != null && association.arrives(participant)) {
            if (message.kept() && !association.branch.holds(participant, message.term())) {
                doom(
                        association.branch,
                        XaCode.ROLLED_BACK,
                        "a shard got another leader, and what was done in the branch there was lost");
            }
            association.branch.sent += message.sent();
            association.branch.held += message.held();
            endIfComplete(association);
        } else if (message.kept() && (branch == null || !branch.shards.get(participant))) {
            peers().tell(participant, new Conclude(message.id(), false));
        }
    }

    /** A participant asks what became of its promise. */
    void inDoubt(int participant, InDoubt asked) {
        TransactionId id = asked.id();
        Branch branch = branches.get(id);
        if (branch == null || branch.state == Branch.State.OPEN) {
            if (shard.state().ledger().decision(id) == null) {
                peers().tell(participant, new Conclude(id, false));
            }
        } else if (branch.state == Branch.State.PREPARED && !branch.shards.get(participant)) {
            // what is not durable is not in the promise that recovery has found
            branch.shards.set(participant);
            branch.sent += asked.sent();
            branch.held += asked.held();
        } else if (branch.state == Branch.State.COMMITTED || branch.state == Branch.State.ROLLED_BACK) {
            peers().tell(participant, new Conclude(id, branch.state == Branch.State.COMMITTED));
        }
    }

    /** Another shard knows, or does not, how a branch ended. */
    void endKnown(int from, EndKnown answer) {
        if (answer.committed() && !branches.containsKey(answer.id()) && ends.of(answer.id()) == null) {
            committed(answer.id());
        }
        inquiries().answered(from, answer);
    }

    /** A branch was committed at once, here or elsewhere. */
    void committed(TransactionId id) {
        ends.remember(id, End.COMMITTED);
    }

    /** Whether it is remembered here that a branch was committed. */
    boolean isCommitted(TransactionId id) {
        End end = ends.of(id);
        return end != null && end.isCommit();
    }

    // ---- time

    private void expire(Branch branch) {
        doom(branch, XaCode.ROLLED_BACK_TIMEOUT, "the branch was open for too long, and was rolled back");
        changed(branch);
    }

    /** Whether nobody waits for anything. */
    boolean isIdle() {
        return waiting.isEmpty() && rounds().isEmpty() && inquiries().isEmpty();
    }

    /** Time has passed. */
    void beat() {
        for (Association association : List.copyOf(associations.values())) {
            if (association.end != null && ++association.beats == ARRIVAL_BEATS) {
                doom(association.branch, XaCode.ROLLED_BACK, "what was done in the branch could not be put together");
                association.ends(Invariant.present(association.end), new int[0], association.asker());
                endIfComplete(association);
            }
        }
        rounds().beat();
        inquiries().beat();
        waiting.forEach(asker -> asker.beat(PATIENCE_BEATS));
        waiting.removeIf(Asker::isAnswered);
    }

    // ---- changes

    /** From here on a branch can only be rolled back, and what was done in it is undone. */
    private void doom(Branch branch, XaCode code, String why) {
        if (branch.state == Branch.State.OPEN && branch.doom == null) {
            branch.doom = new End(code, why);
            deadlines.clear(branch);
            phases().undo(branch);
            branch.associations.forEach(this::doom);
        }
    }

    /** Tells the session that all of its work is for nothing. */
    private void doom(Association association) {
        Outbox outbox = association.outbox;
        if (!isGone(outbox)) {
            outbox.answers().add(Batch.Kind.BRANCH_DOOMED, outbox.session, association.work.number(), 0, null, null);
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
        rounds().forget(branch.id);
        branches.remove(branch.id);
        ends.remember(branch.id, end);
    }
}
