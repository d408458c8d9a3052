package org.waybill.systemtests.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.systemtests.cluster.Trial.Between;
import org.waybill.systemtests.cluster.network.Network;

/** Lines between nodes that break, silently, for longer than any lease lasts, and come back. Clients reach every node all the time. */
final class ClusterPartitionIT {
    private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(4);

    /** Which lines, seen from a victim and the two others. */
    enum Partition {
        WHOLE {
            @Override
            void make(Network network, int victim, int one, int other) {
                network.cutBoth(victim, one);
                network.cutBoth(victim, other);
            }
        },
        PARTIAL {
            @Override
            void make(Network network, int victim, int one, int other) {
                network.cutBoth(victim, one);
            }
        },
        DEAF {
            @Override
            void make(Network network, int victim, int one, int other) {
                network.cut(one, victim);
                network.cut(other, victim);
            }
        },
        DUMB {
            @Override
            void make(Network network, int victim, int one, int other) {
                network.cut(victim, one);
                network.cut(victim, other);
            }
        },
        ONE_WAY {
            @Override
            void make(Network network, int victim, int one, int other) {
                network.cut(victim, one);
            }
        };

        abstract void make(Network network, int victim, int one, int other);
    }

    @Test
    void aNodeThatIsCutOffCostsNothingThatWasSettled() throws Exception {
        int rounds = Trial.rounds();
        partition(Between.PROXIES, rounds, Partition.WHOLE, Partition.DUMB);
    }

    @ParameterizedTest
    @EnumSource
    void noPartitionCostsAnything(Between between) throws Exception {
        Trial.onlyInLongForm();
        partition(between, Trial.rounds(), Partition.values());
    }

    private static void partition(Between between, int rounds, Partition... partitions) throws Exception {
        try (Trial trial = new Trial("partition", between, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % 3;
                Partition partition = partitions[round % partitions.length];
                trial.fault(
                        () -> partition.make(trial.network(), victim, 1 + victim % 3, 1 + (victim + 1) % 3),
                        LONGER_THAN_A_LEASE);
                trial.network().heal();
                trial.awaitService();
            }
            trial.end();
        }
    }
}
