package org.waybill.shard;

/**
 * Which of a producer's messages were stored, by their numbers: exactly for the newest {@link #MOST} numbers. What is older counts as
 * stored. Numbers that were left out, because they were refused or went to other shards, may still come.
 *
 * <p>One bit for each number, as many as the numbers stored so far are apart.
 */
final class SequenceWindow {
    /** For how many numbers up to the highest it is known whether they were stored. */
    static final int MOST = 4_096;

    private long[] bits;
    private long lowest;
    private long last;

    SequenceWindow() {
        this(new long[1], 0, -1);
    }

    private SequenceWindow(long[] bits, long lowest, long last) {
        this.bits = bits;
        this.lowest = lowest;
        this.last = last;
    }

    /** Sees numbers that follow each other. */
    @FunctionalInterface
    interface Visitor {
        /** These were stored, and neither the one before nor the one behind. */
        void visit(long first, long last);
    }

    SequenceWindow copy() {
        return new SequenceWindow(bits.clone(), lowest, last);
    }

    /** Whether a message of this number was stored. */
    boolean contains(long number) {
        if (number > last || number <= last - MOST) {
            return number <= last;
        }
        return number >= lowest && isSet(number);
    }

    /** The messages of these numbers were stored. */
    void add(long from, long to) {
        for (long number = Math.max(from, to - MOST + 1); number <= to; number++) {
            add(number);
        }
    }

    private void add(long number) {
        if (last < 0) {
            lowest = number;
            last = number;
            set(number);
        } else if (number > last) {
            grow(number - first() + 1);
            for (long missing = Math.max(last + 1, number - capacity() + 1); missing < number; missing++) {
                bits[word(missing)] &= ~(1L << missing);
            }
            last = number;
            set(number);
        } else if (number > last - MOST) {
            lowest = Math.min(lowest, number);
            grow(last - lowest + 1);
            set(number);
        }
    }

    /** Visits what was stored, lowest first. */
    void forEachRun(Visitor visitor) {
        long begun = -1;
        for (long number = first(); number <= last; number++) {
            if (isSet(number)) {
                begun = begun < 0 ? number : begun;
            } else if (begun >= 0) {
                visitor.visit(begun, number - 1);
                begun = -1;
            }
        }
        if (begun >= 0) {
            visitor.visit(begun, last);
        }
    }

    private long first() {
        return Math.max(lowest, last - MOST + 1);
    }

    private int capacity() {
        return bits.length * Long.SIZE;
    }

    private void grow(long span) {
        if (span <= capacity() || capacity() == MOST) {
            return;
        }
        int words = bits.length;
        while ((long) words * Long.SIZE < Math.min(span, MOST)) {
            words *= 2;
        }
        // a bit has the same place in its word however many words there are
        long[] grown = new long[words];
        long[] old = bits;
        long from = Math.max(lowest, last - old.length * (long) Long.SIZE + 1);
        for (long number = from; number <= last; number++) {
            if ((old[(int) (number / Long.SIZE) & old.length - 1] & 1L << number) != 0) {
                grown[(int) (number / Long.SIZE) & words - 1] |= 1L << number;
            }
        }
        bits = grown;
    }

    private boolean isSet(long number) {
        return (bits[word(number)] & 1L << number) != 0;
    }

    private void set(long number) {
        bits[word(number)] |= 1L << number;
    }

    private int word(long number) {
        return (int) (number / Long.SIZE) & bits.length - 1;
    }
}
