package org.waybill.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.cp.CPGroup;
import com.hazelcast.cp.CPMember;
import com.hazelcast.cp.internal.RaftService;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.RaftNode;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * What Hazelcast's public interface lacks. The version is pinned, so that it stays as it is; without an answer from here all goes on, only
 * slower.
 */
final class Internals {
    private Internals() {}

    /** Who leads the group that the registers are in, as far as this node's member of it knows. */
    static Optional<UUID> leader(HazelcastInstance hazelcast) {
        return raft(hazelcast).flatMap(raft -> raft.getAllRaftNodes().stream()
                .filter(node -> node.getGroupId().getName().equals(CPGroup.DEFAULT_GROUP_NAME))
                .map(RaftNode::getLeader)
                .filter(leader -> leader != null)
                .map(RaftEndpoint::getUuid)
                .findFirst());
    }

    /** Which CP subsystem this is: it has another seed after each reset. */
    static long seed(HazelcastInstance hazelcast) {
        return raft(hazelcast).map(raft -> raft.getMetadataGroupId().getSeed()).orElse(0L);
    }

    /**
     * Makes calls look for the group's leader anew. Hazelcast goes on asking the one it knows until that has left the cluster, which takes
     * seconds if it is frozen or cut off, although the group has another leader long before.
     *
     * @param voters of the CP subsystem with this seed
     */
    static void forgetLeader(HazelcastInstance hazelcast, Collection<CPMember> voters, long seed) {
        raft(hazelcast)
                .filter(raft -> raft.getMetadataGroupId().getSeed() == seed)
                .ifPresent(raft -> {
                    raft.getInvocationManager().getRaftInvocationContext().reset();
                    raft.updateInvocationManagerMembers(seed, 0, voters);
                });
    }

    private static Optional<RaftService> raft(HazelcastInstance hazelcast) {
        return hazelcast instanceof HazelcastInstanceProxy proxy
                        && proxy.getLifecycleService().isRunning()
                ? Optional.of(proxy.getOriginal().node.getNodeEngine().getService(RaftService.SERVICE_NAME))
                : Optional.empty();
    }
}
