/**
 * Registers in Hazelcast's CP subsystem, and the care that it needs; nobody else knows Hazelcast.
 *
 * <p>Entry point: {@link org.waybill.cluster.hazelcast.HazelcastElections}. It owns two threads: one that never blocks and runs the
 * election, one for what Hazelcast does not offer otherwise than blocking (start, end, names of registers). The registers are few and
 * have fixed names: whatever is destroyed in the CP subsystem leaves an entry for ever, and names that grow would fill it.
 */
@NullMarked
package org.waybill.cluster.hazelcast;

import org.jspecify.annotations.NullMarked;
