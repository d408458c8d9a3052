package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TailTest {
    private static final int TAIL_BYTES = 64 << 10;
    private static final int PIECE_BYTES = TAIL_BYTES / 16;

    private final Tail tail = new Tail(TAIL_BYTES);
    private long lastIndex;

    @Test
    void entriesStayAsTheyAreUntilTheyAreForgotten() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ArrayDeque<Entry> originals = new ArrayDeque<>();
        ArrayDeque<Entry> copies = new ArrayDeque<>();
        for (int i = 0; i < 5_000; i++) {
            Entry original = entry(1 + random.nextInt(random.nextInt(20) == 0 ? 2 * PIECE_BYTES : 300), random);
            originals.addLast(original);
            copies.addLast(tail.keep(original));
            while (random.nextInt(3) == 0 && originals.size() > 1) {
                tail.forget(originals.removeFirst().index());
                copies.removeFirst();
            }
            assertSame(originals.peekFirst(), copies.peekFirst(), seed);
            assertSame(original, copies.peekLast(), seed);
        }
        while (!originals.isEmpty()) {
            assertSame(originals.removeFirst(), copies.removeFirst(), seed);
        }
    }

    @Test
    void memoryIsUsedAgain() {
        Random random = new Random(1);
        byte[] array = null;
        int found = 0;
        for (int i = 0; i < 1_000; i++) {
            Entry copy = tail.keep(entry(PIECE_BYTES / 4, random));
            if (copy.array().length == PIECE_BYTES && array == null) {
                array = copy.array();
            } else if (copy.array() == array) {
                found++;
            }
            tail.forget(copy.index() - 8);
        }
        assertThat(found).as("entries in the same piece of memory").isGreaterThan(100);
    }

    @Test
    void anArrayThatIsTooLongIsNotCopied() {
        Entry entry = entry(PIECE_BYTES / 2 + 1, new Random(1));

        assertThat(tail.keep(entry)).isSameAs(entry);
    }

    @Test
    void aShardThatHasLittleToDoTakesLittle() {
        assertThat(new Tail(64 << 20).keep(entry(100, new Random(1))).array()).hasSize(64 << 10);
    }

    private Entry entry(int bytes, Random random) {
        byte[] array = new byte[bytes + 7];
        random.nextBytes(array);
        return new Entry(++lastIndex, 3, array, 7, bytes);
    }

    private static void assertSame(Entry original, Entry copy, long seed) {
        assertThat(copy.index()).isEqualTo(original.index());
        assertThat(copy.epoch()).isEqualTo(original.epoch());
        assertThat(bytes(copy)).as("seed " + seed).isEqualTo(bytes(original));
    }

    private static ByteBuffer bytes(Entry entry) {
        return ByteBuffer.wrap(Arrays.copyOfRange(entry.array(), entry.offset(), entry.offset() + entry.length()));
    }
}
