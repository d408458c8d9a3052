package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

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

    /** Reads what a backlog names, or from where it walks. */
    void from(Backlog backlog, long visibleId) {
        if (busy || !backlog.named) {
            from(Invariant.present(backlog.block), backlog.index, visibleId);
            return;
        }
        Request request = new Request();
        backlog.forEachNamed(request::add);
        start(request);
    }

    void from(Block first, int firstIndex, long visibleId) {
        if (busy) {
            return;
        }
        Request request = new Request();
        int index = firstIndex;
        for (Block block = first; block != null && !request.isFull(); block = block.next) {
            for (; index < block.count && !request.isFull(); index++) {
                if (block.isShown(index) && block.id(index) <= visibleId) {
                    request.add(block, index);
                }
            }
            index = 0;
        }
        start(request);
    }

    private void start(Request request) {
        busy = true;
        facts.read(queue, request.blocks, request.indexes, request.count);
    }

    void done() {
        busy = false;
    }

    /** Entries that are read together. */
    private static final class Request {
        final @Nullable Block[] blocks = new @Nullable Block[MAX_ENTRIES];
        final int[] indexes = new int[MAX_ENTRIES];
        int count;
        private long bytes;

        boolean isFull() {
            return count == MAX_ENTRIES || bytes >= MAX_BYTES;
        }

        /** Adds an entry unless its message is in memory or cannot be read. */
        void add(Block block, int index) {
            if (!isFull() && block.isShown(index) && block.message(index) == null && block.isReadable(index)) {
                blocks[count] = block;
                indexes[count++] = index;
                bytes += block.recordBytes(index);
            }
        }
    }
}
