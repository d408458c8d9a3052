package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.waybill.shard.ShardMessage.Arrived;
import org.waybill.shard.ShardMessage.CommitAtOnce;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.shard.ShardMessage.MoveTaken;
import org.waybill.shard.ShardMessage.OfTransaction;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

/**
 * The bytes of messages between shards, for those that another node leads. What both ends speak is agreed when nodes connect.
 *
 * <pre>
 *  u8 kind, of those about a transaction: transaction as in TransactionEvents; then
 *   1 Conclude      u8 1 committed, 0 rolled back
 *   2 Prepare       u64 term, u64 round
 *   3 CommitAtOnce  u64 term, u64 round
 *   4 EndWanted     -
 *   5 Move          var done, var count, count x: var number, text address, item
 *  16 Promised      u64 round, u64 term, u8 1 logged, var sent, var held
 *  17 Refused       u64 round, text code, text message
 *  18 InDoubt       u64 term, u8 bit 0 logged, bit 1 found, var sent, var held
 *  19 Concluded     u8 1 forced
 *  20 Arrived       work, u64 term, u8 1 kept, var sent, var held
 *  21 EndKnown      u8 1 committed
 *  22 MoveTaken     var last, var count, count x refusal as in MoveEvents
 *  item             u8 0 letter: message
 *                   u8 1 content: message, var expires, var due, var failed deliveries, bytes annotations (none: empty)
 *                   u8 2 handover: var generation, var count, count x bytes fact: u8 type of an event, the event
 *  message          var message format, bytes message
 *  work             u64 u64 the session, var number
 * </pre>
 */
final class ShardMessages {
    private static final int CONCLUDE = 1;
    private static final int PREPARE = 2;
    private static final int COMMIT_AT_ONCE = 3;
    private static final int END_WANTED = 4;
    private static final int MOVE = 5;
    private static final int PROMISED = 16;
    private static final int REFUSED = 17;
    private static final int IN_DOUBT = 18;
    private static final int CONCLUDED = 19;
    private static final int ARRIVED = 20;
    private static final int END_KNOWN = 21;
    private static final int MOVE_TAKEN = 22;
    private static final int LOGGED = 1;
    private static final int FOUND = 2;

    private ShardMessages() {}

    static byte[] encode(ShardMessage message) {
        Bytes out = new Bytes();
        if (message instanceof OfTransaction one) {
            encode(out, one);
        } else if (message instanceof Move move) {
            encode(out.putByte(MOVE), move);
        } else if (message instanceof MoveTaken taken) {
            MoveEvents.refusals(out.putByte(MOVE_TAKEN).putVar(taken.last()), taken.refused());
        }
        return out.copy();
    }

    private static void encode(Bytes out, Move move) {
        out.putVar(move.done()).putVar(move.messages().size());
        for (Move.One each : move.messages()) {
            MoveItems.put(out.putVar(each.number()), each.item());
        }
    }

    private static void encode(Bytes out, OfTransaction message) {
        if (message instanceof Conclude conclude) {
            flag(begin(out, CONCLUDE, message), conclude.committed());
        } else if (message instanceof Prepare prepare) {
            begin(out, PREPARE, message).putLong(prepare.term()).putLong(prepare.round());
        } else if (message instanceof CommitAtOnce commit) {
            begin(out, COMMIT_AT_ONCE, message).putLong(commit.term()).putLong(commit.round());
        } else if (message instanceof EndWanted) {
            begin(out, END_WANTED, message);
        } else if (message instanceof Promised promised) {
            begin(out, PROMISED, message).putLong(promised.round()).putLong(promised.term());
            flag(out, promised.logged()).putVar(promised.sent()).putVar(promised.held());
        } else if (message instanceof Refused refused) {
            begin(out, REFUSED, message).putLong(refused.round());
            out.putText(refused.why().code().name()).putText(refused.why().message());
        } else if (message instanceof InDoubt doubt) {
            begin(out, IN_DOUBT, message)
                    .putLong(doubt.term())
                    .putByte((doubt.logged() ? LOGGED : 0) | (doubt.found() ? FOUND : 0))
                    .putVar(doubt.sent())
                    .putVar(doubt.held());
        } else if (message instanceof Concluded concluded) {
            flag(begin(out, CONCLUDED, message), concluded.forced());
        } else if (message instanceof Arrived arrived) {
            work(begin(out, ARRIVED, message), arrived.work()).putLong(arrived.term());
            flag(out, arrived.kept()).putVar(arrived.sent()).putVar(arrived.held());
        } else if (message instanceof EndKnown known) {
            flag(begin(out, END_KNOWN, message), known.committed());
        }
    }

    private static Bytes begin(Bytes out, int kind, OfTransaction message) {
        return TransactionEvents.transaction(out.putByte(kind), message.id());
    }

    private static Bytes flag(Bytes out, boolean value) {
        return out.putByte(value ? 1 : 0);
    }

    /** @throws IllegalArgumentException when these are not the bytes of a message */
    static ShardMessage decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int kind = in.get();
            return switch (kind) {
                case MOVE -> move(in);
                case MOVE_TAKEN -> new MoveTaken(Bytes.var(in), MoveEvents.refusals(in));
                default -> decode(kind, TransactionEvents.transaction(in), in);
            };
        } catch (BufferUnderflowException | NegativeArraySizeException malformed) {
            throw new IllegalArgumentException("a message between shards is cut short", malformed);
        }
    }

    private static Move move(ByteBuffer in) {
        long done = Bytes.var(in);
        List<Move.One> messages = new ArrayList<>();
        for (long count = Bytes.var(in); count > 0; count--) {
            long number = Bytes.var(in);
            messages.add(new Move.One(number, MoveItems.read(in)));
        }
        return new Move(done, messages);
    }

    private static OfTransaction decode(int kind, TransactionId id, ByteBuffer in) {
        return switch (kind) {
            case CONCLUDE -> new Conclude(id, flag(in));
            case PREPARE -> new Prepare(id, Bytes.long64(in), Bytes.long64(in));
            case COMMIT_AT_ONCE -> new CommitAtOnce(id, Bytes.long64(in), Bytes.long64(in));
            case END_WANTED -> new EndWanted(id);
            case PROMISED -> new Promised(id, Bytes.long64(in), Bytes.long64(in), flag(in), count(in), count(in));
            case REFUSED -> new Refused(
                    id, Bytes.long64(in), new BrokerError(BrokerError.Code.valueOf(Bytes.text(in)), Bytes.text(in)));
            case IN_DOUBT -> {
                long term = Bytes.long64(in);
                int bits = in.get();
                yield new InDoubt(id, term, (bits & LOGGED) != 0, (bits & FOUND) != 0, count(in), count(in));
            }
            case CONCLUDED -> new Concluded(id, flag(in));
            case ARRIVED -> new Arrived(id, work(in), Bytes.long64(in), flag(in), count(in), count(in));
            case END_KNOWN -> new EndKnown(id, flag(in));
            default -> throw new IllegalArgumentException("an unknown kind of message between shards: " + kind);
        };
    }

    private static boolean flag(ByteBuffer in) {
        return in.get() != 0;
    }

    private static int count(ByteBuffer in) {
        return (int) Bytes.var(in);
    }

    static Bytes work(Bytes out, WorkId work) {
        return out.putLong(work.session().getMostSignificantBits())
                .putLong(work.session().getLeastSignificantBits())
                .putVar(work.number());
    }

    static WorkId work(ByteBuffer in) {
        return new WorkId(new UUID(Bytes.long64(in), Bytes.long64(in)), (int) Bytes.var(in));
    }
}
