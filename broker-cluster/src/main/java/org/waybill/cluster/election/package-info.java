/**
 * Who should lead which shard: what the nodes of a cluster tell each other through registers that compare and set.
 *
 * <p>{@link org.waybill.cluster.election.Elections} is the seam to the node, {@link org.waybill.cluster.election.Registers} the one to
 * whatever keeps the registers. Between them {@link org.waybill.cluster.election.Election} asks and {@link
 * org.waybill.cluster.election.Leases} judges, on one executor and with the time as a parameter. Nothing that is lost, old or false here
 * loses a message: it is {@link org.waybill.cluster.replication replication} that decides who leads, and hints are reasons to try.
 * docs/ARCHITECTURE.md, "Who leads", tells why. It knows no Hazelcast, no socket and no thread.
 */
@NullMarked
package org.waybill.cluster.election;

import org.jspecify.annotations.NullMarked;
