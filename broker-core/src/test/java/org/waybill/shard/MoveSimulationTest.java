package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.waybill.message.Outcome;

/**
 * Messages that the broker moves over shards whose messages are lost, doubled and late and whose leaders crash one at a time: dead letters,
 * what has expired, and what an administrator moves, to queues that take them and to one that is full, while queues move to other shards
 * and back with all that is in them. Each is in one queue, once,
 * unless it was consumed; what was sent in order and moved is in order.
 */
class MoveSimulationTest {
    private static final int SEEDS = Integer.getInteger("waybill.simulation.seeds", 200);
    private static final long FIRST_SEED = Long.getLong("waybill.simulation.first", 1);

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void everyMessageIsInOnePlaceOnce() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new MoveRun(new Random(seed), counts).run();
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError("seed " + seed, wrong);
            }
        }
        assertThat(counts.keySet())
                .contains(
                        "consumed",
                        "in fragile",
                        "in dead",
                        "in expired",
                        "in sorted",
                        "in full",
                        "moved",
                        "queue moves",
                        "queue does not move",
                        "shard with guests, or with queues away",
                        "not moved",
                        "crash with something on its way",
                        "checkpoint with something on its way");
    }

    @Test
    void aDeadLetterThatNobodyWouldTakeIsGivenBackAndMovedTheNextTime() {
        MoveRun run = new MoveRun(new Random(1), counts);
        run.network.tellLeaderless(MoveRun.SHARDS - 1);
        MoveClient client = run.fail("letter");
        assertThat(run.browse("dead", MoveRun.SHARDS - 1)).isEmpty();
        assertThat(run.network.shard(0).state().movesOut().isEmpty()).isTrue();

        run.network.crash(MoveRun.SHARDS - 1);
        run.network.recover(MoveRun.SHARDS - 1);
        client.credit(2);
        run.network.settle(Mover.RETRY_MS / 1_000 + 1);
        assertThat(client.texts()).containsExactly("letter", "letter");
        client.settle(1, Outcome.FAILED);
        run.network.settle(1);
        assertThat(run.browse("dead", MoveRun.SHARDS - 1)).containsExactly("letter");
        assertThat(run.browse(ShardNetwork.FRAGILE, 0)).isEmpty();
        assertThat(run.network.shard(0).mover().isIdle()).isTrue();
    }

    @Test
    void aDeadLetterThatIsOnItsWayArrivesWhenTheOtherShardHasALeader() {
        MoveRun run = new MoveRun(new Random(1), counts);
        run.network.crash(MoveRun.SHARDS - 1);
        MoveClient client = run.fail("letter");
        client.credit(2);
        run.network.passWithoutRecovery(60);
        assertThat(client.texts()).as("it is decided that it goes").containsExactly("letter");
        run.network.checkpoint(0);
        run.network.passWithoutRecovery(1);
        run.network.recover(MoveRun.SHARDS - 1);
        run.network.crash(0);
        run.network.settle(1);
        assertThat(run.browse("dead", MoveRun.SHARDS - 1)).containsExactly("letter");
        assertThat(run.browse(ShardNetwork.FRAGILE, 0)).isEmpty();
    }

    @Test
    void anAdministratorDoesNotWaitForEverForAShardWithoutALeader() {
        MoveRun run = new MoveRun(new Random(1), counts);
        MoveClient client = new MoveClient(run);
        client.send("plain", 0, "one", true, 0);
        run.network.settle(1);
        run.network.crash(1);
        List<Map<String, Object>> answers = client.move("plain", 0, "sorted", 1, 10);
        run.network.passWithoutRecovery(5);
        assertThat(answers).isEmpty();
        run.network.passWithoutRecovery(10);
        assertThat(answers).containsExactly(Map.of("moved", 1L));
        run.network.settle(12);
        assertThat(run.browse("plain", 0)).isEmpty();
        assertThat(run.browse("sorted", 1)).containsExactly("one");
    }
}
