/**
 * The replicated log of one shard: Raft's log, with an election that is triggered from outside.
 *
 * <p>A {@link org.waybill.cluster.replication.Replica} is a state machine without I/O and without a clock. Its node feeds it
 * messages, ticks, hints who should lead, and the completions of its {@link org.waybill.cluster.replication.LogStore}, all on
 * the shard's loop and with the time of that moment; it answers with messages on a {@link
 * org.waybill.cluster.replication.ReplicationLink}, with entries for the store, and with calls of the shard's {@link
 * org.waybill.cluster.replication.Machine}. The same input gives the same output, whatever the machine it runs on: a whole
 * cluster is simulated in one thread.
 *
 * <p>What may be relied on, and by which rules, is said in {@link org.waybill.cluster.replication.Rules} and in
 * docs/ARCHITECTURE.md. It knows no queue, no socket and no Hazelcast.
 */
@NullMarked
package org.waybill.cluster.replication;

import org.jspecify.annotations.NullMarked;
