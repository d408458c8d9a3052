package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.cluster.election.Stance;
import org.waybill.cluster.election.Standing;

/** What real replicas say of themselves to those who elect. */
final class StandingTest {
    @Test
    void oneLeadsAndTheOthersFollow() {
        Simulation simulation = settled();
        SimNode leader = leader(simulation);

        assertThat(Standing.of(leader.replica()))
                .isEqualTo(new Standing(leader.member, leader.replica().epoch(), Stance.LEADING));
        assertThat(others(simulation, leader))
                .extracting(node -> Standing.of(node.replica()).stance())
                .containsOnly(Stance.FOLLOWING);
    }

    @Test
    void aLeaderWithoutFollowersIsCutOffAndTheyAreWilling() {
        Simulation simulation = settled();
        SimNode leader = leader(simulation);

        simulation.network.isolate(leader.number);
        simulation.runUntil("it is cut off", () -> Standing.of(leader.replica()).stance() == Stance.CUT_OFF);
        simulation.runUntil("somebody would lead", () -> others(simulation, leader).stream()
                .anyMatch(node -> Standing.of(node.replica()).stance() == Stance.WILLING));
    }

    @Test
    void whoeverIsNoMemberStandsAside() {
        Simulation simulation = new Simulation(3, 3, Mutation.NONE);
        simulation.setUp(2);
        simulation.runFor(50 * Simulation.MS);

        assertThat(Standing.of(simulation.nodes().get(2).replica()).stance()).isEqualTo(Stance.BYSTANDER);
    }

    private static Simulation settled() {
        Simulation simulation = new Simulation(3, 3, Mutation.NONE);
        simulation.setUp(3);
        simulation.work();
        simulation.runFor(6_000 * Simulation.MS);
        return simulation;
    }

    private static SimNode leader(Simulation simulation) {
        return simulation.nodes().stream()
                .filter(node -> node.replica().mayAct())
                .findFirst()
                .orElseThrow(() -> new AssertionError(simulation.describe()));
    }

    private static List<SimNode> others(Simulation simulation, SimNode leader) {
        return simulation.nodes().stream().filter(node -> node != leader).toList();
    }
}
