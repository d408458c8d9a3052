package org.waybill.cluster.node;

import java.util.function.IntPredicate;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicaStatus;
import org.waybill.cluster.replication.ReplicationOptions;

/** Hands leaderships over to members that can lead at once: they count, they have answered just now, and they lack little. */
final class Succession {
    /** What a successor fetches in less time than clients take to connect again. */
    private static final long LITTLE_BYTES = 4 << 20;

    private final long recentNs;

    Succession(ReplicationOptions options) {
        this.recentNs = options.leaseNs();
    }

    /** To a node's member, if that can lead; returns whether it was begun. On the shard's loop. */
    boolean handOver(Replica replica, int node) {
        for (ReplicaStatus.Other other : replica.status().others()) {
            if (Members.node(other.member()) == node && isFit(other)) {
                return replica.handOver(other.member());
            }
        }
        return false;
    }

    /**
     * To whichever member lacks least; returns whether it was begun. On the shard's loop.
     *
     * @param stays whether a node is not about to end too
     */
    boolean handOver(Replica replica, IntPredicate stays) {
        long best = fittest(replica, stays);
        return best != Members.NONE && replica.handOver(best);
    }

    /** Whichever member lacks least, or {@link Members#NONE}. On the shard's loop. */
    long fittest(Replica replica, IntPredicate stays) {
        long best = Members.NONE;
        long leastBytes = Long.MAX_VALUE;
        for (ReplicaStatus.Other other : replica.status().others()) {
            if (isFit(other) && stays.test(Members.node(other.member())) && other.lagBytes() < leastBytes) {
                best = other.member();
                leastBytes = other.lagBytes();
            }
        }
        return best;
    }

    private boolean isFit(ReplicaStatus.Other other) {
        return other.counts()
                && !other.snapshot()
                && other.answeredNs() != ReplicaStatus.NEVER
                && other.answeredNs() < recentNs
                && other.lagBytes() < LITTLE_BYTES;
    }
}
