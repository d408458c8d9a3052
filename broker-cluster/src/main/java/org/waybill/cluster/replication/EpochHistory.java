package org.waybill.cluster.replication;

import java.util.Arrays;
import org.waybill.io.Invariant;

/**
 * In which epoch each entry of a log was written: one pair of numbers for each epoch that wrote any. Also of entries that are
 * no longer there, so that a follower of whom only a snapshot is left can still compare.
 */
final class EpochHistory {
    /** The epoch of an index that is not in the log, or of which nothing is known. */
    static final long UNKNOWN = -1;

    private static final int FIRST_CAPACITY = 8;

    /** Epochs of which the oldest are forgotten first; nobody lags by that many elections and still has a use for the log. */
    private static final int MAX_EPOCHS = 4096;

    private long[] epochs = new long[FIRST_CAPACITY];
    private long[] beginnings = new long[FIRST_CAPACITY];
    private int size;
    private long lastIndex;

    long lastIndex() {
        return lastIndex;
    }

    long lastEpoch() {
        return size == 0 ? 0 : epochs[size - 1];
    }

    /** The entry behind the last. */
    void append(long epoch) {
        Invariant.check(epoch >= lastEpoch() && epoch > 0, "epochs in a log never go down");
        lastIndex++;
        if (epoch > lastEpoch()) {
            if (size == MAX_EPOCHS) {
                System.arraycopy(epochs, 1, epochs, 0, --size);
                System.arraycopy(beginnings, 1, beginnings, 0, size);
            } else if (size == epochs.length) {
                epochs = Arrays.copyOf(epochs, size * 2);
                beginnings = Arrays.copyOf(beginnings, size * 2);
            }
            epochs[size] = epoch;
            beginnings[size++] = lastIndex;
        }
    }

    /** The entries from an index on are gone. */
    void truncateFrom(long index) {
        lastIndex = Math.min(lastIndex, index - 1);
        while (size > 0 && beginnings[size - 1] > lastIndex) {
            size--;
        }
    }

    /** The epoch of an entry, 0 for the place before the first, or {@link #UNKNOWN}. */
    long epochAt(long index) {
        if (index == 0) {
            return 0;
        }
        int run = index > lastIndex || index < 0 ? -1 : runOf(index);
        return run < 0 ? UNKNOWN : epochs[run];
    }

    /** The highest index that is at most the given one and whose epoch is at most the given one; 0 if there is none. */
    long floor(long index, long epoch) {
        long at = Math.min(index, lastIndex);
        int run = runOf(at);
        while (run >= 0 && epochs[run] > epoch) {
            at = beginnings[run] - 1;
            run--;
        }
        return run < 0 ? 0 : at;
    }

    /** Pairs of epoch and first index up to an entry, for a checkpoint or a snapshot. */
    long[] upTo(long index) {
        int runs = runOf(Math.min(index, lastIndex)) + 1;
        long[] pairs = new long[runs * 2];
        for (int i = 0; i < runs; i++) {
            pairs[2 * i] = epochs[i];
            pairs[2 * i + 1] = beginnings[i];
        }
        return pairs;
    }

    /** Forgets all and begins with what {@link #upTo} gave. */
    void reset(long[] pairs, long index) {
        size = pairs.length / 2;
        epochs = new long[Math.max(FIRST_CAPACITY, size)];
        beginnings = new long[Math.max(FIRST_CAPACITY, size)];
        for (int i = 0; i < size; i++) {
            epochs[i] = pairs[2 * i];
            beginnings[i] = pairs[2 * i + 1];
        }
        lastIndex = index;
    }

    private int runOf(long index) {
        int found = Arrays.binarySearch(beginnings, 0, size, index);
        return found >= 0 ? found : -found - 2;
    }
}
