package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Cancellable;
import org.waybill.io.Invariant;
import org.waybill.shard.ShardMessage.Arrived;
import org.waybill.shard.ShardMessage.CommitAtOnce;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.OfTransaction;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.tx.TransactionId;

/**
 * One shard's part in transactions over several: as a participant ({@link Parts}), and as the coordinator of others ({@link Commits},
 * {@link Coordinator}, {@link Conclusions}). Takes what other shards say, and lets them know that time passes while something is
 * undecided. On the shard's loop.
 */
final class Transactions {
    /** What has no answer for so long is said again. */
    static final long BEAT_NS = 1_000_000_000L;

    private final Shard shard;
    private @Nullable Peers peers;
    private @Nullable Commits commits;
    private @Nullable Conclusions conclusions;
    private @Nullable Cancellable timer;
    private boolean stopped;

    Transactions(Shard shard) {
        this.shard = shard;
    }

    /** Begins to work, with what recovery has found: concludes what is decided, and asks about what is not. */
    void start(Peers others, TransactionSettings settings) {
        peers = others;
        Conclusions made = new Conclusions(shard, others);
        conclusions = made;
        commits = new Commits(shard, others, made);
        shard.state().ledger().forEachDecided((id, participants) -> made.begin(id, true, participants, () -> {}));
        shard.parts().begin(others);
        shard.coordinator().start(others, made, settings);
        wake();
    }

    /** Says nothing any more. */
    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private Peers peers() {
        return Invariant.present(peers);
    }

    private Commits commits() {
        return Invariant.present(commits);
    }

    private Conclusions conclusions() {
        return Invariant.present(conclusions);
    }

    // ---- from sessions

    /** A session asks for its part in a commit over several shards. */
    void prepare(CommitPlan plan, Share share, Outbox outbox, @Nullable Object reply) {
        if (plan.coordinator() == shard.number()) {
            commits().begin(plan, share, outbox.session, Invariant.present(reply));
        } else {
            shard.parts().prepare(plan, share, peers());
        }
        wake();
    }

    /** A session gives away what it has done in a branch here. */
    void arrive(Arrival arrival, Share share) {
        Arrived arrived = shard.parts().arrive(arrival, share);
        if (arrival.coordinator() == shard.number()) {
            shard.coordinator().arrived(shard.number(), arrived);
        } else {
            peers().tell(arrival.coordinator(), arrived);
        }
        wake();
    }

    /** A session asks for something to be done with a branch that this shard coordinates. */
    void take(BranchRequest request, long number, Outbox outbox) {
        shard.coordinator().take(request, outbox, new Asker(shard, outbox.session, number));
        wake();
    }

    // ---- from shards

    /** Takes what a shard says, in a turn of this one. */
    void receive(int from, OfTransaction message) {
        if (peers != null && !stopped) {
            take(from, message);
            wake();
        }
    }

    private void take(int from, OfTransaction message) {
        Parts parts = shard.parts();
        Coordinator coordinator = shard.coordinator();
        boolean isLocal = message.id().kind() == TransactionId.LOCAL;
        if (message instanceof Conclude conclude) {
            parts.conclude(from, conclude, peers());
        } else if (message instanceof Concluded concluded) {
            conclusions().concluded(from, concluded.id(), concluded.forced());
        } else if (message instanceof Promised promised && isLocal) {
            commits().promised(from, promised.id(), promised.term(), promised.logged());
        } else if (message instanceof Refused refused && isLocal) {
            commits().refused(from, refused.id(), refused.why());
        } else if (message instanceof InDoubt doubt && isLocal) {
            commits().inDoubt(from, doubt);
        } else if (message instanceof Promised promised) {
            coordinator.rounds().promised(from, promised);
        } else if (message instanceof Refused refused) {
            coordinator.rounds().refused(refused);
        } else if (message instanceof InDoubt doubt) {
            coordinator.inDoubt(from, doubt);
        } else if (message instanceof Arrived arrived) {
            coordinator.arrived(from, arrived);
        } else if (message instanceof Prepare prepare) {
            parts.prepare(from, prepare, peers());
        } else if (message instanceof CommitAtOnce commit) {
            parts.commitAtOnce(from, commit, peers());
        } else if (message instanceof EndWanted wanted) {
            parts.endWanted(from, wanted, peers());
        } else if (message instanceof EndKnown known) {
            coordinator.endKnown(from, known);
        }
    }

    // ---- time

    private void wake() {
        if (timer == null && !stopped && isBusy()) {
            timer = shard.loop().schedule(BEAT_NS, () -> shard.execute(this::beat));
        }
    }

    private boolean isBusy() {
        return !shard.parts().isEmpty()
                || !commits().isEmpty()
                || !conclusions().isEmpty()
                || !shard.coordinator().isIdle();
    }

    private void beat() {
        timer = null;
        if (!stopped) {
            shard.parts().beat(peers());
            commits().beat();
            shard.coordinator().beat();
            conclusions().beat();
            wake();
        }
    }
}
