package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/** The entries of one priority of a queue, in the order of their ids. */
final class Line {
    final int priority;

    /** Entries that nobody holds, visible or not. */
    int available;

    @Nullable
    Block first;

    @Nullable
    Block last;

    final Queue queue;

    Line(Queue queue, int priority) {
        this.queue = queue;
        this.priority = priority;
    }

    /** Appends an entry behind all others; it is the last one of the block returned. */
    Block append(long id, @Nullable Message message, int bytes, boolean logged, long expiresAtMs) {
        Block block = last;
        if (block == null || block.full()) {
            block = link(block);
        }
        block.append(id, message, bytes, logged, expiresAtMs);
        return block;
    }

    private Block link(@Nullable Block tail) {
        Block block = new Block(this, tail == null ? 0 : tail.number + 1);
        block.previous = tail;
        last = block;
        if (tail == null) {
            first = block;
        } else {
            tail.next = block;
        }
        return block;
    }

    /** Called when the last live entry of a block is gone. */
    void emptied(Block block) {
        if (block == last) {
            block.reset();
            queue.cursorsLeave(block, block);
        } else {
            unlink(block);
        }
    }

    private void unlink(Block block) {
        Block before = block.previous;
        Block behind = Invariant.present(block.next);
        behind.previous = before;
        if (before == null) {
            first = behind;
        } else {
            before.next = behind;
        }
        queue.blockLeft(block);
        queue.cursorsLeave(block, behind);
    }

    /** The highest id in it, or 0. */
    long lastId() {
        Block block = last;
        return block == null || block.count == 0 ? 0 : block.id(block.count - 1);
    }

    /** The block that would hold an id, or null; searched from the end that removals come from. */
    @Nullable
    Block blockOf(long id) {
        for (Block block = first; block != null; block = block.next) {
            if (block.count > 0 && block.id(block.count - 1) >= id) {
                return block.id(0) <= id ? block : null;
            }
        }
        return null;
    }
}
