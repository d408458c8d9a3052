package org.waybill.cluster.replication;

import org.jspecify.annotations.Nullable;

/** What an observer of a whole node sees of a replica's log. */
public final class ReplicaProbe {
    private ReplicaProbe() {}

    /** The epoch of the entry at an index, or 0 if that is not known any more. */
    public static long epochAt(Replica replica, long index) {
        long epoch = replica.log().epochAt(index);
        return epoch == EpochHistory.UNKNOWN ? 0 : epoch;
    }

    /** The entry at an index, or null if it is not in memory. */
    public static @Nullable Entry entry(Replica replica, long index) {
        return index >= replica.log().firstIndex() && index <= replica.lastIndex()
                ? replica.log().entry(index)
                : null;
    }
}
