package org.waybill.shard;

import java.nio.ByteBuffer;
import org.waybill.tx.TransactionId;

/**
 * The commit of a transaction over several shards, as the session asks each of them for it.
 *
 * @param coordinator the shard that decides
 * @param term the {@linkplain Lead#term term} of the coordinator's lead that is asked: no other decides it
 * @param participants the others
 */
record CommitPlan(TransactionId id, int coordinator, long term, int[] participants) {
    void write(Bytes out) {
        TransactionEvents.transaction(out, id).putVar(coordinator).putLong(term).putVar(participants.length);
        for (int participant : participants) {
            out.putVar(participant);
        }
    }

    static CommitPlan read(ByteBuffer in) {
        TransactionId id = TransactionEvents.transaction(in);
        int coordinator = (int) Bytes.var(in);
        long term = Bytes.long64(in);
        long count = Bytes.var(in);
        if (count < 0 || count > in.remaining()) {
            throw new IllegalArgumentException("a commit over " + count + " shards is cut short");
        }
        int[] participants = new int[(int) count];
        for (int i = 0; i < participants.length; i++) {
            participants[i] = (int) Bytes.var(in);
        }
        return new CommitPlan(id, coordinator, term, participants);
    }
}
