package org.waybill.shard;

import org.waybill.spi.BrokerError;
import org.waybill.tx.TransactionId;

/**
 * What one shard says to another about a transaction. {@link Transactions} takes it; {@link ShardMessages} has its bytes.
 *
 * <p>A message may be lost, come twice, or be overtaken when one of the two shards gets another leader; from one leader to another
 * they come in order. So whoever waits for an answer says again what it has said, and whatever comes twice changes nothing.
 */
sealed interface ShardMessage {
    /** The transaction. */
    TransactionId id();

    // ---- to a participant

    /** It was decided: every participant concludes its part, and says so. */
    record Conclude(TransactionId id, boolean committed) implements ShardMessage {}

    // ---- to the coordinator

    /**
     * A participant will do what is decided: that is forced.
     *
     * @param logged whether its log has the promise: nothing durable needs none
     */
    record Promised(TransactionId id, boolean logged) implements ShardMessage {}

    /** A participant cannot promise and has rolled its part back. */
    record Refused(TransactionId id, BrokerError why) implements ShardMessage {}

    /**
     * A participant has promised and wants to know what was decided.
     *
     * @param found whether it found the promise in its log: nobody who asked for it is there any more
     */
    record InDoubt(TransactionId id, boolean logged, boolean found) implements ShardMessage {}

    /** A participant has concluded its part; at once, and again once that is forced. */
    record Concluded(TransactionId id, boolean forced) implements ShardMessage {}
}
