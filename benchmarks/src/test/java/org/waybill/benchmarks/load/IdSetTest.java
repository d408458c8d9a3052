package org.waybill.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdSetTest {
    @Test
    void tellsADuplicateFromTheSameSequenceOfAnotherProducer() {
        IdSet ids = new IdSet(2);

        assertThat(ids.add(7, 0)).isTrue();
        assertThat(ids.add(7, 1)).isTrue();
        assertThat(ids.add(7, 0)).isFalse();
        assertThat(ids.size()).isEqualTo(2);
    }

    @Test
    void countsWhatWasSettledAndIsNotThere() {
        IdSet settled = new IdSet(1);
        settled.add(0, 0);
        settled.add(1, 0);
        IdSet seen = new IdSet(1);
        seen.add(1, 0);
        seen.add(2, 0);

        assertThat(settled.countMissingFrom(seen)).isEqualTo(1);
    }

    @Test
    void survivesBetweenTwoRuns(@TempDir Path folder) throws IOException {
        IdSet settled = new IdSet(3);
        settled.add(100_000, 2);
        Path file = folder.resolve("settled.bin");
        settled.write(file);

        IdSet read = IdSet.read(file);

        assertThat(read.producers()).isEqualTo(3);
        assertThat(read.size()).isEqualTo(1);
        assertThat(settled.countMissingFrom(read)).isZero();
    }
}
