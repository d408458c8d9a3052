package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * A place in each line of a queue: no entry before it is of interest to whoever owns the cursor. {@link #block} and {@link
 * #index} name the entry that {@link #seek} or {@link #seekLive} found.
 */
final class Cursor {
    private final @Nullable Block[] blocks = new @Nullable Block[Queue.PRIORITIES];
    private final int[] indexes = new int[Queue.PRIORITIES];

    @Nullable
    Block block;

    int index;

    /** Finds the next entry that nobody holds, highest priority first, whose id is at most {@code visibleId}. */
    boolean seek(Queue queue, long visibleId) {
        for (int priority = Queue.PRIORITIES - 1; priority >= 0; priority--) {
            Line line = queue.lines().line(priority);
            if (line != null && seekIn(line, visibleId)) {
                return true;
            }
        }
        return false;
    }

    /** Finds the next entry in the queue that does not wait, held or not: what a browser sees. */
    boolean seekLive(Queue queue, long visibleId) {
        for (int priority = Queue.PRIORITIES - 1; priority >= 0; priority--) {
            Line line = queue.lines().line(priority);
            if (line != null && seekIn(line, visibleId, true)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #seek}, in one line. */
    boolean seekIn(Line line, long visibleId) {
        return line.available > 0 && seekIn(line, visibleId, false);
    }

    private boolean seekIn(Line line, long visibleId, boolean held) {
        Block at = blocks[line.priority];
        int from = indexes[line.priority];
        if (at == null) {
            at = line.first;
            from = 0;
        }
        while (at != null) {
            if (held ? at.live > 0 : at.available > 0) {
                for (int i = from; i < at.count; i++) {
                    if (held ? at.isShown(i) : at.isAvailable(i)) {
                        put(line, at, i);
                        if (at.id(i) > visibleId) {
                            return false;
                        }
                        block = at;
                        index = i;
                        return true;
                    }
                }
                from = at.count;
            } else {
                from = at.count;
            }
            if (at.next == null) {
                put(line, at, from);
                return false;
            }
            at = at.next;
            from = 0;
        }
        return false;
    }

    /** As {@link #seek}, but goes no further than another cursor. */
    boolean seekBefore(Queue queue, long visibleId, Cursor limit) {
        for (int priority = Queue.PRIORITIES - 1; priority >= 0; priority--) {
            Line line = queue.lines().line(priority);
            if (line != null && seekIn(line, visibleId) && limit.hasPassed(Invariant.present(block), index)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an entry lies before it. */
    boolean hasPassed(Block of, int at) {
        int priority = of.line.priority;
        Block here = blocks[priority];
        if (here == null || here == of) {
            return here != null && at < indexes[priority];
        }
        return here.count == 0 || of.id(at) < here.id(0);
    }

    /** Goes where another one is. */
    void moveTo(Cursor other) {
        System.arraycopy(other.blocks, 0, blocks, 0, blocks.length);
        System.arraycopy(other.indexes, 0, indexes, 0, indexes.length);
    }

    /** Goes back to where another one is, in each line in which that is behind. */
    void backTo(Cursor other) {
        for (int priority = 0; priority < blocks.length; priority++) {
            Block there = other.blocks[priority];
            Block here = blocks[priority];
            if (there == null || here == null) {
                blocks[priority] = null;
                indexes[priority] = 0;
            } else if (here == there) {
                indexes[priority] = Math.min(indexes[priority], other.indexes[priority]);
            } else if (here.count == 0 || there.count > 0 && there.id(0) < here.id(0)) {
                put(there.line, there, other.indexes[priority]);
            }
        }
    }

    /** Passes the entry found last. */
    void advance() {
        Block found = Invariant.present(block);
        put(found.line, found, index + 1);
    }

    private void put(Line line, Block at, int from) {
        blocks[line.priority] = at;
        indexes[line.priority] = from;
    }

    /** An entry was given back: it is of interest again. */
    void back(Block returned, int at) {
        int priority = returned.line.priority;
        Block here = blocks[priority];
        if (here == null) {
            return;
        }
        int from = indexes[priority];
        boolean behind = here == returned ? at < from : here.count == 0 || returned.id(at) < here.id(0);
        if (behind) {
            put(returned.line, returned, at);
        }
    }

    /** A block left its line, or was emptied for reuse ({@code to == left}). */
    void leave(Block left, Block to) {
        int priority = left.line.priority;
        if (blocks[priority] == left) {
            put(left.line, to, 0);
        }
    }
}
