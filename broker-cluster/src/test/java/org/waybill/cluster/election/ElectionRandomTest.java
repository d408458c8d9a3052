package org.waybill.cluster.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happened before: when it is over, each shard is led, its claim is true, and stays so. */
final class ElectionRandomTest {
    private static final long MS = SimCluster.MS;
    private static final SimRegisters.Mood[] MOODS = SimRegisters.Mood.values();

    @Test
    void everyShardIsLedWhenFaultsAreOver() {
        long first = Long.getLong("waybill.seed", 1);
        int count = Integer.getInteger("waybill.seeds", 40);
        for (long seed = first; seed < first + count; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        Random random = new Random(~seed);
        SimCluster cluster = new SimCluster(seed, random.nextBoolean() ? 3 : 5, 1 + random.nextInt(6));
        cluster.start();
        for (int i = 0; i < 30; i++) {
            fault(cluster, random);
            cluster.runFor(random.nextInt(2_500));
        }
        heal(cluster);
        cluster.runUntil("seed " + seed, cluster::allTrue);
        cluster.runFor(2_000);
        int changes = cluster.changes;
        cluster.runFor(10_000);
        assertThat(cluster.allTrue())
                .as("seed %d: %s", seed, cluster.describe())
                .isTrue();
        assertThat(cluster.changes)
                .as("changes without a reason, seed %d", seed)
                .isEqualTo(changes);
    }

    private static void fault(SimCluster cluster, Random random) {
        SimNode node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
        switch (random.nextInt(9)) {
            case 0 -> node.cutOff = !node.cutOff;
            case 1 -> node.withoutRegisters = !node.withoutRegisters;
            case 2 -> node.frozenUntilNs = cluster.nowNs() + random.nextInt(6_000) * MS;
            case 3, 4 -> {
                if (node.up) {
                    node.stop();
                } else {
                    node.start();
                }
            }
            case 5 -> cluster.registers.forget();
            case 6 -> node.replicas.get(random.nextInt(node.replicas.size())).failsToLead = random.nextBoolean();
            default -> cluster.registers.mood = MOODS[random.nextInt(MOODS.length)];
        }
    }

    private static void heal(SimCluster cluster) {
        cluster.registers.mood = SimRegisters.Mood.SOUND;
        for (SimNode node : cluster.nodes) {
            node.cutOff = false;
            node.withoutRegisters = false;
            node.frozenUntilNs = 0;
            node.replicas.forEach(replica -> replica.failsToLead = false);
            if (!node.up) {
                node.start();
            }
        }
    }
}
