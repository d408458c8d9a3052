package org.waybill.cluster.replication;

/**
 * Names of replicas: the number of a node and the identity of its disk. Whoever has lost what was on its disk is another
 * member, because it cannot know what its predecessor has promised.
 */
public final class Members {
    /** No member. */
    public static final long NONE = 0;

    private static final int NODE_BITS = 16;

    private Members() {}

    /**
     * The member on a node.
     *
     * @param node its number, from 0 to 65,535
     * @param disk 48 bits that were drawn at random when the data directory was made, not 0
     */
    public static long of(int node, long disk) {
        return disk << NODE_BITS | node;
    }

    /** Whoever is on a node, for a message to somebody of whom only the node is known. */
    public static long onNode(int node) {
        return node;
    }

    /** Whether a message to this address is for this member. */
    static boolean isFor(long address, long member) {
        return address == member || address == node(member);
    }

    /** The number of a member's node. */
    public static int node(long member) {
        return (int) (member & (1 << NODE_BITS) - 1);
    }
}
