package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;

/**
 * Copies what is live in mostly dead segments forward, so that one old message never pins the disk: looks through the queues a
 * part a turn, reads what lies in such a segment, appends it again. The old record is released when the new one is committed,
 * and the segment is recycled whole when it has none left; until then a crash finds either or both, which is the same.
 */
final class Cleaner {
    private static final int SEGMENT_SHIFT = 32;
    private static final int ENTRIES_PER_TURN = 4096;
    private static final int ENTRIES_PER_READ = 256;
    private static final int BYTES_PER_READ = 1 << 20;
    private static final long NOTHING_LEFT = -1;

    private final Shard shard;
    private final State state;
    private final ArrayDeque<Queue> waiting = new ArrayDeque<>();
    private int[] segments = {};
    private Walk walk = Walk.nowhere();
    private Found found = new Found();
    private boolean running;
    /** Copies on their way, from the reading on: what they copy is not to be copied again. */
    private int copying;

    Cleaner(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
    }

    /** Begins to free these segments, unless it is at work. */
    void begin(int[] candidates) {
        if (running || copying > 0 || candidates.length == 0) {
            return;
        }
        running = true;
        segments = candidates.clone();
        Arrays.sort(segments);
        state.nodes().forEach(node -> waiting.add(node.queue));
        shard.execute(this::proceed);
    }

    /** Moves nothing any more but what is on its way. */
    void abandon() {
        running = false;
        waiting.clear();
        walk = Walk.nowhere();
    }

    private void proceed() {
        int budget = ENTRIES_PER_TURN;
        while (budget > 0 && !found.full()) {
            if (walk.ended()) {
                Queue queue = waiting.pollFirst();
                if (queue == null) {
                    running = false;
                    break;
                }
                walk = new Walk(queue);
                budget--;
            } else {
                look();
                budget -= ENTRIES_PER_READ;
            }
        }
        if (found.count > 0 && (found.full() || !running)) {
            copy();
        } else if (running) {
            shard.execute(this::proceed);
        }
    }

    /** Notes what the next part of a queue has in these segments; a part that holds too much at once is left half way. */
    private void look() {
        Queue queue = walk.queue();
        int priority = walk.priority();
        long[] leftAt = {NOTHING_LEFT};
        walk.next(ENTRIES_PER_READ, (block, index) -> {
            long position = block.position(index);
            if (position != Block.NO_POSITION
                    && Arrays.binarySearch(segments, (int) (position >>> SEGMENT_SHIFT)) >= 0
                    && !isMoving(block, index)) {
                if (!found.full()) {
                    found.add(queue, block, index);
                } else if (leftAt[0] == NOTHING_LEFT) {
                    leftAt[0] = block.id(index);
                }
            }
        });
        if (leftAt[0] != NOTHING_LEFT) {
            walk.backTo(priority, leftAt[0]);
        }
    }

    private static boolean isMoving(Block block, int index) {
        SharedRecord record = block.shared(index);
        return record != null && record.moving();
    }

    private void copy() {
        Found batch = found;
        found = new Found();
        Turn moves = new Turn(shard);
        copying++;
        shard.journal().read(batch.positions, batch.recordBytes, batch.count, shard.loop(), new ReadCallback() {
            @Override
            public void record(int i, byte[] payload) {
                Block block = Invariant.present(batch.blocks[i]);
                Queue queue = Invariant.present(batch.queues[i]);
                int index = batch.indexes[i];
                if (!queue.closed()
                        && block.isHere(index, batch.ids[i])
                        && block.position(index) == batch.positions[i]
                        && !isMoving(block, index)) {
                    shard.storage().relocate(moves, queue, block, index, payload);
                }
            }

            @Override
            public void damaged(int i, JournalDamage damage) {
                Block block = Invariant.present(batch.blocks[i]);
                Queue queue = Invariant.present(batch.queues[i]);
                queue.bodies().loaded(block, batch.indexes[i], batch.ids[i], null, String.valueOf(damage.getMessage()));
            }

            @Override
            public void done() {
                if (moves.frameOrNull() == null) {
                    copying--;
                } else {
                    moves.afterwards(() -> copying--);
                    shard.appendLocally(moves);
                }
                if (running) {
                    shard.execute(Cleaner.this::proceed);
                }
            }
        });
    }

    /** Live entries of the segments to be freed. */
    private static final class Found {
        private static final int CAPACITY = ENTRIES_PER_READ;

        final @Nullable Queue[] queues = new @Nullable Queue[CAPACITY];
        final @Nullable Block[] blocks = new @Nullable Block[CAPACITY];
        final int[] indexes = new int[CAPACITY];
        final long[] ids = new long[CAPACITY];
        final long[] positions = new long[CAPACITY];
        final int[] recordBytes = new int[CAPACITY];
        int count;
        private long bytes;

        void add(Queue queue, Block block, int index) {
            queues[count] = queue;
            blocks[count] = block;
            indexes[count] = index;
            ids[count] = block.id(index);
            positions[count] = block.position(index);
            recordBytes[count++] = block.recordBytes(index);
            bytes += block.recordBytes(index);
        }

        boolean full() {
            return count >= ENTRIES_PER_READ || bytes >= BYTES_PER_READ;
        }
    }
}
