package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How long nobody leads, in virtual time, with a coordinator that sees a leader stand still after one second. */
final class FailoverTest {
    private static final int TIMES = 31;

    @Test
    void anotherLeadsSoonAfterALeaderIsKilled() {
        long worstMs = measure("killed", simulation -> leader(simulation).stop(false));
        assertThat(worstMs).isLessThan(1_400);
    }

    @Test
    void anotherLeadsSoonAfterALeaderIsCutOff() {
        long worstMs = measure("cut off", simulation -> simulation.network.isolate(leader(simulation).number));
        assertThat(worstMs).isLessThan(1_400);
    }

    @Test
    void anotherLeadsAtOnceAfterAHandOver() {
        long worstMs = measure("handed over", simulation -> {
            SimNode leader = leader(simulation);
            int next = (leader.number + 1) % simulation.nodes().size();
            leader.run(leader.life, () -> leader.replica()
                    .handOver(simulation.nodes().get(next).member));
        });
        assertThat(worstMs).isLessThan(100);
    }

    private static long measure(String how, Consumer<Simulation> fault) {
        long[] tookMs = new long[TIMES];
        for (int i = 0; i < TIMES; i++) {
            Simulation simulation = new Simulation(i, 3, Mutation.NONE);
            simulation.setUp(3);
            simulation.work();
            simulation.runFor((6_000 + i * 17) * Simulation.MS);
            int former = leader(simulation).number;
            long beganNs = simulation.nowNs();
            fault.accept(simulation);
            simulation.runUntil("another leads", () -> simulation.nodes().stream()
                    .anyMatch(node -> node.number != former
                            && node.up
                            && node.replica().isLeading()
                            && node.replica().mayAct()));
            tookMs[i] = (simulation.nowNs() - beganNs) / Simulation.MS;
        }
        Arrays.sort(tookMs);
        System.out.printf(
                "a leader is %s: another after %d ms, at worst %d ms%n", how, tookMs[TIMES / 2], tookMs[TIMES - 1]);
        return tookMs[TIMES - 1];
    }

    private static SimNode leader(Simulation simulation) {
        return simulation.nodes().stream()
                .filter(node -> node.up && node.replica().mayAct())
                .findFirst()
                .orElseThrow(() -> new AssertionError(simulation.describe()));
    }
}
