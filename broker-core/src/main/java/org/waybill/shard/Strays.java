package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.waybill.queue.Block;

/**
 * Records of a shard that leads whose entries have left before the records got their places: the removal is on its way to being
 * committed and may never be. Once it is, the record is dead. If the shard is given up before, only the state that is made again can tell
 * whether the entry is there after all; it has then the place of this record, and what it had before is dead. On the shard's loop.
 */
final class Strays {
    private static final int SEGMENT_SHIFT = 32;

    private record Stray(long position, long former, int bytes) {}

    private final Shard shard;
    private final ArrayDeque<Stray> waiting = new ArrayDeque<>();
    private int added;

    Strays(Shard shard) {
        this.shard = shard;
    }

    /**
     * Notes a record without an entry.
     *
     * @param former the place of another record of the same message, or {@link Block#NO_POSITION}
     */
    void add(long position, long former, int bytes) {
        waiting.addLast(new Stray(position, former, bytes));
        added++;
    }

    /** They are dead once the turn at hand is committed: whatever removed their entries is recorded by then, in it or before. */
    void close() {
        if (added > 0) {
            int count = added;
            added = 0;
            shard.turn().afterwards(() -> committed(count));
            shard.schedule();
        }
    }

    private void committed(int count) {
        for (int i = 0; i < count; i++) {
            Stray dead = waiting.removeFirst();
            shard.release((int) (dead.position >>> SEGMENT_SHIFT), dead.bytes);
        }
    }

    /** The shard was given up, and its state made again: releases what that does not refer to. */
    void settle(Shard again) {
        if (waiting.isEmpty()) {
            return;
        }
        Map<Long, Stray> strays = new HashMap<>();
        waiting.forEach(each -> strays.put(each.position, each));
        waiting.clear();
        List<Stray> found = new ArrayList<>();
        again.state().nodes().forEach(node -> node.queue.lines().forEachLive((block, index) -> {
            Stray stray = strays.remove(block.position(index));
            if (stray != null) {
                found.add(stray);
            }
        }));
        strays.values().forEach(dead -> again.release((int) (dead.position >>> SEGMENT_SHIFT), dead.bytes));
        for (Stray each : found) {
            if (each.former != Block.NO_POSITION) {
                again.release((int) (each.former >>> SEGMENT_SHIFT), each.bytes);
            }
        }
    }
}
