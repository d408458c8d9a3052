package org.waybill.cluster.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is told to lead when, on virtual time. */
final class ElectionTest {
    private static final long SEED = 20_261_123;

    @Test
    void shardsAreLedByThePreferredNodesFirst() {
        SimCluster cluster = settled(3, 7);

        for (int shard = 0; shard < 7; shard++) {
            assertThat(leader(cluster, shard)).isEqualTo(cluster.electorate(1).preferred(shard));
        }
    }

    @Test
    void claimsSayTheLeadersOwnEpochs() {
        SimCluster cluster = settled(3, 3);

        cluster.node(2).replicas.get(1).epoch = 40;
        cluster.runUntil("the epoch is written", () -> cluster.claim(1).epoch() == 40);
    }

    @Test
    void anotherLeadsSoonAfterALeaderIsKilled() {
        long worstMs = 0;
        for (int i = 0; i < 31; i++) {
            SimCluster cluster = settled(SEED + i, 3, 3);
            cluster.runFor(i * 13L);
            cluster.node(1).stop();
            worstMs = Math.max(worstMs, cluster.runUntil("another leads", () -> cluster.leader(0) != null));
        }
        assertThat(worstMs).isLessThan(2_000);
    }

    @Test
    void whatOneNodeLedGoesToDifferentOthers() {
        SimCluster cluster = settled(3, 12);

        cluster.node(1).stop();
        cluster.runUntil("all are led", cluster::allLed);

        List<Integer> successors = IntStream.of(0, 3, 6, 9)
                .mapToObj(shard -> leader(cluster, shard))
                .toList();
        assertThat(successors).containsExactly(2, 3, 2, 3);
    }

    @Test
    void aLeaderWithoutFollowersHoldsNobodyBack() {
        SimCluster cluster = settled(3, 3);

        cluster.node(1).cutOff = true;
        cluster.runUntil("another leads", () -> cluster.leader(0) != null && leader(cluster, 0) != 1);
    }

    @Test
    void aShardThatIsStuckHoldsNobodyBack() {
        SimCluster cluster = settled(3, 3);

        cluster.node(1).replicas.get(0).stuck = true;
        cluster.runUntil("another leads", () -> cluster.leader(0) != null && leader(cluster, 0) != 1);
        assertThat(leader(cluster, 1)).isEqualTo(2);
    }

    @Test
    void aLeaderThatDoesNotReachTheRegistersIsLeftAlone() {
        SimCluster cluster = settled(3, 3);
        int before = cluster.changes;

        cluster.node(1).withoutRegisters = true;
        cluster.runFor(20_000);

        assertThat(cluster.changes).isEqualTo(before);
        assertThat(leader(cluster, 0)).isEqualTo(1);
        assertThat(cluster.isTrue(0)).isTrue();
    }

    @Test
    void aNodeThatWasFrozenTakesNothingFromOthers() {
        for (int i = 0; i < 50; i++) {
            SimCluster cluster = settled(SEED + i, 3, 3);
            cluster.runFor(i * 7L);
            cluster.node(3).frozenUntilNs = cluster.nowNs() + 10_000 * SimCluster.MS;
            cluster.runFor(9_990);
            int before = cluster.changes;
            cluster.runFor(5_000);
            assertThat(cluster.changes).as("seed %d", SEED + i).isEqualTo(before);
        }
    }

    @Test
    void whoeverFailsToLeadMakesRoomForOthers() {
        SimCluster cluster = settled(3, 3);

        cluster.node(2).replicas.get(0).failsToLead = true;
        cluster.node(1).stop();

        cluster.runUntil("the third leads", () -> cluster.leader(0) != null);
        assertThat(leader(cluster, 0)).isEqualTo(3);
    }

    @Test
    void leadersStayWhenEverythingIsForgotten() {
        SimCluster cluster = settled(3, 3);
        int before = cluster.changes;

        cluster.registers.forget();
        cluster.runFor(20_000);

        assertThat(cluster.changes).isEqualTo(before);
        assertThat(cluster.allTrue()).isTrue();
    }

    @Test
    void leadersStayWhileNothingAnswersAndAfterwards() {
        SimCluster cluster = settled(3, 3);
        int before = cluster.changes;
        int asked = cluster.registers.questions;

        cluster.registers.mood = SimRegisters.Mood.SILENT;
        cluster.runFor(20_000);
        assertThat(cluster.node(1).election().answers()).isFalse();
        assertThat(cluster.registers.questions - asked)
                .as("questions to registers that hang")
                .isLessThan(150);
        assertThat(cluster.registers.stalls).isPositive();
        cluster.registers.mood = SimRegisters.Mood.SOUND;
        cluster.runFor(5_000);

        assertThat(cluster.node(1).election().answers()).isTrue();
        assertThat(cluster.changes).isEqualTo(before);
    }

    @Test
    void anEndedElectionSaysNothing() {
        SimCluster cluster = settled(3, 3);
        cluster.node(1).election().end();
        int asked = cluster.registers.questions;
        cluster.node(2).stop();
        cluster.node(3).stop();
        cluster.runFor(2_000);

        assertThat(cluster.registers.questions - asked).isLessThan(20);
        assertThat(cluster.node(1).election().answers()).isFalse();
    }

    @Test
    void everyTimeThatCanBeConfiguredMakesGoodOptions() {
        for (long goneMs = 300; goneMs <= 60_000; goneMs += 100) {
            ElectionOptions options = ElectionOptions.of(goneMs * SimCluster.MS);
            assertThat(options.goneNs()).isEqualTo(goneMs * SimCluster.MS);
            assertThat(options.staleNs()).isGreaterThan(3 * 50 * SimCluster.MS);
            assertThat(options.rankNs()).isGreaterThan(options.beatNs());
        }
        assertThat(ElectionOptions.of(1_000 * SimCluster.MS)).isEqualTo(ElectionOptions.defaults());
    }

    private static SimCluster settled(int size, int shards) {
        return settled(SEED, size, shards);
    }

    private static SimCluster settled(long seed, int size, int shards) {
        SimCluster cluster = new SimCluster(seed, size, shards);
        cluster.start();
        cluster.runUntil("all are led, seed " + seed, () -> cluster.allLed() && cluster.allTrue());
        cluster.runFor(1_000);
        return cluster;
    }

    private static int leader(SimCluster cluster, int shard) {
        SimNode leader = cluster.leader(shard);
        return leader == null ? 0 : leader.number;
    }
}
