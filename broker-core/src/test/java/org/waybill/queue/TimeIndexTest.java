package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index against a list that is searched. */
class TimeIndexTest {
    private final TimeIndex index = new TimeIndex();
    private final QueueModel model = new QueueModel(0, 0);
    private final Line line = new Line(model.queue, 4);

    @Test
    void knowsNothingAtFirst() {
        assertThat(index.earliestMs()).isEqualTo(TimeIndex.NEVER);
        assertThat(index.poll(TimeIndex.NEVER)).isNull();
        index.note(new Block(line, 0), TimeIndex.NEVER);
        assertThat(index.poll(TimeIndex.NEVER)).isNull();
    }

    @Test
    void aBlockIsThereOnceWithItsEarliestTime() {
        Block block = new Block(line, 0);
        index.note(block, 20);
        index.note(block, 10);
        index.note(block, 30);
        assertThat(index.earliestMs()).isEqualTo(10);
        assertThat(index.poll(9)).isNull();
        assertThat(index.poll(10)).isSameAs(block);
        assertThat(index.earliestMs()).isEqualTo(TimeIndex.NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void doesWhatAListDoes(long seed) {
        Random random = new Random(seed);
        List<Block> blocks = new ArrayList<>();
        Map<Block, Long> times = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            blocks.add(new Block(line, 0));
        }
        for (int step = 0; step < 20_000; step++) {
            Block block = blocks.get(random.nextInt(blocks.size()));
            switch (random.nextInt(5)) {
                case 0, 1, 2 -> {
                    long at = random.nextInt(1_000);
                    index.note(block, at);
                    times.merge(block, at, Math::min);
                }
                case 3 -> {
                    index.forget(block);
                    times.remove(block);
                }
                default -> {
                    long now = random.nextInt(1_000);
                    Block polled = index.poll(now);
                    if (polled == null) {
                        assertThat(times.values()).as("seed %d", seed).allMatch(at -> at > now);
                    } else {
                        assertThat(times.remove(polled)).as("seed %d", seed).isLessThanOrEqualTo(now);
                    }
                }
            }
            long earliest = times.values().stream().min(Long::compare).orElse(TimeIndex.NEVER);
            assertThat(index.earliestMs()).as("seed %d, step %d", seed, step).isEqualTo(earliest);
        }
    }

    @Test
    void aBlockThatLeavesItsLineLeavesTheIndex() {
        for (int i = 0; i < Block.CAPACITY + 1; i++) {
            model.queue.store(i + 1, 4, null, 10, true, 5_000);
        }
        Line stored = model.queue.lines().line(4);
        assertThat(model.times.earliestMs()).isEqualTo(5_000);
        Block first = stored.first;
        for (int i = 0; i < Block.CAPACITY; i++) {
            model.queue.remove(first, i);
        }
        assertThat(first.heapIndex).isEqualTo(Block.NOT_IN_HEAP);
        assertThat(stored.last.heapIndex).isNotEqualTo(Block.NOT_IN_HEAP);
        model.queue.close();
        assertThat(model.times.earliestMs()).isEqualTo(TimeIndex.NEVER);
    }
}
