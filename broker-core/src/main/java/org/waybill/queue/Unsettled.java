package org.waybill.queue;

import org.jspecify.annotations.Nullable;

/** The deliveries of one consumer that have no outcome yet: a ring from token to entry. */
final class Unsettled {
    private static final int FIRST_CAPACITY = 4;

    private @Nullable Block[] blocks = new @Nullable Block[FIRST_CAPACITY];
    private int[] indexes = new int[FIRST_CAPACITY];
    private long base;
    private long next;
    private int size;

    int size() {
        return size;
    }

    /** The oldest token that may be unsettled. */
    long base() {
        return base;
    }

    /** The token behind the newest. */
    long next() {
        return next;
    }

    void add(long token, Block block, int index) {
        if (size == 0) {
            base = token;
        }
        while (token - base >= blocks.length) {
            grow();
        }
        int slot = (int) token & blocks.length - 1;
        blocks[slot] = block;
        indexes[slot] = index;
        next = token + 1;
        size++;
    }

    private void grow() {
        int capacity = blocks.length * 2;
        @Nullable Block[] moved = new @Nullable Block[capacity];
        int[] movedIndexes = new int[capacity];
        for (long token = base; token < next; token++) {
            moved[(int) token & capacity - 1] = blocks[(int) token & blocks.length - 1];
            movedIndexes[(int) token & capacity - 1] = indexes[(int) token & blocks.length - 1];
        }
        blocks = moved;
        indexes = movedIndexes;
    }

    /** The block of a token's entry, or null when it is settled. */
    @Nullable
    Block block(long token) {
        return token < base || token >= next ? null : blocks[(int) token & blocks.length - 1];
    }

    int index(long token) {
        return indexes[(int) token & blocks.length - 1];
    }

    void remove(long token) {
        blocks[(int) token & blocks.length - 1] = null;
        size--;
        if (token == base) {
            while (base < next && blocks[(int) base & blocks.length - 1] == null) {
                base++;
            }
        }
        if (size == 0 && blocks.length > 1024) {
            blocks = new @Nullable Block[FIRST_CAPACITY];
            indexes = new int[FIRST_CAPACITY];
        }
    }
}
