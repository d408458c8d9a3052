package org.waybill.shard;

import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.Ends.End;
import org.waybill.spi.BrokerError;
import org.waybill.spi.XaCode;
import org.waybill.tx.BranchLedger.Heuristic;
import org.waybill.tx.BranchLedger.Promise;
import org.waybill.tx.TransactionId;

/**
 * Changes branches together with their participants, on the coordinator's loop. What the coordinator itself has to do in a branch it
 * does in the frame of its own record: on one shard a promise is one frame, and a decision another.
 *
 * <p>Each change calls back once it is done, and as safe as it must be.
 */
final class Phases {
    private final Shard shard;
    private final Shards shards;
    private final Parts own;

    Phases(Shard shard, Shards shards) {
        this.shard = shard;
        this.shards = shards;
        this.own = shard.parts();
    }

    /** Promises; calls back with null, or with why it was rolled back instead. */
    void prepare(Branch branch, Consumer<@Nullable End> done) {
        branch.state = Branch.State.CHANGING;
        ask(branch, refusal -> {
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
                own.promise(id, new Promise(branch.sinceMs, branch.owner, participants, Heuristic.NONE));
            }
            shard.turn().afterwards(() -> done.accept(null));
        });
    }

    /** Commits what was not promised; calls back with how it ended. */
    void commitAtOnce(Branch branch, Consumer<End> done) {
        branch.state = Branch.State.CHANGING;
        if (branch.shards.cardinality() == 1 && !isHere(branch)) {
            commitElsewhere(branch, shards.here(branch.shards.nextSetBit(0)), done);
            return;
        }
        ask(branch, refusal -> {
            BrokerError why = refusal != null || !isHere(branch) ? refusal : own.commit(branch.id);
            if (why == null) {
                commit(branch, !branch.promised.isEmpty(), done);
            } else {
                abort(branch, why, done);
            }
        });
    }

    private void commitElsewhere(Branch branch, Shard only, Consumer<End> done) {
        only.execute(() -> {
            BrokerError why = only.parts().commit(branch.id);
            End end = why == null ? End.COMMITTED : failed(why);
            only.turn().afterwards(() -> shard.execute(() -> done.accept(end)));
            only.split();
        });
    }

    /** Commits what was promised; calls back with how it ended. */
    void commit(Branch branch, Consumer<End> done) {
        branch.state = Branch.State.CHANGING;
        own.conclude(branch.id, true);
        commit(branch, !branch.promised.isEmpty(), done);
    }

    /** This turn's frame decides; then the others conclude. */
    private void commit(Branch branch, boolean recorded, Consumer<End> done) {
        if (recorded) {
            own.end(branch.id, true);
        }
        decided(branch, true, () -> done.accept(End.COMMITTED));
    }

    /** Rolls back, promised or not; calls back once that is done. */
    void rollBack(Branch branch, Runnable done) {
        branch.state = Branch.State.CHANGING;
        own.conclude(branch.id, false);
        if (branch.promised.isEmpty()) {
            conclude(branch, false, done);
        } else {
            own.end(branch.id, false);
            decided(branch, false, done);
        }
    }

    /** Does what an administrator has decided of a promise. */
    void decide(Branch branch, boolean committed, Runnable done) {
        branch.state = Branch.State.CHANGING;
        own.conclude(branch.id, committed);
        if (branch.promised.isEmpty()) {
            own.promise(branch.id, new Promise(branch.sinceMs, branch.owner, new int[0], Heuristic.NONE));
        }
        own.decide(branch.id, committed);
        decided(branch, committed, done);
    }

    /** Undoes at once what sessions have done in a branch that can only be rolled back. */
    void undo(Branch branch) {
        for (int i = branch.shards.nextSetBit(0); i >= 0; i = branch.shards.nextSetBit(i + 1)) {
            Parts parts = shards.here(i).parts();
            if (i == shard.number()) {
                parts.undo(branch.id);
            } else {
                shards.here(i).execute(() -> parts.undo(branch.id));
            }
        }
        branch.shards.clear();
        branch.sent = 0;
        branch.held = 0;
    }

    private boolean isHere(Branch branch) {
        return branch.shards.get(shard.number());
    }

    /** Asks the other participants for their promises; calls back with null if they are forced, or with a refusal. */
    private void ask(Branch branch, Consumer<@Nullable BrokerError> done) {
        BitSet others = others(branch.shards);
        if (others.isEmpty()) {
            done.accept(null);
            return;
        }
        Round round = new Round(branch, others.cardinality(), done);
        others.stream().forEach(i -> shards.here(i).execute(() -> round.ask(shards.here(i), shard)));
    }

    private BitSet others(BitSet of) {
        BitSet others = (BitSet) of.clone();
        others.clear(shard.number());
        return others;
    }

    /** The answers of participants that were asked for their promises. */
    private static final class Round {
        private final Branch branch;
        private final Consumer<@Nullable BrokerError> done;
        private int missing;
        private @Nullable BrokerError refusal;

        Round(Branch branch, int missing, Consumer<@Nullable BrokerError> done) {
            this.branch = branch;
            this.missing = missing;
            this.done = done;
        }

        /** On the participant's loop. */
        void ask(Shard participant, Shard coordinator) {
            TransactionId id = branch.id;
            BrokerError why = participant.parts().prepare(id, coordinator.number());
            boolean promised = participant.parts().isPromised(id);
            participant
                    .turn()
                    .afterwards(() -> coordinator.execute(() -> {
                        answered(participant.number(), why, promised);
                        coordinator.split();
                    }));
            participant.split();
        }

        private void answered(int participant, @Nullable BrokerError why, boolean promised) {
            refusal = refusal == null ? why : refusal;
            if (promised) {
                branch.promised.set(participant);
            }
            if (--missing == 0) {
                done.accept(refusal);
            }
        }
    }

    /** Somebody could not promise: nothing was recorded here, so that is the end of it everywhere. */
    private void abort(Branch branch, BrokerError why, Consumer<End> done) {
        own.conclude(branch.id, false);
        conclude(branch, false, () -> done.accept(failed(why)));
    }

    private static End failed(BrokerError why) {
        return new End(XaCode.ROLLED_BACK, why.message());
    }

    private void decided(Branch branch, boolean committed, Runnable done) {
        if (committed) {
            shard.participant()
                    .decided(branch.id, others(branch.promised).stream().toArray());
        }
        shard.turn().afterwards(() -> conclude(branch, committed, done));
    }

    private void conclude(Branch branch, boolean committed, Runnable done) {
        int[] participants = others(branch.shards).stream().toArray();
        shard.transactions().conclude(branch.id, committed, participants, done);
    }
}
