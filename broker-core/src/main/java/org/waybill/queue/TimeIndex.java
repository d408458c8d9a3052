package org.waybill.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks of a shard's queues have an entry that expires or comes due, and when: a heap of blocks by the earliest such time.
 * On the shard's loop.
 *
 * <p>A message costs nothing here but a comparison. A block is looked through when its time has come and says when to look
 * again; until then it may be here with a time whose entry is gone, which costs one look in vain. A block leaves when it leaves
 * its line, so that messages consumed before their time keep nothing alive.
 */
public final class TimeIndex {
    /** Later than every time. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int FIRST_CAPACITY = 16;

    private @Nullable Block[] heap = new @Nullable Block[FIRST_CAPACITY];
    private int size;

    /** The earliest time at which a block must be looked through, in epoch milliseconds, or {@link #NEVER}. */
    public long earliestMs() {
        Block first = heap[0];
        return first == null ? NEVER : first.wakeAtMs;
    }

    /**
     * Takes the block out that must be looked through first, if its time has come; {@link Queue#timePassed} puts it back.
     *
     * @return null when no block's time has come
     */
    public @Nullable Block poll(long nowMs) {
        Block first = heap[0];
        if (first == null || first.wakeAtMs > nowMs) {
            return null;
        }
        forget(first);
        return first;
    }

    /** An entry of this block expires or comes due at this time. */
    void note(Block block, long atMs) {
        if (atMs >= block.wakeAtMs) {
            return;
        }
        block.wakeAtMs = atMs;
        if (block.heapIndex < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            block.heapIndex = size++;
        }
        up(block, block.heapIndex);
    }

    /** The block need not be looked through. */
    void forget(Block block) {
        int hole = block.heapIndex;
        if (hole < 0) {
            return;
        }
        block.heapIndex = Block.NOT_IN_HEAP;
        block.wakeAtMs = NEVER;
        Block last = heap[--size];
        heap[size] = null;
        if (last != null && last != block) {
            up(last, hole);
            down(last, last.heapIndex);
        }
    }

    private void up(Block block, int from) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            Block above = heap[parent];
            if (above == null || !isBefore(block, above)) {
                break;
            }
            put(above, at);
            at = parent;
        }
        put(block, at);
    }

    private void down(Block block, int from) {
        int at = from;
        int child = 2 * at + 1;
        while (child < size) {
            Block below = heap[child];
            Block other = child + 1 < size ? heap[child + 1] : null;
            if (below != null && other != null && isBefore(other, below)) {
                below = other;
                child++;
            }
            if (below == null || !isBefore(below, block)) {
                break;
            }
            put(below, at);
            at = child;
            child = 2 * at + 1;
        }
        put(block, at);
    }

    /** Of blocks with one time the older is first: what is due at once comes in the order in which it was sent. */
    private static boolean isBefore(Block block, Block other) {
        return block.wakeAtMs != other.wakeAtMs ? block.wakeAtMs < other.wakeAtMs : block.number < other.number;
    }

    private void put(Block block, int at) {
        heap[at] = block;
        block.heapIndex = at;
    }
}
