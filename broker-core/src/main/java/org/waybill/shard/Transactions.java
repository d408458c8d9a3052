package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Cancellable;
import org.waybill.io.Invariant;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.tx.Ledger;
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
    void start(Peers others) {
        peers = others;
        Conclusions made = new Conclusions(shard, others);
        conclusions = made;
        commits = new Commits(shard, others, made);
        shard.state().ledger().forEachDecided((id, participants) -> made.begin(id, true, participants, () -> {}));
        shard.parts().begin(others);
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

    /** Has the participants of a transaction do what this shard has decided; as {@link Conclusions#begin}. */
    void conclude(TransactionId id, boolean committed, int[] participants, Runnable whenDone) {
        conclusions().begin(id, committed, participants, whenDone);
        wake();
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

    // ---- from shards

    /** Takes what a shard says, in a turn of this one. What comes when this shard does not lead, or may not act, will be said again. */
    void receive(int from, ShardMessage message) {
        if (peers != null && !stopped && shard.log().mayAct()) {
            take(from, message);
            shard.split();
            wake();
        }
    }

    private void take(int from, ShardMessage message) {
        TransactionId id = message.id();
        if (message instanceof Conclude conclude) {
            conclude(from, conclude);
        } else if (message instanceof Concluded concluded) {
            conclusions().concluded(from, id, concluded.forced());
        } else if (message instanceof Promised promised) {
            commits().promised(from, id, promised.logged());
        } else if (message instanceof Refused refused) {
            commits().refused(from, id, refused.why());
        } else if (message instanceof InDoubt doubt) {
            inDoubt(from, doubt);
        }
    }

    private void conclude(int coordinator, Conclude message) {
        TransactionId id = message.id();
        shard.parts().conclude(id, message.committed());
        peers().tell(coordinator, new Concluded(id, false));
        shard.turn().afterwards(() -> peers().tell(coordinator, new Concluded(id, true)));
    }

    private void inDoubt(int from, InDoubt doubt) {
        TransactionId id = doubt.id();
        if (id.kind() == TransactionId.LOCAL) {
            commits().inDoubt(from, id, doubt.logged(), doubt.found());
            return;
        }
        Ledger ledger = shard.state().ledger();
        if (!ledger.branches().isInDoubt(id) && ledger.decision(id) == null) {
            peers().tell(from, new Conclude(id, false));
        }
    }

    // ---- time

    private void wake() {
        if (timer == null && !stopped && isBusy()) {
            timer = shard.loop().schedule(BEAT_NS, () -> shard.execute(this::beat));
        }
    }

    private boolean isBusy() {
        return !shard.parts().isDecided()
                || !commits().isEmpty()
                || !conclusions().isEmpty();
    }

    private void beat() {
        timer = null;
        if (!stopped) {
            shard.parts().beat(peers());
            commits().beat();
            conclusions().beat();
            wake();
        }
    }
}
