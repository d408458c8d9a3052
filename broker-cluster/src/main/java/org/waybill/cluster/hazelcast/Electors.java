package org.waybill.cluster.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.cp.CPGroup;
import com.hazelcast.cp.CPMember;
import com.hazelcast.cp.internal.RaftService;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.RaftNode;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.waybill.cluster.election.Elector;

/** Who keeps the registers, as far as this node's Hazelcast knows. */
final class Electors {
    private Electors() {}

    static List<Elector> of(HazelcastOptions options, HazelcastInstance hazelcast, Collection<CPMember> voters) {
        Map<Integer, Address> present = present(hazelcast);
        Optional<Address> leader = leader(hazelcast, voters);
        List<Elector> electors = new ArrayList<>();
        for (Seat seat : options.seats()) {
            Address address = present.get(seat.node());
            boolean votes = voters.stream().anyMatch(voter -> voter.getAddress().equals(address));
            boolean leads = leader.isPresent() && leader.get().equals(address);
            electors.add(new Elector(seat.node(), address != null, votes, leads));
        }
        return electors;
    }

    private static Map<Integer, Address> present(HazelcastInstance hazelcast) {
        Map<Integer, Address> present = new HashMap<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            String node = member.getAttribute(Settings.NODE);
            if (node != null) {
                present.put(Integer.valueOf(node), member.getAddress());
            }
        }
        return present;
    }

    /** Of the group that the registers are in. Hazelcast has no public way to ask; only its members know. */
    private static Optional<Address> leader(HazelcastInstance hazelcast, Collection<CPMember> voters) {
        if (!(hazelcast instanceof HazelcastInstanceProxy proxy)) {
            return Optional.empty();
        }
        RaftService raft = proxy.getOriginal().node.getNodeEngine().getService(RaftService.SERVICE_NAME);
        for (RaftNode node : raft.getAllRaftNodes()) {
            RaftEndpoint leader = node.getLeader();
            if (leader != null && node.getGroupId().getName().equals(CPGroup.DEFAULT_GROUP_NAME)) {
                return address(voters, leader.getUuid());
            }
        }
        return Optional.empty();
    }

    private static Optional<Address> address(Collection<CPMember> voters, UUID uuid) {
        return voters.stream()
                .filter(voter -> voter.getUuid().equals(uuid))
                .map(CPMember::getAddress)
                .findFirst();
    }
}
