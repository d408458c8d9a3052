package org.waybill.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/** The entries of a queue in their order: a line for each priority. On its shard's loop. */
public final class Lines {
    private final Queue queue;
    private final @Nullable Line[] lines = new @Nullable Line[Queue.PRIORITIES];

    Lines(Queue queue) {
        this.queue = queue;
    }

    /** Appends an entry behind all others of its priority; it is the last one of the block returned. */
    Block append(long messageId, int priority, @Nullable Message message, int bytes, boolean logged, long expiresAtMs) {
        Line line = lines[priority];
        if (line == null) {
            line = new Line(queue, priority);
            lines[priority] = line;
        }
        return line.append(messageId, message, bytes, logged, expiresAtMs);
    }

    @Nullable
    Line line(int priority) {
        return lines[priority];
    }

    /** Visits every block. */
    void forEachBlock(Consumer<Block> visitor) {
        for (Line line : lines) {
            for (Block block = line == null ? null : line.first; block != null; block = block.next) {
                visitor.accept(block);
            }
        }
    }

    /** Finds a live entry by its id. */
    public @Nullable Block find(long messageId) {
        for (Line line : lines) {
            Block block = line == null ? null : line.blockOf(messageId);
            if (block != null && block.find(messageId) >= 0) {
                return block;
            }
        }
        return null;
    }

    /** The highest id a line has held, or 0. */
    public long lastId(int priority) {
        Line line = lines[priority];
        return line == null ? 0 : line.lastId();
    }

    /**
     * Visits committed live entries of one priority whose ids lie behind {@code afterId}.
     *
     * @return the id of the last one looked at, or -1 when there are no more
     */
    public long visit(int priority, long afterId, int max, EntryVisitor visitor) {
        Line line = lines[priority];
        Block block = line == null ? null : line.first;
        int seen = 0;
        for (; block != null; block = block.next) {
            if (block.count == 0 || block.id(block.count - 1) <= afterId) {
                continue;
            }
            for (int i = 0; i < block.count; i++) {
                long entry = block.id(i);
                if (entry > queue.visibleId()) {
                    return -1;
                }
                if (entry > afterId && block.isLive(i)) {
                    visitor.visit(block, i);
                }
            }
            seen += block.count;
            if (seen >= max) {
                return block.id(block.count - 1);
            }
        }
        return -1;
    }

    /** Visits live entries in order of priority and id, for checkpoints, cleaning and deletion. */
    public void forEachLive(EntryVisitor visitor) {
        for (Line line : lines) {
            for (Block block = line == null ? null : line.first; block != null; ) {
                Block next = block.next;
                for (int i = 0; i < block.count; i++) {
                    if (block.isLive(i)) {
                        visitor.visit(block, i);
                    }
                }
                block = next;
            }
        }
    }
}
