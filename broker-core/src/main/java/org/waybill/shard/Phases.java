package org.waybill.shard;

import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.shard.Ends.End;
import org.waybill.shard.ShardMessage.CommitAtOnce;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.spi.BrokerError;
import org.waybill.spi.XaCode;
import org.waybill.tx.BranchLedger.Heuristic;
import org.waybill.tx.BranchLedger.Promise;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * Changes branches together with their participants, on the coordinator's loop. What the coordinator itself has to do in a branch it
 * does in the frame of its own record: on one shard a promise is one frame, and a decision another.
 *
 * <p>Each change calls back once it is done, and as safe as it must be.
 */
final class Phases {
    private static final Logger LOG = LoggerFactory.getLogger(Phases.class);

    private final Shard shard;
    private final Peers peers;
    private final Rounds rounds;
    private final Conclusions conclusions;
    private final Parts own;
    private final BranchRecords records;

    Phases(Shard shard, Peers peers, Rounds rounds, Conclusions conclusions) {
        this.shard = shard;
        this.peers = peers;
        this.rounds = rounds;
        this.conclusions = conclusions;
        this.own = shard.parts();
        this.records = shard.branchRecords();
    }

    /** Promises; calls back with null, or with why it was rolled back instead. */
    void prepare(Branch branch, Consumer<@Nullable End> done) {
        branch.state = Branch.State.CHANGING;
        askForPromises(branch, refusal -> {
            TransactionId id = branch.id;
            BrokerError why = refusal != null || !isHere(branch) ? refusal : own.prepare(id, shard.number());
            if (why != null) {
                abort(branch, why, done);
                return;
            }
            if (isHere(branch) && own.isPromised(id)) {
                branch.promised.set(shard.number());
            }
            branch.sinceMs = shard.nowMs();
            branch.isPromise = true;
            if (!branch.promised.isEmpty()) {
                int[] participants = branch.promised.stream().toArray();
                records.promise(id, new Promise(branch.sinceMs, branch.owner, participants, Heuristic.NONE));
            }
            shard.turn().afterwards(() -> done.accept(null));
        });
    }

    /** Commits what was not promised; calls back with how it ended. */
    void commitAtOnce(Branch branch, Consumer<End> done) {
        branch.state = Branch.State.CHANGING;
        if (branch.shards.cardinality() == 1 && !isHere(branch)) {
            commitElsewhere(branch, done);
            return;
        }
        askForPromises(branch, refusal -> {
            BrokerError why = refusal != null || !isHere(branch) ? refusal : own.commit(branch.id);
            if (why == null) {
                commit(branch, !branch.promised.isEmpty() || records.isCommitted(branch.id), done);
            } else {
                abort(branch, why, done);
            }
        });
    }

    private void commitElsewhere(Branch branch, Consumer<End> done) {
        TransactionId id = branch.id;
        rounds.ask(
                id,
                branch.shards,
                (participant, round) -> new CommitAtOnce(id, branch.termOf(participant), round),
                new Rounds.Answers(
                        (participant, answer) -> {},
                        refusal -> done.accept(refusal == null ? End.COMMITTED : failed(refusal))));
    }

    /** Commits what was promised; calls back with how it ended. */
    void commit(Branch branch, Consumer<End> done) {
        begin(branch, true);
        commit(branch, !branch.promised.isEmpty(), done);
    }

    /** A decision about a promise takes effect here. */
    private void begin(Branch branch, boolean committed) {
        branch.state = Branch.State.CHANGING;
        rounds.forget(branch.id);
        own.conclude(branch.id, committed);
    }

    /** This turn's frame decides; then the others conclude. */
    private void commit(Branch branch, boolean recorded, Consumer<End> done) {
        if (recorded) {
            records.end(branch.id, true);
        }
        decided(branch, true, recorded, () -> done.accept(End.COMMITTED));
    }

    /** Rolls back, promised or not; calls back once that is done. */
    void rollBack(Branch branch, Runnable done) {
        begin(branch, false);
        if (branch.promised.isEmpty()) {
            conclude(branch, false, done);
        } else {
            records.end(branch.id, false);
            decided(branch, false, true, done);
        }
    }

    /** Does what an administrator has decided of a promise. */
    void decide(Branch branch, boolean committed, Runnable done) {
        begin(branch, committed);
        if (branch.promised.isEmpty()) {
            records.promise(branch.id, new Promise(branch.sinceMs, branch.owner, new int[0], Heuristic.NONE));
        }
        records.decide(branch.id, committed);
        decided(branch, committed, true, done);
    }

    /** Undoes at once what sessions have done in a branch that can only be rolled back. */
    void undo(Branch branch) {
        own.conclude(branch.id, false);
        others(branch.shards).stream().forEach(i -> peers.tell(i, new Conclude(branch.id, false)));
        branch.shards.clear();
        branch.sent = 0;
        branch.held = 0;
    }

    /** Learns from the participants what a promise holds that was found in the log. */
    void count(Branch branch) {
        Part part = own.part(branch.id);
        branch.sent = part.sent();
        branch.held = part.held();
        TransactionId id = branch.id;
        rounds.ask(
                id,
                others(branch.promised),
                (participant, round) -> new Prepare(id, 0, round),
                new Rounds.Answers(
                        (participant, answer) -> {
                            branch.sent += answer.sent();
                            branch.held += answer.held();
                        },
                        refusal -> {
                            if (refusal != null) {
                                LOG.error(
                                        "WB2133 branch {} is prepared, and a shard knows nothing of its part in it",
                                        branch.xid);
                            }
                        }));
    }

    private boolean isHere(Branch branch) {
        return branch.shards.get(shard.number());
    }

    /** Asks the other participants for their promises; calls back with null if they are forced, or with a refusal. */
    private void askForPromises(Branch branch, Consumer<@Nullable BrokerError> done) {
        TransactionId id = branch.id;
        rounds.ask(
                id,
                others(branch.shards),
                (participant, round) -> new Prepare(id, branch.termOf(participant), round),
                new Rounds.Answers(
                        (participant, answer) -> {
                            if (answer.logged()) {
                                branch.promised.set(participant);
                            }
                        },
                        done));
    }

    private BitSet others(BitSet of) {
        BitSet others = (BitSet) of.clone();
        others.clear(shard.number());
        return others;
    }

    /** Somebody could not promise: nothing was recorded here, so that is the end of it everywhere. */
    private void abort(Branch branch, BrokerError why, Consumer<End> done) {
        own.conclude(branch.id, false);
        conclude(branch, false, () -> done.accept(failed(why)));
    }

    private static End failed(BrokerError why) {
        return new End(XaCode.ROLLED_BACK, why.message());
    }

    private void decided(Branch branch, boolean committed, boolean recorded, Runnable done) {
        if (committed && recorded) {
            shard.participant()
                    .decided(branch.id, others(branch.shards).stream().toArray());
        }
        shard.turn().afterwards(() -> conclude(branch, committed, done));
    }

    private void conclude(Branch branch, boolean committed, Runnable done) {
        conclusions.begin(branch.id, committed, others(branch.shards).stream().toArray(), done);
    }
}
