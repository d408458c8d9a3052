package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

/**
 * The bytes of messages between shards, for those that another node leads. What both ends speak is agreed when nodes connect.
 *
 * <pre>
 *  u8 kind, transaction as in TransactionEvents, then
 *   1 Conclude    u8 1 committed, 0 rolled back
 *  16 Promised    u8 1 logged
 *  17 Refused     text code, text message
 *  18 InDoubt     u8 bit 0 logged, bit 1 found
 *  19 Concluded   u8 1 forced
 * </pre>
 */
final class ShardMessages {
    private static final int CONCLUDE = 1;
    private static final int PROMISED = 16;
    private static final int REFUSED = 17;
    private static final int IN_DOUBT = 18;
    private static final int CONCLUDED = 19;
    private static final int LOGGED = 1;
    private static final int FOUND = 2;

    private ShardMessages() {}

    static byte[] encode(ShardMessage message) {
        Bytes out = new Bytes();
        if (message instanceof Conclude conclude) {
            begin(out, CONCLUDE, message).putByte(conclude.committed() ? 1 : 0);
        } else if (message instanceof Promised promised) {
            begin(out, PROMISED, message).putByte(promised.logged() ? 1 : 0);
        } else if (message instanceof Refused refused) {
            error(begin(out, REFUSED, message), refused.why());
        } else if (message instanceof InDoubt doubt) {
            begin(out, IN_DOUBT, message).putByte((doubt.logged() ? LOGGED : 0) | (doubt.found() ? FOUND : 0));
        } else if (message instanceof Concluded concluded) {
            begin(out, CONCLUDED, message).putByte(concluded.forced() ? 1 : 0);
        }
        return out.copy();
    }

    private static Bytes begin(Bytes out, int kind, ShardMessage message) {
        return TransactionEvents.transaction(out.putByte(kind), message.id());
    }

    private static void error(Bytes out, BrokerError error) {
        out.putText(error.code().name()).putText(error.message());
    }

    /** @throws IllegalArgumentException when these are not the bytes of a message */
    static ShardMessage decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int kind = in.get();
            return decode(kind, TransactionEvents.transaction(in), in);
        } catch (BufferUnderflowException | NegativeArraySizeException malformed) {
            throw new IllegalArgumentException("a message between shards is cut short", malformed);
        }
    }

    private static ShardMessage decode(int kind, TransactionId id, ByteBuffer in) {
        return switch (kind) {
            case CONCLUDE -> new Conclude(id, in.get() != 0);
            case PROMISED -> new Promised(id, in.get() != 0);
            case REFUSED -> new Refused(id, error(in));
            case IN_DOUBT -> {
                int bits = in.get();
                yield new InDoubt(id, (bits & LOGGED) != 0, (bits & FOUND) != 0);
            }
            case CONCLUDED -> new Concluded(id, in.get() != 0);
            default -> throw new IllegalArgumentException("an unknown kind of message between shards: " + kind);
        };
    }

    private static BrokerError error(ByteBuffer in) {
        return new BrokerError(BrokerError.Code.valueOf(Bytes.text(in)), Bytes.text(in));
    }
}
