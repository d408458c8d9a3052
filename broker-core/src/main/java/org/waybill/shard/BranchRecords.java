package org.waybill.shard;

import java.util.Objects;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.TransactionId;

/** Records what becomes of branches, in the turn under way. On the shard's loop. */
final class BranchRecords {
    private final Shard shard;
    private final BranchLedger ledger;
    private final Bytes event = new Bytes();

    BranchRecords(Shard shard, BranchLedger ledger) {
        this.shard = shard;
        this.ledger = ledger;
    }

    void promise(TransactionId id, BranchLedger.Promise promise) {
        shard.turn().record(Events.BRANCH_PREPARED, BranchEvents.prepared(event.clear(), id, promise));
        ledger.prepared(id, promise);
    }

    /** Whether it is recorded that a branch was committed. */
    boolean isCommitted(TransactionId id) {
        return Boolean.TRUE.equals(ledger.end(id));
    }

    /** Records the end of a branch, unless that is known already. */
    void end(TransactionId id, boolean committed) {
        if (!Objects.equals(ledger.end(id), committed)) {
            shard.turn().record(Events.BRANCH_ENDED, BranchEvents.decision(event.clear(), id, committed));
            ledger.ended(id, committed);
        }
    }

    void decide(TransactionId id, boolean committed) {
        shard.turn().record(Events.BRANCH_DECIDED, BranchEvents.decision(event.clear(), id, committed));
        ledger.decided(id, committed);
    }

    void forget(TransactionId id) {
        shard.turn().record(Events.BRANCH_FORGOTTEN, TransactionEvents.transaction(event.clear(), id));
        ledger.forgotten(id);
    }
}
