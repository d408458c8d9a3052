package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares the history with a plain list of every entry's epoch. */
final class EpochHistoryTest {
    @Test
    void answersAsAListOfAllEpochsWould() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            EpochHistory history = new EpochHistory();
            List<Long> model = new ArrayList<>();
            for (int step = 0; step < 100; step++) {
                long last = model.isEmpty() ? 1 : model.get(model.size() - 1);
                if (random.nextInt(8) == 0 && !model.isEmpty()) {
                    int from = 1 + random.nextInt(model.size());
                    history.truncateFrom(from);
                    model.subList(from - 1, model.size()).clear();
                } else {
                    long epoch = last + (random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0);
                    history.append(epoch);
                    model.add(epoch);
                }
                if (random.nextInt(20) == 0) {
                    long[] pairs = history.upTo(model.size());
                    history = new EpochHistory();
                    history.reset(pairs, model.size());
                }
                compare(history, model, random, seed);
            }
        }
    }

    private static void compare(EpochHistory history, List<Long> model, Random random, long seed) {
        assertThat(history.lastIndex()).as("seed %d", seed).isEqualTo(model.size());
        for (int index = 1; index <= model.size(); index++) {
            assertThat(history.epochAt(index)).as("seed %d", seed).isEqualTo(model.get(index - 1));
        }
        assertThat(history.epochAt(0)).isZero();
        assertThat(history.epochAt(model.size() + 1)).isEqualTo(EpochHistory.UNKNOWN);
        long index = random.nextInt(model.size() + 3);
        long epoch = random.nextInt(30);
        long floor = Math.min(index, model.size());
        while (floor > 0 && model.get((int) floor - 1) > epoch) {
            floor--;
        }
        assertThat(history.floor(index, epoch)).as("seed %d", seed).isEqualTo(floor);
    }
}
