/**
 * What one shard knows of transactions: its part in each that is open or undecided, and the decisions it has made.
 *
 * <p>A transaction within one shard is one frame of the log. One over several shards commits in two phases. Each participant first
 * promises its {@link org.waybill.tx.Part}: sends are in their queues, waiting, and deliveries stay held, all of it in the log. One of
 * the shards coordinates: it does its own part and writes the decision in one frame, which is the commit. Then the participants
 * conclude, and the decision is forgotten. A part without a decision is rolled back (presumed abort), so that neither a refusal nor a
 * crash needs a record of its own.
 *
 * <p>On the shard's loop only. It knows queues; it does not know the log, sessions, or other shards: {@code shard} carries messages
 * between them and writes what must be written.
 */
@NullMarked
package org.waybill.tx;

import org.jspecify.annotations.NullMarked;
