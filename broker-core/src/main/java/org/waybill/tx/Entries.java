package org.waybill.tx;

import java.util.Arrays;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;

/** Entries of queues, as parallel arrays. An entry may leave its queue while it is listed here: its id tells. */
final class Entries {
    private static final int FIRST_CAPACITY = 4;

    int size;
    Queue[] queues = new Queue[FIRST_CAPACITY];
    Block[] blocks = new Block[FIRST_CAPACITY];
    int[] indexes = new int[FIRST_CAPACITY];
    long[] ids = new long[FIRST_CAPACITY];

    /** Adds a live entry; returns its number here. */
    int add(Queue queue, Block block, int index) {
        return add(queue, block, index, block.id(index));
    }

    /** Adds what another list has under this number, live or not; returns its number here. */
    int add(Entries other, int i) {
        return add(other.queues[i], other.blocks[i], other.indexes[i], other.ids[i]);
    }

    private int add(Queue queue, Block block, int index, long id) {
        if (size == ids.length) {
            int capacity = size * 4;
            queues = Arrays.copyOf(queues, capacity);
            blocks = Arrays.copyOf(blocks, capacity);
            indexes = Arrays.copyOf(indexes, capacity);
            ids = Arrays.copyOf(ids, capacity);
        }
        queues[size] = queue;
        blocks[size] = block;
        indexes[size] = index;
        ids[size] = id;
        return size++;
    }

    /** Whether it is still in its queue. */
    boolean isHere(int i) {
        return !queues[i].closed() && blocks[i].isHere(indexes[i], ids[i]);
    }

    /** Whether it is still in its queue, and recovery would find it. */
    boolean isLogged(int i) {
        return isHere(i) && blocks[i].logged(indexes[i]);
    }

    boolean anyLogged() {
        for (int i = 0; i < size; i++) {
            if (isLogged(i)) {
                return true;
            }
        }
        return false;
    }

    int loggedCount() {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += isLogged(i) ? 1 : 0;
        }
        return count;
    }
}
