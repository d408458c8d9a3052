package org.waybill.journal;

import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The segments that hold log, by id. Any thread looks up without a lock or an allocation; the journal's threads add and
 * remove by replacing an immutable table.
 */
final class Segments {
    private final AtomicReference<Table> table = new AtomicReference<>(new Table(1, new Segment[0]));

    @Nullable
    Segment find(int id) {
        return table().find(id);
    }

    @Nullable
    Segment last() {
        Table now = table();
        return now.slots.length == 0 ? null : now.slots[now.slots.length - 1];
    }

    @Nullable
    Segment first() {
        Table now = table();
        return now.slots.length == 0 ? null : now.slots[0];
    }

    /** The present segments, oldest first; an own copy. */
    Segment[] all() {
        Table now = table();
        Segment[] present = new Segment[now.slots.length];
        int count = 0;
        for (Segment segment : now.slots) {
            if (segment != null) {
                present[count++] = segment;
            }
        }
        return count == present.length ? present : Arrays.copyOf(present, count);
    }

    /** Adds the next segment; its id is greater than all present ones. */
    void add(Segment segment) {
        Table now = table();
        while (!table.compareAndSet(now, now.with(segment))) {
            now = table();
        }
    }

    void removeAll(Collection<Segment> segments) {
        Table now = table();
        while (!table.compareAndSet(now, now.without(segments))) {
            now = table();
        }
    }

    private Table table() {
        return Objects.requireNonNull(table.get());
    }

    /** Slots from the first present segment to the last; the first and the last slot are never empty. */
    private static final class Table {
        final int firstId;
        final @Nullable Segment[] slots;

        Table(int firstId, @Nullable Segment[] slots) {
            this.firstId = firstId;
            this.slots = slots;
        }

        @Nullable
        Segment find(int id) {
            int slot = id - firstId;
            return slot >= 0 && slot < slots.length ? slots[slot] : null;
        }

        Table with(Segment segment) {
            if (slots.length == 0) {
                return new Table(segment.id(), new Segment[] {segment});
            }
            @Nullable Segment[] more = new Segment[segment.id() - firstId + 1];
            System.arraycopy(slots, 0, more, 0, slots.length);
            more[more.length - 1] = segment;
            return new Table(firstId, more);
        }

        Table without(Collection<Segment> segments) {
            @Nullable Segment[] fewer = slots.clone();
            for (Segment segment : segments) {
                fewer[segment.id() - firstId] = null;
            }
            int from = 0;
            while (from < fewer.length && fewer[from] == null) {
                from++;
            }
            int to = fewer.length;
            while (to > from && fewer[to - 1] == null) {
                to--;
            }
            return new Table(firstId + from, Arrays.copyOfRange(fewer, from, to));
        }
    }
}
