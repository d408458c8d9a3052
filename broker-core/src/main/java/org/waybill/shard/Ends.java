package org.waybill.shard;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.XaCode;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.TransactionId;

/**
 * How the branches of one coordinator ended, for verbs that are repeated: what the log has of them, and what only this process knows.
 * Both are bounded by {@link BranchLedger#MOST_ENDS}.
 */
final class Ends {
    private final BranchLedger ledger;
    private final Map<TransactionId, End> known = new LinkedHashMap<>();

    /**
     * An end.
     *
     * @param code OK if it was committed, READ_ONLY if there was nothing to commit, else why it was rolled back
     * @param why a sentence about a rollback, or null
     */
    record End(XaCode code, @Nullable String why) {
        static final End COMMITTED = new End(XaCode.OK, null);
        static final End READ_ONLY = new End(XaCode.READ_ONLY, null);
        static final End ROLLED_BACK = new End(XaCode.ROLLED_BACK, "the branch was rolled back");

        boolean isCommit() {
            return code == XaCode.OK;
        }

        boolean isRollback() {
            return code != XaCode.OK && code != XaCode.READ_ONLY;
        }
    }

    Ends(BranchLedger ledger) {
        this.ledger = ledger;
    }

    /** How a branch ended; null when that is not known, or not any more. */
    @Nullable
    End of(TransactionId id) {
        End end = known.get(id);
        Boolean committed = end == null ? ledger.end(id) : null;
        return committed == null ? end : committed ? End.COMMITTED : End.ROLLED_BACK;
    }

    void remember(TransactionId id, End end) {
        known.put(id, end);
        if (known.size() > BranchLedger.MOST_ENDS) {
            Iterator<TransactionId> oldest = known.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** There is a new branch of this name. */
    void forget(TransactionId id) {
        known.remove(id);
    }
}
