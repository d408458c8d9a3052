package org.waybill.cluster.election;

import org.waybill.cluster.replication.Members;

/**
 * What stands in a shard's register: who leads it, or should. In the register: version, epoch, member.
 *
 * @param epoch the leader's own, or one more than that of whoever is to be followed
 * @param member who, or {@link Members#NONE}
 */
public record Claim(long epoch, long member) {
    /** Nobody has ever claimed the shard, or it is forgotten. */
    public static final Claim NONE = new Claim(0, Members.NONE);

    private static final int VERSION = 1;
    private static final int LENGTH = 3;

    /** The number of its member's node; 0 is no node. */
    public int node() {
        return Members.node(member);
    }

    long[] encode() {
        return this.equals(NONE) ? Registers.EMPTY : new long[] {VERSION, epoch, member};
    }

    /** Throws {@link UnreadableValue}. */
    static Claim decode(long[] value) {
        if (value.length == 0) {
            return NONE;
        }
        if (value[0] != VERSION || value.length != LENGTH) {
            throw new UnreadableValue("a claim", value[0]);
        }
        return new Claim(value[1], value[2]);
    }
}
