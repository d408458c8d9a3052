package org.waybill.cluster.replication;

import java.util.List;

/**
 * One replica as it sees itself and, if it leads, the others: for management.
 *
 * @param self this member
 * @param role what it does
 * @param epoch the epoch it has promised
 * @param leader the member that leads as far as is known here, or {@link Members#NONE}
 * @param acts whether it may act at this moment
 * @param commitIndex up to where the log is committed, as far as is known here
 * @param forcedIndex up to where it survives a crash here
 * @param lastIndex its last entry
 * @param lacks whether it may lack what it has answered for before a crash, so that its vote does not count alone: rule R13
 * @param replicas the members that count
 * @param others what a leader knows of each of the others, those included that are to be members; empty if it does not lead
 */
public record ReplicaStatus(
        long self,
        Role role,
        long epoch,
        long leader,
        boolean acts,
        long commitIndex,
        long forcedIndex,
        long lastIndex,
        boolean lacks,
        ReplicaSet replicas,
        List<Other> others) {
    /** Of a member that has not answered in this leadership. */
    public static final long NEVER = -1;

    /**
     * What a leader knows of another replica.
     *
     * @param member its name
     * @param counts whether it is a member already
     * @param lagEntries how many entries it has not answered for
     * @param lagBytes how many bytes those have, as far as they are kept in memory: at least so many
     * @param snapshot whether it is given a snapshot
     * @param answeredNs how long ago was sent what it has answered last, or {@link #NEVER}
     */
    public record Other(
            long member, boolean counts, long lagEntries, long lagBytes, boolean snapshot, long answeredNs) {}

    /** The list is kept. */
    public ReplicaStatus {
        others = List.copyOf(others);
    }
}
