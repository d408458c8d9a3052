package org.waybill.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.shard.MovesIn.Refusal;
import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

/**
 * What one shard says to another: about a transaction, which {@link Transactions} takes, or about messages that move, which the
 * {@link Mover} takes. {@link ShardMessages} has its bytes.
 *
 * <p>A message may be lost, come twice, or be overtaken when one of the two shards gets another leader; from one leader to another
 * they come in order. So whoever waits for an answer says again what it has said, and whatever comes twice changes nothing.
 */
sealed interface ShardMessage {
    /** About a transaction. */
    sealed interface OfTransaction extends ShardMessage {
        /** The transaction. */
        TransactionId id();
    }

    // ---- to a participant

    /**
     * A branch is to be promised. An answer goes with the same round.
     *
     * @param term when the participant's part of it came there; in another term it is not whole
     */
    record Prepare(TransactionId id, long term, long round) implements OfTransaction {}

    /** A branch is to be committed without a promise, because nobody else has anything to do in it; otherwise as Prepare. */
    record CommitAtOnce(TransactionId id, long term, long round) implements OfTransaction {}

    /** It was decided: every participant concludes its part, and says so. */
    record Conclude(TransactionId id, boolean committed) implements OfTransaction {}

    /** Another shard wants to know whether this one has committed a branch of its at once. */
    record EndWanted(TransactionId id) implements OfTransaction {}

    // ---- to the coordinator

    /**
     * A part of the work of a session in a branch has come to a participant, where it is not promised yet.
     *
     * @param term of the participant: if it gets another leader what is not promised is lost
     * @param kept whether there is anything to keep of it
     */
    record Arrived(TransactionId id, WorkId work, long term, boolean kept, int sent, int held)
            implements OfTransaction {}

    /**
     * A participant will do what is decided: that is forced. Or has committed at once, if that was wanted.
     *
     * @param round of a branch; 0 for a local transaction
     * @param term as {@link CommitPlan#term}; 0 for a branch
     * @param logged whether its log has the promise: nothing durable needs none
     */
    record Promised(TransactionId id, long round, long term, boolean logged, int sent, int held)
            implements OfTransaction {}

    /** A participant cannot promise and has rolled its part back. */
    record Refused(TransactionId id, long round, BrokerError why) implements OfTransaction {}

    /**
     * A participant has promised and wants to know what was decided.
     *
     * @param term as {@link CommitPlan#term}; 0 for a branch, and for what it found in its log
     * @param found whether it found the promise in its log: nobody who asked for it is there any more
     */
    record InDoubt(TransactionId id, long term, boolean logged, boolean found, int sent, int held)
            implements OfTransaction {}

    /** A participant has concluded its part; at once, and again once that is forced. */
    record Concluded(TransactionId id, boolean forced) implements OfTransaction {}

    /** Whether a shard has committed a branch at once, as far as it remembers. */
    record EndKnown(TransactionId id, boolean committed) implements OfTransaction {}

    // ---- about messages that move

    /**
     * Messages go to queues of another shard.
     *
     * @param done what has become of those up to this number is settled where they come from, and not asked again
     * @param messages in the order of their numbers, which may have gaps: what is not here is done, or gone
     */
    record Move(long done, List<One> messages) implements ShardMessage {
        /** One of them. */
        record One(long number, Item item) {}

        /** What goes to a queue. */
        sealed interface Item {
            /** The queue's address. */
            String to();
        }

        /** A message that leaves its queue for another one. */
        record Letter(String to, Message message) implements Item {}

        /**
         * A message whose queue moves to that shard.
         *
         * @param expiresMs epoch milliseconds, 0 for never
         * @param dueMs when it may be delivered, epoch milliseconds, 0 for at once; if it has not failed, its sender has said so
         * @param annotations what has been added to it, or null
         */
        record Content(
                String to, Message message, long expiresMs, long dueMs, int failures, byte @Nullable [] annotations)
                implements Item {}

        /**
         * All messages of a queue have gone, and it lives on that shard from now on.
         *
         * @param generation of the move, from 1
         * @param facts events that say what was sent before: a type, then its content
         */
        record Handover(String to, int generation, List<byte[]> facts) implements Item {}
    }

    /**
     * What was decided about messages that have come, as safe as it must be.
     *
     * @param last every number up to this one is taken, if it is not refused, or was refused and is done
     */
    record MoveTaken(long last, List<Refusal> refused) implements ShardMessage {
        /** Why a message is not taken, or null. */
        @Nullable
        BrokerError refusal(long number) {
            for (Refusal each : refused) {
                if (each.number() == number) {
                    return each.why();
                }
            }
            return null;
        }
    }
}
