package org.waybill.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * Entries that somebody has yet to look at: some by name, in the order of the queue, and when they became too many to be
 * named, everything from a cursor on. A named entry lies before the cursor.
 *
 * <p>{@link #block}, {@link #index} and {@link #group} tell what {@link #seek} found.
 */
final class Backlog {
    private static final int FIRST_CAPACITY = 4;

    final Taker taker;
    final Cursor cursor = new Cursor();

    /** Whether entries from the cursor on, up to the front, are its as well. */
    boolean walks = true;

    /** Whether it waits in the front's row of backlogs that can be worked off. */
    boolean listed;

    @Nullable
    Block block;

    int index;

    /** The group that a named entry was put aside for. */
    @Nullable
    Group group;

    /** Whether the entry was named: it is known to be wanted. */
    boolean named;

    private @Nullable Block[] blocks = {};
    private int[] indexes = {};
    private @Nullable Group[] groups = {};
    private int from;
    private int to;

    /** A backlog of everything in the queue. */
    Backlog(Taker taker) {
        this.taker = taker;
    }

    /** Whether nothing is in it, as far as is known. */
    boolean isClear() {
        return from == to && !walks;
    }

    /** Whether an entry may be handed out at once without overtaking what is in here. */
    boolean letsPass(Block other, int at) {
        return !walks && (from == to || precedes(other, at, blockAt(from), indexes[from]));
    }

    /** Whether the entry found comes before the one that another found. */
    boolean isBefore(Backlog other) {
        return isBefore(Invariant.present(other.block), other.index);
    }

    /** Whether the entry found comes before this one. */
    boolean isBefore(Block other, int at) {
        return precedes(Invariant.present(block), index, other, at);
    }

    private static boolean precedes(Block a, int i, Block b, int j) {
        int difference = a.line.priority - b.line.priority;
        return difference > 0 || difference == 0 && a.id(i) < b.id(j);
    }

    private Block blockAt(int place) {
        return Invariant.present(blocks[place]);
    }

    /**
     * Finds the first entry that nobody holds.
     *
     * @param limit how far it goes: no further than this cursor; null for what is visible
     */
    boolean seek(Queue queue, long visibleId, @Nullable Cursor limit) {
        while (from < to && !blockAt(from).isAvailable(indexes[from])) {
            dropFirst();
        }
        boolean walked =
                walks && (limit == null ? cursor.seek(queue, visibleId) : cursor.seekBefore(queue, visibleId, limit));
        if (limit != null) {
            walks = walked;
        }
        named = from < to
                && (!walked || precedes(blockAt(from), indexes[from], Invariant.present(cursor.block), cursor.index));
        if (named) {
            block = blocks[from];
            index = indexes[from];
            group = groups[from];
        } else if (walked) {
            block = cursor.block;
            index = cursor.index;
            group = null;
        }
        return named || walked;
    }

    /** Goes behind the entry that was found. */
    void pass() {
        if (named) {
            dropFirst();
        } else {
            cursor.advance();
        }
    }

    private void dropFirst() {
        forget(from);
        from++;
        if (from == to) {
            from = 0;
            to = 0;
        }
    }

    private void forget(int place) {
        Group of = groups[place];
        if (of != null) {
            of.aside--;
        }
        blocks[place] = null;
        groups[place] = null;
    }

    /**
     * Puts an entry in. When more than {@code capacity} would be named, the last of them is found by walking again.
     *
     * @param front where walking may begin when it was not necessary before
     */
    void add(Block of, int at, @Nullable Group forGroup, int capacity, Cursor front) {
        if (walks && !cursor.hasPassed(of, at)) {
            return;
        }
        int place = place(of, at);
        if (place < to && blocks[place] == of && indexes[place] == at) {
            return;
        }
        insert(place, of, at, forGroup);
        if (to - from > capacity) {
            Block last = blockAt(to - 1);
            int lastIndex = indexes[to - 1];
            forget(--to);
            if (!walks) {
                walks = true;
                cursor.moveTo(front);
            }
            cursor.back(last, lastIndex);
        }
    }

    /** Where an entry is or belongs. */
    private int place(Block of, int at) {
        int low = from;
        int high = to;
        if (low < high && precedes(blockAt(high - 1), indexes[high - 1], of, at)) {
            return high;
        }
        while (low < high) {
            int middle = low + high >>> 1;
            if (precedes(blockAt(middle), indexes[middle], of, at)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void insert(int place, Block of, int at, @Nullable Group forGroup) {
        int target = place;
        if (to == blocks.length) {
            target -= makeRoom();
        }
        System.arraycopy(blocks, target, blocks, target + 1, to - target);
        System.arraycopy(indexes, target, indexes, target + 1, to - target);
        System.arraycopy(groups, target, groups, target + 1, to - target);
        blocks[target] = of;
        indexes[target] = at;
        groups[target] = forGroup;
        to++;
        if (forGroup != null) {
            forGroup.aside++;
        }
    }

    /** Moves all to the beginning of arrays with room; returns by how much. */
    private int makeRoom() {
        int size = to - from;
        int capacity = size > blocks.length / 2 || blocks.length == 0
                ? Math.max(FIRST_CAPACITY, blocks.length * 2)
                : blocks.length;
        blocks = Arrays.copyOf(Arrays.copyOfRange(blocks, from, to), capacity);
        indexes = Arrays.copyOf(Arrays.copyOfRange(indexes, from, to), capacity);
        groups = Arrays.copyOf(Arrays.copyOfRange(groups, from, to), capacity);
        int moved = from;
        from = 0;
        to = size;
        return moved;
    }

    /** A block left its line, or was emptied for reuse. */
    void leave(Block left, Block next) {
        cursor.leave(left, next);
        if (from == to) {
            return;
        }
        int first = place(left, 0);
        int last = first;
        while (last < to && blocks[last] == left) {
            forget(last++);
        }
        close(first, last);
    }

    private void close(int first, int last) {
        int moved = to - last;
        System.arraycopy(blocks, last, blocks, first, moved);
        System.arraycopy(indexes, last, indexes, first, moved);
        System.arraycopy(groups, last, groups, first, moved);
        int end = first + moved;
        Arrays.fill(blocks, end, to, null);
        Arrays.fill(groups, end, to, null);
        to = end;
    }

    /** Takes out what was put aside for a group, or, when that is null, everything by name. */
    void remove(@Nullable Group of, EntryVisitor taken) {
        int kept = from;
        for (int i = from; i < to; i++) {
            Block one = blockAt(i);
            int at = indexes[i];
            if (of == null || groups[i] == of) {
                forget(i);
                taken.visit(one, at);
            } else {
                blocks[kept] = one;
                indexes[kept] = at;
                groups[kept++] = groups[i];
            }
        }
        Arrays.fill(blocks, kept, to, null);
        Arrays.fill(groups, kept, to, null);
        to = kept;
    }

    /** Visits what is named, in order. */
    void forEachNamed(EntryVisitor visitor) {
        for (int i = from; i < to; i++) {
            visitor.visit(blockAt(i), indexes[i]);
        }
    }
}
