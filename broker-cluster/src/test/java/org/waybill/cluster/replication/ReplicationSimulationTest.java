package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Clusters in one thread under everything that may go wrong. {@code -Dwaybill.seeds=N} runs more seeds, from {@code
 * -Dwaybill.from=S} on; {@code -Dwaybill.seed=S} runs one, and {@code -Dwaybill.trace=MS} prints its messages from then on.
 */
final class ReplicationSimulationTest {
    private static final long CHAOS_NS = 12_000 * Simulation.MS;

    @Test
    void losesNothingWithThreeReplicas() {
        run(3, Long.getLong("waybill.seed", Long.getLong("waybill.from", 1)), seeds());
    }

    @Test
    void losesNothingWithFiveNodes() {
        run(5, Long.getLong("waybill.seed", 1_000_000 + Long.getLong("waybill.from", 1)), seeds() / 3 + 1);
    }

    @Test
    void oneSeedIsOneCourseOfEvents() {
        Simulation first = new Simulation(4711, 5, Mutation.NONE);
        first.run(CHAOS_NS);
        Simulation second = new Simulation(4711, 5, Mutation.NONE);
        second.run(CHAOS_NS);
        assertThat(second.steps).isEqualTo(first.steps);
        assertThat(second.history().digest()).isEqualTo(first.history().digest());
    }

    private static long seeds() {
        return System.getProperty("waybill.seed") != null ? 1 : Long.getLong("waybill.seeds", 7_500);
    }

    private static void run(int size, long firstSeed, long seeds) {
        long startNs = System.nanoTime();
        long steps = 0;
        long elections = 0;
        long operations = 0;
        long snapshots = 0;
        long lost = 0;
        long early = 0;
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Simulation simulation = new Simulation(seed, size, Mutation.NONE);
            try {
                simulation.run(CHAOS_NS);
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("seed " + seed + " at " + simulation.nowNs() / Simulation.MS + " ms", broken);
            }
            steps += simulation.steps;
            elections += simulation.history().elections;
            operations += simulation.history().operations;
            snapshots += simulation.history().snapshots;
            lost += simulation.history().lostDisks();
            early += simulation.history().receivedEarly;
        }
        System.out.printf(
                "%d nodes, %d seeds from %d in %d ms: %d steps, %d elections, %d operations (%d received early), %d states restored, %d disks replaced%n",
                size,
                seeds,
                firstSeed,
                (System.nanoTime() - startNs) / Simulation.MS,
                steps,
                elections,
                operations,
                early,
                snapshots,
                lost);
        assertThat(operations).isPositive();
    }
}
