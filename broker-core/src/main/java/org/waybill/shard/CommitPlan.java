package org.waybill.shard;

import org.waybill.tx.TransactionId;

/**
 * The commit of a transaction over several shards, as the session asks each of them for it.
 *
 * @param coordinator the shard that decides
 * @param participants the others
 */
record CommitPlan(TransactionId id, int coordinator, int[] participants) {}
