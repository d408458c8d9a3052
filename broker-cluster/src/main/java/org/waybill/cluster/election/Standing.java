package org.waybill.cluster.election;

import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.Role;

/**
 * What a node says of its replica of one shard.
 *
 * @param member its name
 * @param epoch what it has promised, which it also leads or follows in
 */
public record Standing(long member, long epoch, Stance stance) {
    /** Nothing is known. */
    public static final Standing NONE = new Standing(Members.NONE, 0, Stance.BYSTANDER);

    /** How a replica stands at this moment; on its loop. */
    public static Standing of(Replica replica) {
        return new Standing(replica.self(), replica.epoch(), stance(replica));
    }

    private static Stance stance(Replica replica) {
        if (replica.role() == Role.LEADER) {
            return replica.mayAct() || !replica.isLeading() ? Stance.LEADING : Stance.CUT_OFF;
        } else if (replica.role() == Role.CANDIDATE) {
            return Stance.TRYING;
        } else if (!replica.replicas().contains(replica.self())) {
            return Stance.BYSTANDER;
        }
        return replica.hearsLeader() ? Stance.FOLLOWING : Stance.WILLING;
    }
}
