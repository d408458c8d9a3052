package org.waybill.shard;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.tx.Ledger;
import org.waybill.tx.TransactionId;

/**
 * The records of transactions over several shards, see {@link Events}; checkpoints hold PREPARED and DECIDED in the same words.
 *
 * <pre>
 *  transaction        u8 kind: 1 local, 2 a branch; both are decided by the coordinating shard, and rolled back if that
 *                     knows nothing of it; bytes name
 *  PREPARED      10   transaction, var coordinating shard, var count, count x held, var count, count x sent: these
 *                     are in the queues, waiting, by STORED records of the same frame
 *  sent               var queue, var message id
 *  held               var queue, var message id, outcome
 *  outcome            u8 0 accepted, 1 released, 2 rejected: text condition, text description (none: empty),
 *                     3 modified: u8 bit 0 failed, bit 1 undeliverable here, bytes annotations (none: empty)
 *  DECIDED       11   transaction, var count, count x var participating shard: it is committed, with this frame
 *  FORGOTTEN     12   transaction: every participant has concluded
 *  CONCLUDED     13   transaction, u8 1 committed, 0 rolled back; what it changed are records of the same frame
 * </pre>
 */
final class TransactionEvents {
    private static final int ACCEPTED = 0;
    private static final int RELEASED = 1;
    private static final int REJECTED = 2;
    private static final int MODIFIED = 3;
    private static final int FAILED = 1;
    private static final int UNDELIVERABLE_HERE = 2;

    private TransactionEvents() {}

    static Bytes transaction(Bytes out, TransactionId id) {
        return out.putByte(id.kind()).putBytes(id.bytes());
    }

    static TransactionId transaction(ByteBuffer in) {
        return new TransactionId(in.get(), Bytes.bytes(in));
    }

    static void prepared(Bytes out, TransactionId id, Ledger.Prepared promise) {
        transaction(out, id).putVar(promise.coordinator()).putVar(promise.part().loggedHeld());
        promise.part().visitHeld((queue, messageId, outcome) -> {
            out.putVar(queue).putVar(messageId);
            outcome(out, outcome);
        });
        out.putVar(promise.part().loggedSends());
        promise.part().visitSends((queue, messageId, none) -> out.putVar(queue).putVar(messageId));
    }

    static void decided(Bytes out, TransactionId id, int[] participants) {
        participants(transaction(out, id), participants);
    }

    static Bytes participants(Bytes out, int[] participants) {
        out.putVar(participants.length);
        for (int participant : participants) {
            out.putVar(participant);
        }
        return out;
    }

    static int[] participants(ByteBuffer in) {
        int[] participants = new int[(int) Bytes.var(in)];
        for (int i = 0; i < participants.length; i++) {
            participants[i] = (int) Bytes.var(in);
        }
        return participants;
    }

    private static void outcome(Bytes out, @Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            out.putByte(ACCEPTED);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            out.putByte(REJECTED).putText(orEmpty(rejected.condition())).putText(orEmpty(rejected.description()));
        } else if (outcome instanceof Outcome.Modified modified) {
            byte[] annotations = modified.annotations();
            out.putByte(MODIFIED)
                    .putByte((modified.deliveryFailed() ? FAILED : 0)
                            | (modified.undeliverableHere() ? UNDELIVERABLE_HERE : 0))
                    .putBytes(annotations == null ? Bytes.NONE : annotations);
        } else {
            out.putByte(RELEASED);
        }
    }

    static Outcome outcome(ByteBuffer in) {
        int kind = in.get();
        return switch (kind) {
            case ACCEPTED -> Outcome.ACCEPTED;
            case RELEASED -> Outcome.RELEASED;
            case REJECTED -> new Outcome.Rejected(orNull(Bytes.text(in)), orNull(Bytes.text(in)));
            case MODIFIED -> {
                int bits = in.get();
                byte[] annotations = Bytes.bytes(in);
                yield new Outcome.Modified(
                        (bits & FAILED) != 0,
                        (bits & UNDELIVERABLE_HERE) != 0,
                        annotations.length == 0 ? null : annotations);
            }
            default -> throw new IllegalArgumentException("an unknown kind of outcome: " + kind);
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
