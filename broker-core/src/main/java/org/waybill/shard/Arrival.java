package org.waybill.shard;

import org.waybill.tx.TransactionId;

/**
 * Says of which branch a share is that a session gives away.
 *
 * @param coordinator the shard that waits to hear that it has arrived
 */
record Arrival(TransactionId branch, int coordinator, WorkId work) {}
