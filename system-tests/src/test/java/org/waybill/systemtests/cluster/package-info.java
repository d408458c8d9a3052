/**
 * A cluster of real processes: three or five nodes, killed, frozen, cut off from each other, slowed, filled up, stopped and replaced, while
 * clients of three makes work on it and reconnect.
 *
 * <p>{@link org.waybill.systemtests.cluster.ClusterProcesses} are the nodes, the package {@code network} lies between them, the package
 * {@code load} has the clients, and the package {@code history} knows what they must have seen at the end. {@link
 * org.waybill.systemtests.cluster.Trial} brings these together; each test is a list of faults. A row of the failure matrix in
 * {@code docs/failure-modes.md} has its test here.
 */
@NullMarked
package org.waybill.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
