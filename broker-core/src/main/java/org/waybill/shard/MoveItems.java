package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.shard.ShardMessage.Move;

/** The bytes of what goes to another shard's queues; see {@link ShardMessages}. */
final class MoveItems {
    private static final int LETTER = 0;
    private static final int CONTENT = 1;
    private static final int HANDOVER = 2;

    private MoveItems() {}

    static void put(Bytes out, Move.Item item) {
        out.putText(item.to());
        if (item instanceof Move.Letter letter) {
            message(out.putByte(LETTER), letter.message());
        } else if (item instanceof Move.Content content) {
            byte[] annotations = content.annotations();
            message(out.putByte(CONTENT), content.message())
                    .putVar(content.expiresMs())
                    .putVar(content.dueMs())
                    .putVar(content.failures())
                    .putBytes(annotations == null ? Bytes.NONE : annotations);
        } else if (item instanceof Move.Handover word) {
            out.putByte(HANDOVER).putVar(word.generation()).putVar(word.facts().size());
            word.facts().forEach(out::putBytes);
        }
    }

    private static Bytes message(Bytes out, Message message) {
        return out.putVar(message.format() & 0xFFFFFFFFL).putBytes(message.bytes());
    }

    static Move.Item read(ByteBuffer in) {
        String to = Bytes.text(in);
        int kind = in.get();
        return switch (kind) {
            case LETTER -> new Move.Letter(to, message(in));
            case CONTENT -> {
                Message message = message(in);
                long expiresMs = Bytes.var(in);
                long dueMs = Bytes.var(in);
                int failures = (int) Bytes.var(in);
                byte[] annotations = Bytes.bytes(in);
                yield new Move.Content(
                        to, message, expiresMs, dueMs, failures, annotations.length == 0 ? null : annotations);
            }
            case HANDOVER -> {
                int generation = (int) Bytes.var(in);
                List<byte[]> facts = new ArrayList<>();
                for (long count = Bytes.var(in); count > 0; count--) {
                    facts.add(Bytes.bytes(in));
                }
                yield new Move.Handover(to, generation, facts);
            }
            default -> throw new IllegalArgumentException("an unknown kind of what moves: " + kind);
        };
    }

    private static Message message(ByteBuffer in) {
        int format = (int) Bytes.var(in);
        try {
            return Message.of(Bytes.bytes(in), format);
        } catch (DecodeError malformed) {
            throw new IllegalArgumentException("a message that moves between shards cannot be read", malformed);
        }
    }
}
