package org.waybill.shard;

import java.nio.ByteBuffer;
import org.waybill.spi.Xid;
import org.waybill.tx.BranchLedger;
import org.waybill.tx.BranchLedger.Heuristic;
import org.waybill.tx.BranchLedger.Promise;
import org.waybill.tx.TransactionId;

/**
 * The records of branches on the shard that coordinates them, see {@link Events}; checkpoints hold them in the same words. What the
 * participants record is in {@link TransactionEvents}.
 *
 * <pre>
 *  transaction           as in TransactionEvents; a branch's name is i32 format id, u8 length of the gtrid, gtrid, bqual
 *  BRANCH_PREPARED  15   transaction, var when (epoch ms), text owner, var count, count x var participating shard: every
 *                        one of them has PREPARED
 *  BRANCH_ENDED     16   transaction, u8 1 committed, 0 rolled back: this decides. With DECIDED in the same frame if
 *                        other shards must conclude a commit. Also by the only participant of a commit in one phase
 *  BRANCH_DECIDED   17   transaction, u8 1 committed, 0 rolled back: as BRANCH_ENDED, by an administrator
 *  BRANCH_FORGOTTEN 18   transaction, of which BRANCH_DECIDED came before
 * </pre>
 */
final class BranchEvents {
    private BranchEvents() {}

    /** The name of a branch in the log. */
    static TransactionId id(Xid xid) {
        return TransactionId.branch(xid.formatId(), xid.gtrid(), xid.bqual());
    }

    /** The name of a branch as its transaction manager knows it. */
    static Xid xid(TransactionId id) {
        ByteBuffer in = ByteBuffer.wrap(id.bytes());
        int formatId = in.getInt();
        byte[] gtrid = new byte[in.get()];
        in.get(gtrid);
        byte[] bqual = new byte[in.remaining()];
        in.get(bqual);
        return new Xid(formatId, gtrid, bqual);
    }

    static Bytes prepared(Bytes out, TransactionId id, Promise promise) {
        TransactionEvents.transaction(out, id).putVar(promise.sinceMs()).putText(promise.owner());
        return TransactionEvents.participants(out, promise.participants());
    }

    static void prepared(ByteBuffer in, BranchLedger into) {
        TransactionId id = TransactionEvents.transaction(in);
        long sinceMs = Bytes.var(in);
        String owner = Bytes.text(in);
        into.prepared(id, new Promise(sinceMs, owner, TransactionEvents.participants(in), Heuristic.NONE));
    }

    static Bytes decision(Bytes out, TransactionId id, boolean committed) {
        return TransactionEvents.transaction(out, id).putByte(committed ? 1 : 0);
    }

    static void ended(ByteBuffer in, BranchLedger into) {
        TransactionId id = TransactionEvents.transaction(in);
        into.ended(id, in.get() != 0);
    }

    static void decided(ByteBuffer in, BranchLedger into) {
        TransactionId id = TransactionEvents.transaction(in);
        into.decided(id, in.get() != 0);
    }
}
