package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whole nodes with clients, in one thread and on virtual time, while everything goes wrong that may: see {@link World}. By default some
 * hundred courses of events. {@code -Dwaybill.seeds=COUNT} runs another number of each size, {@code -Dwaybill.from=N} begins with that
 * seed, {@code -Dwaybill.seed=N} runs one again, and {@code -Dwaybill.trace=true} prints what happens.
 */
final class WorldSimulationTest {
    private static final int SEEDS_OF_THREE = Integer.getInteger("waybill.seeds", 100);
    private static final int SEEDS_OF_FIVE = Integer.getInteger("waybill.seeds", 50);
    private static final long FROM = Long.getLong("waybill.from", 1);
    private static final long ONE = Long.getLong("waybill.seed", -1);

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void threeNodesKeepWhatTheyPromise() {
        runAll(SEEDS_OF_THREE, 3);
        assertThat(counts.keySet()).contains("stored", "delivered", "consumed");
    }

    @Test
    void fiveNodesKeepWhatTheyPromise() {
        runAll(SEEDS_OF_FIVE, 5);
    }

    @Test
    void aSeedIsOneCourseOfEvents() {
        World one = new World(7, 3);
        World other = new World(7, 3);
        one.run();
        other.run();
        assertThat(other.steps()).isEqualTo(one.steps());
        assertThat(other.logs().digest()).isEqualTo(one.logs().digest());
    }

    private void runAll(int seeds, int nodes) {
        if (ONE >= 0) {
            run(ONE, nodes);
            return;
        }
        List<AssertionError> wrong = new ArrayList<>();
        for (long seed = FROM; seed < FROM + seeds; seed++) {
            try {
                run(seed, nodes);
            } catch (AssertionError one) {
                wrong.add(one);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private void run(long seed, int nodes) {
        World world = new World(seed, nodes);
        try {
            world.run();
        } catch (AssertionError | RuntimeException wrong) {
            throw new AssertionError("seed " + seed + " of " + nodes + " nodes: " + wrong.getMessage(), wrong);
        }
        world.history().counts().forEach((what, count) -> counts.merge(what, count, Integer::sum));
    }
}
