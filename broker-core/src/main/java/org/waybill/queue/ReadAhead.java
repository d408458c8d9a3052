package org.waybill.queue;

import org.jspecify.annotations.Nullable;

/**
 * Reads messages back from the journal before a cursor needs them: the entry it stands on and its followers, as one request.
 * At most one request of a queue is under way.
 */
final class ReadAhead {
    private static final int MAX_ENTRIES = 512;
    private static final int MAX_BYTES = 1 << 20;

    private final Queue queue;
    private final Facts facts;
    private boolean busy;

    ReadAhead(Queue queue, Facts facts) {
        this.queue = queue;
        this.facts = facts;
    }

    boolean busy() {
        return busy;
    }

    void from(Block first, int firstIndex, long visibleId) {
        if (busy) {
            return;
        }
        @Nullable Block[] blocks = new @Nullable Block[MAX_ENTRIES];
        int[] indexes = new int[MAX_ENTRIES];
        int count = 0;
        long bytes = 0;
        int index = firstIndex;
        for (Block block = first; block != null && count < MAX_ENTRIES && bytes < MAX_BYTES; block = block.next) {
            for (; index < block.count && count < MAX_ENTRIES && bytes < MAX_BYTES; index++) {
                if (block.isShown(index)
                        && block.message(index) == null
                        && block.isReadable(index)
                        && block.id(index) <= visibleId) {
                    blocks[count] = block;
                    indexes[count++] = index;
                    bytes += block.recordBytes(index);
                }
            }
            index = 0;
        }
        busy = true;
        facts.read(queue, blocks, indexes, count);
    }

    void done() {
        busy = false;
    }
}
