package org.waybill.cluster.replication;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * For how long a replica that hears of no leader waits before it tries to lead by itself. Counted in {@link
 * ReplicationOptions#failoverNs}: one, and of it
 *
 * <pre>
 *   up to 0.1  by chance, so that two do not begin at the same moment
 *   0.1        while the coordinator of elections answers: it knows better, and speaks by then
 *   0.4        for each member that is to lead before this one, the leader that was lost apart
 * </pre>
 *
 * It waits anew when it has promised itself to another that tries, and as long as that adopts its log.
 *
 * <p>What it begins with has no effect yet: whoever hears a leader refuses it. So too little patience costs messages, not a lead.
 */
final class Patience {
    private static final double CHANCE = 0.1;
    private static final double COORDINATED = 0.1;
    private static final double RANK = 0.4;

    private final ReplicationOptions options;
    private final RandomGenerator random;
    private List<Integer> order = List.of();
    private BooleanSupplier coordinated = () -> false;
    private double chance;

    Patience(ReplicationOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
        anew();
    }

    /** The nodes as they are to lead, the first one first; those that are not named are all the last. */
    void order(List<Integer> nodes) {
        order = List.copyOf(nodes);
    }

    /** @param answers whether the coordinator of elections answers */
    void coordinated(BooleanSupplier answers) {
        coordinated = answers;
    }

    /** Waits from now on, by another chance. */
    void anew() {
        chance = random.nextDouble();
    }

    /**
     * Whether it has waited for long enough.
     *
     * @param lost the leader that was heard last, or {@link Members#NONE}
     */
    boolean isOver(long waitedNs, long self, ReplicaSet set, long lost) {
        long failoverNs = options.failoverNs();
        return waitedNs > failoverNs
                && waitedNs
                        > failoverNs
                                * (1
                                        + CHANCE * chance
                                        + (coordinated.getAsBoolean() ? COORDINATED : 0)
                                        + RANK * before(self, set, lost));
    }

    private int before(long self, ReplicaSet set, long lost) {
        int rank = rank(self);
        int before = 0;
        for (int i = 0; i < set.size(); i++) {
            long member = set.member(i);
            before += member != self && member != lost && rank(member) < rank ? 1 : 0;
        }
        return before;
    }

    private int rank(long member) {
        int rank = order.indexOf(Members.node(member));
        return rank < 0 ? order.size() : rank;
    }
}
