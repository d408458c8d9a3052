package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SequenceWindowTest {
    private final SequenceWindow window = new SequenceWindow();

    private List<String> runs(SequenceWindow of) {
        List<String> runs = new ArrayList<>();
        of.forEachRun((first, last) -> runs.add(first + ".." + last));
        return runs;
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(window.contains(0)).isFalse();
        assertThat(runs(window)).isEmpty();
    }

    @Test
    void numbersThatWereLeftOutMayStillCome() {
        window.add(10, 20);
        window.add(30, 30);
        assertThat(window.contains(25)).isFalse();
        assertThat(window.contains(9)).isFalse();
        window.add(25, 25);
        window.add(3, 3);
        assertThat(runs(window)).containsExactly("3..3", "10..20", "25..25", "30..30");
    }

    @Test
    void whatIsOlderThanTheNewestNumbersCountsAsStored() {
        window.add(5, 5);
        long newest = 5L + SequenceWindow.MOST + 100;
        window.add(newest, newest);
        assertThat(window.contains(newest - SequenceWindow.MOST)).isTrue();
        assertThat(window.contains(newest - SequenceWindow.MOST + 1)).isFalse();
        assertThat(runs(window)).containsExactly(newest + ".." + newest);
    }

    @Test
    void aCopyHasALifeOfItsOwn() {
        window.add(1, 2);
        SequenceWindow copy = window.copy();
        window.add(3, 3);
        assertThat(runs(copy)).containsExactly("1..2");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void knowsWhatASetOfNumbersKnows(long seed) {
        Random random = new Random(seed);
        TreeSet<Long> model = new TreeSet<>();
        long newest = random.nextInt(10_000);
        for (int i = 0; i < 3_000; i++) {
            long step = random.nextInt(200) == 0 ? random.nextInt(2 * SequenceWindow.MOST) : random.nextInt(4);
            boolean late = random.nextInt(5) == 0;
            long from = late ? Math.max(0, newest - random.nextInt(SequenceWindow.MOST)) : newest + step;
            long to = late ? from : from + random.nextInt(6);
            window.add(from, to);
            newest = Math.max(newest, to);
            for (long number = from; number <= to; number++) {
                model.add(number);
            }
            long asked = Math.max(0, newest + 3 - random.nextInt(SequenceWindow.MOST + 10));
            assertThat(window.contains(asked))
                    .as("seed %d, step %d: %d of at most %d", seed, i, asked, newest)
                    .isEqualTo(model.contains(asked) || asked <= model.last() - SequenceWindow.MOST);
        }
        List<Long> kept = new ArrayList<>();
        window.forEachRun((first, last) -> {
            for (long number = first; number <= last; number++) {
                kept.add(number);
            }
        });
        assertThat(kept).as("seed %d", seed).containsExactlyElementsOf(model.tailSet(newest - SequenceWindow.MOST + 1));
    }
}
