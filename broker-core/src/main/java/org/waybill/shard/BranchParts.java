package org.waybill.shard;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.Ledger;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * What branches have to do on one shard, by their names: it arrives here when a session ends its work, and leaves when the
 * coordinator says what becomes of it. On the shard's loop.
 */
final class BranchParts {
    private final Shard shard;
    private final Participant participant;
    private final Ledger ledger;
    private final Map<TransactionId, Share> shares = new HashMap<>();
    private final Bytes event = new Bytes();

    BranchParts(Shard shard, Participant participant, Ledger ledger) {
        this.shard = shard;
        this.participant = participant;
        this.ledger = ledger;
    }

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

    /** Does with a branch's work what was decided. */
    void conclude(TransactionId id, boolean committed) {
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
