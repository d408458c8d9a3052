package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.BranchRequest.Broken;
import org.waybill.shard.BranchRequest.End;
import org.waybill.shard.BranchRequest.Recover;
import org.waybill.shard.BranchRequest.Start;
import org.waybill.shard.BranchRequest.Verb;
import org.waybill.shard.BranchRequest.Whole;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.XaCode;
import org.waybill.tx.TransactionId;

/**
 * The bytes of what slots of a {@link Batch} hold that are about transactions, for sessions of other nodes. What both ends speak is
 * agreed when nodes connect.
 *
 * <pre>
 *  arrival  transaction as in TransactionEvents, var coordinator, work as in ShardMessages
 *  request  u8 kind
 *            1 Start    transaction, work, text how, u8 1 resumes: work, var timeout (ms)
 *            2 End      transaction, work, text how, var count, count x var shard
 *            3 Broken   work, text why
 *            4 Whole    transaction, text verb
 *            5 Recover  bytes after, var most
 *  reply    text code, u8 1 has a sentence: text, u8 kind of value
 *            0 none, 1 an outcome: text, 2 names: var count, count x transaction
 * </pre>
 */
final class TransactionSlots {
    private static final int START = 1;
    private static final int END = 2;
    private static final int BROKEN = 3;
    private static final int WHOLE = 4;
    private static final int RECOVER = 5;
    private static final int NOTHING = 0;
    private static final int OUTCOME = 1;
    private static final int NAMES = 2;

    private TransactionSlots() {}

    // ---- arrivals

    static Bytes arrival(Bytes out, Arrival arrival) {
        TransactionEvents.transaction(out, arrival.branch()).putVar(arrival.coordinator());
        return ShardMessages.work(out, arrival.work());
    }

    static Arrival arrival(ByteBuffer in) {
        return new Arrival(TransactionEvents.transaction(in), (int) Bytes.var(in), ShardMessages.work(in));
    }

    // ---- requests

    static Bytes request(Bytes out, BranchRequest request) {
        if (request instanceof Start start) {
            WorkId before = start.before();
            TransactionEvents.transaction(out.putByte(START), start.id());
            ShardMessages.work(out, start.work()).putText(start.how().name()).putByte(before == null ? 0 : 1);
            if (before != null) {
                ShardMessages.work(out, before);
            }
            out.putVar(start.timeoutMs());
        } else if (request instanceof End end) {
            TransactionEvents.transaction(out.putByte(END), end.id());
            ShardMessages.work(out, end.work()).putText(end.how().name());
            TransactionEvents.participants(out, end.shards());
        } else if (request instanceof Broken broken) {
            ShardMessages.work(out.putByte(BROKEN), broken.work()).putText(broken.why());
        } else if (request instanceof Whole whole) {
            TransactionEvents.transaction(out.putByte(WHOLE), whole.id())
                    .putText(whole.verb().name());
        } else if (request instanceof Recover recover) {
            out.putByte(RECOVER).putBytes(recover.after()).putVar(recover.max());
        }
        return out;
    }

    /** @throws IllegalArgumentException when there is no request of this kind */
    static BranchRequest request(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case START -> new Start(
                    TransactionEvents.transaction(in),
                    ShardMessages.work(in),
                    Branches.Start.valueOf(Bytes.text(in)),
                    in.get() == 0 ? null : ShardMessages.work(in),
                    Bytes.var(in));
            case END -> new End(
                    TransactionEvents.transaction(in),
                    ShardMessages.work(in),
                    Branches.End.valueOf(Bytes.text(in)),
                    TransactionEvents.participants(in));
            case BROKEN -> new Broken(ShardMessages.work(in), Bytes.text(in));
            case WHOLE -> new Whole(TransactionEvents.transaction(in), Verb.valueOf(Bytes.text(in)));
            case RECOVER -> new Recover(Bytes.bytes(in), (int) Bytes.var(in));
            default -> throw new IllegalArgumentException("an unknown kind of request about a branch: " + kind);
        };
    }

    // ---- replies

    static Bytes reply(Bytes out, BranchReply<?> reply) {
        String why = reply.error();
        out.putText(reply.code().name()).putByte(why == null ? 0 : 1);
        if (why != null) {
            out.putText(why);
        }
        Object value = reply.value();
        if (value instanceof Branches.Outcome outcome) {
            out.putByte(OUTCOME).putText(outcome.name());
        } else if (value instanceof List<?> names) {
            out.putByte(NAMES).putVar(names.size());
            for (Object name : names) {
                TransactionEvents.transaction(out, (TransactionId) name);
            }
        } else {
            out.putByte(NOTHING);
        }
        return out;
    }

    /** @throws IllegalArgumentException when there is no value of this kind */
    static BranchReply<?> reply(ByteBuffer in) {
        XaCode code = XaCode.valueOf(Bytes.text(in));
        String why = in.get() == 0 ? null : Bytes.text(in);
        return new BranchReply<>(code, why, value(in));
    }

    private static @Nullable Object value(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case NOTHING -> null;
            case OUTCOME -> Branches.Outcome.valueOf(Bytes.text(in));
            case NAMES -> {
                List<TransactionId> names = new ArrayList<>();
                for (long count = Bytes.var(in); count > 0; count--) {
                    names.add(TransactionEvents.transaction(in));
                }
                yield List.copyOf(names);
            }
            default -> throw new IllegalArgumentException("an unknown kind of value: " + kind);
        };
    }
}
