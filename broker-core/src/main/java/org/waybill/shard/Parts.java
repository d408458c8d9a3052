package org.waybill.shard;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.Ledger;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * What transactions have to do on one shard, by their names: of a branch it arrives here when a session ends its work, of a local
 * transaction over several shards when its session asks for the commit, and it leaves when the coordinator says what becomes of it. A
 * promise that is not decided for long is asked about. On the shard's loop.
 */
final class Parts {
    private static final int MOST_BEATS_BETWEEN = 10;

    private final Shard shard;
    private final Participant participant;
    private final Ledger ledger;
    private final Map<TransactionId, Share> shares = new HashMap<>();
    private final Map<TransactionId, Doubt> doubts = new HashMap<>();
    private final Bytes event = new Bytes();

    Parts(Shard shard, Participant participant, Ledger ledger) {
        this.shard = shard;
        this.participant = participant;
        this.ledger = ledger;
    }

    /** A promise that a coordinator is to decide. */
    private static final class Doubt {
        final int coordinator;
        final boolean found;
        private int beats;
        private int askAt = 2;

        Doubt(int coordinator, boolean found) {
            this.coordinator = coordinator;
            this.found = found;
        }

        /** Whether it is time to ask, which it is more and more rarely. */
        boolean isDue() {
            if (++beats < askAt) {
                return false;
            }
            askAt = beats + Math.min(beats, MOST_BEATS_BETWEEN);
            return true;
        }
    }

    // ---- local transactions

    /** Promises a local transaction's work; its coordinator hears of it once that is forced. */
    void prepare(CommitPlan plan, Share share, Peers peers) {
        TransactionId id = plan.id();
        int coordinator = plan.coordinator();
        BrokerError refusal = participant.prepare(id, coordinator, share);
        if (refusal != null) {
            shard.turn().afterwards(() -> peers.tell(coordinator, new Refused(id, refusal)));
            return;
        }
        shares.put(id, share);
        doubts.put(id, new Doubt(coordinator, false));
        boolean logged = isPromised(id);
        shard.turn().afterwards(() -> peers.tell(coordinator, new Promised(id, logged)));
    }

    // ---- what is not decided

    /** Asks about every promise that recovery has found. */
    void begin(Peers peers) {
        ledger.forEachPrepared((id, promise) -> doubts.put(id, new Doubt(promise.coordinator(), true)));
        doubts.forEach((id, doubt) -> ask(id, doubt, peers));
    }

    private void ask(TransactionId id, Doubt doubt, Peers peers) {
        peers.tell(doubt.coordinator, new InDoubt(id, isPromised(id), doubt.found));
    }

    /** Whether no promise waits for its decision. */
    boolean isDecided() {
        return doubts.isEmpty();
    }

    /** Time has passed: asks about what is not decided since the last time. */
    void beat(Peers peers) {
        doubts.forEach((id, doubt) -> {
            if (doubt.isDue()) {
                ask(id, doubt, peers);
            }
        });
    }

    // ---- branches

    /** A session has done this in a branch; returns whether there is anything to keep. */
    boolean arrive(TransactionId id, Share share) {
        if (share.isEmpty()) {
            return false;
        }
        Share before = shares.putIfAbsent(id, share);
        if (before != null) {
            before.absorb(share);
            if (before.size() > Work.MAX_SENDS || before.bytes > Work.MAX_BYTES) {
                before.refusal = Work.tooMuch();
                shard.storage().resident(-before.dropSends());
            }
        }
        return true;
    }

    /** Undoes what is promised to nobody. */
    void undo(TransactionId id) {
        Share share = shares.remove(id);
        if (share != null) {
            participant.rollBack(share);
        }
    }

    /** Promises a branch's work, as {@link Participant#prepare}. */
    @Nullable
    BrokerError prepare(TransactionId id, int coordinator) {
        Share share = shares.get(id);
        BrokerError refusal = share == null ? null : participant.prepare(id, coordinator, share);
        if (refusal != null) {
            shares.remove(id);
        }
        return refusal;
    }

    /** Whether the log has a promise of this shard. */
    boolean isPromised(TransactionId id) {
        return ledger.isPrepared(id);
    }

    /** Does a branch's work here at once, and records that this is its end if any of it is durable. */
    @Nullable
    BrokerError commit(TransactionId id) {
        Share share = shares.remove(id);
        if (share == null) {
            return null;
        }
        boolean durable = share.isDurable();
        BrokerError refusal = participant.commit(share);
        if (refusal == null && durable) {
            end(id, true);
        }
        return refusal;
    }

    /** Does with a transaction's work what was decided; nothing if it has done so before. */
    void conclude(TransactionId id, boolean committed) {
        doubts.remove(id);
        Share share = shares.remove(id);
        Part part = share == null ? ledger.promised(id) : share.part;
        if (part != null) {
            participant.conclude(id, part, share, committed);
        }
    }

    // ---- the coordinator's records

    void promise(TransactionId id, BranchLedger.Promise promise) {
        shard.turn().record(Events.BRANCH_PREPARED, BranchEvents.prepared(event.clear(), id, promise));
        ledger.branches().prepared(id, promise);
    }

    /** Records the end of a branch, unless that is known already. */
    void end(TransactionId id, boolean committed) {
        if (!Objects.equals(ledger.branches().end(id), committed)) {
            shard.turn().record(Events.BRANCH_ENDED, BranchEvents.decision(event.clear(), id, committed));
            ledger.branches().ended(id, committed);
        }
    }

    void decide(TransactionId id, boolean committed) {
        shard.turn().record(Events.BRANCH_DECIDED, BranchEvents.decision(event.clear(), id, committed));
        ledger.branches().decided(id, committed);
    }

    void forget(TransactionId id) {
        shard.turn().record(Events.BRANCH_FORGOTTEN, TransactionEvents.transaction(event.clear(), id));
        ledger.branches().forgotten(id);
    }
}
