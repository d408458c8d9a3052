package org.waybill.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/**
 * A run of neighbouring entries of one {@link Line}, as parallel arrays.
 *
 * <p>An entry is named by its block and its index in it. While it is live that name stays valid: blocks are unlinked or reused
 * only when none of their entries is.
 *
 * <pre>
 *  flags of an entry   bits 0..1   state: AVAILABLE, ACQUIRED, REMOVED, WAITING
 *                      bit  2      LOGGED: the journal holds a record of it that recovery will find
 *                      bit  3      UNREADABLE: its record is damaged; it is not handed out
 *                      bit  4      UNDECIDED: its transaction is not decided, and until then it is WAITING
 *                      bit  5      SCHEDULED: it waits for the time at which its sender wants it delivered
 *                      bits 8..31  failed deliveries
 * </pre>
 */
public final class Block {
    /** Entries a full block holds. */
    static final int CAPACITY = 512;

    /** No record in the journal, or none that is forced already. */
    public static final long NO_POSITION = -1;

    static final int NOT_IN_HEAP = -1;

    private static final int FIRST_CAPACITY = 4;
    private static final int STATE = 3;
    private static final int AVAILABLE = 0;
    private static final int ACQUIRED = 1;
    private static final int REMOVED = 2;
    private static final int WAITING = 3;
    private static final int LOGGED = 4;
    private static final int UNREADABLE = 8;
    private static final int UNDECIDED = 16;
    private static final int SCHEDULED = 32;
    private static final int COUNT_SHIFT = 8;

    final Line line;
    int count;
    int live;
    int available;
    int waiting;

    /** When {@link TimeIndex} looks through it, no later than the first of its entries expires or comes due. */
    long wakeAtMs = TimeIndex.NEVER;

    int heapIndex = NOT_IN_HEAP;

    /** Orders the blocks of a line by age. */
    final long number;

    @Nullable
    Block next;

    @Nullable
    Block previous;

    private long[] ids = new long[FIRST_CAPACITY];
    private long[] positions = new long[FIRST_CAPACITY];
    private int[] recordBytes = new int[FIRST_CAPACITY];
    private int[] flags = new int[FIRST_CAPACITY];
    private @Nullable Message[] messages = new @Nullable Message[FIRST_CAPACITY];
    private long @Nullable [] expiries;
    private long @Nullable [] dues;
    private byte @Nullable [] @Nullable [] annotations;

    /** Bodies that entries of other queues refer to as well; they take the place of position and message. */
    private @Nullable SharedRecord @Nullable [] shared;

    Block(Line line, long number) {
        this.line = line;
        this.number = number;
    }

    /** The queue whose entries it holds. */
    public Queue queue() {
        return line.queue;
    }

    boolean full() {
        return count == CAPACITY;
    }

    void append(long id, @Nullable Message message, int bytes, boolean logged, long expiresAtMs) {
        if (count == ids.length) {
            grow();
        }
        int index = count++;
        ids[index] = id;
        positions[index] = NO_POSITION;
        recordBytes[index] = bytes;
        flags[index] = logged ? AVAILABLE | LOGGED : AVAILABLE;
        messages[index] = message;
        if (dues != null) {
            dues[index] = 0;
        }
        if (expiresAtMs != 0 || expiries != null) {
            if (expiries == null) {
                expiries = new long[ids.length];
            }
            expiries[index] = expiresAtMs;
        }
        live++;
        available++;
        line.available++;
    }

    /** The newest entry refers to this body. */
    void share(SharedRecord record) {
        @Nullable SharedRecord[] records = shared;
        if (records == null) {
            records = new @Nullable SharedRecord[ids.length];
            shared = records;
        }
        records[count - 1] = record;
        record.refer();
    }

    /** Its body if entries of other queues refer to that as well, else null. */
    public @Nullable SharedRecord shared(int index) {
        return shared == null ? null : shared[index];
    }

    /** Whether its body goes with it: no other entry refers to that. */
    public boolean ownsBody(int index) {
        SharedRecord record = shared(index);
        return record == null || record.references() == 1;
    }

    private void grow() {
        int capacity = Math.min(CAPACITY, ids.length * 4);
        ids = Arrays.copyOf(ids, capacity);
        positions = Arrays.copyOf(positions, capacity);
        recordBytes = Arrays.copyOf(recordBytes, capacity);
        flags = Arrays.copyOf(flags, capacity);
        messages = Arrays.copyOf(messages, capacity);
        if (expiries != null) {
            expiries = Arrays.copyOf(expiries, capacity);
        }
        if (dues != null) {
            dues = Arrays.copyOf(dues, capacity);
        }
        if (annotations != null) {
            annotations = Arrays.copyOf(annotations, capacity);
        }
        if (shared != null) {
            shared = Arrays.copyOf(shared, capacity);
        }
    }

    /** Forgets its entries, none of which is live, to be filled again. */
    void reset() {
        count = 0;
        expiries = null;
        dues = null;
        annotations = null;
    }

    /** The index of the newest entry. */
    public int lastIndex() {
        return count - 1;
    }

    /** The entry's id: its place in the order of the queue. */
    public long id(int index) {
        return ids[index];
    }

    /** Where the journal has its record, or {@link #NO_POSITION}. */
    public long position(int index) {
        SharedRecord record = shared(index);
        return record == null ? positions[index] : record.position();
    }

    /** What it counts for: the size of its record in the journal, or of its message when it has none, in bytes. */
    public int recordBytes(int index) {
        return recordBytes[index];
    }

    /** Notes where the journal has its record. */
    public void place(int index, long position) {
        SharedRecord record = shared(index);
        if (record == null) {
            positions[index] = position;
        } else {
            record.place(position);
        }
    }

    /** Whether recovery would find it. */
    public boolean logged(int index) {
        return (flags[index] & LOGGED) != 0;
    }

    boolean isReadable(int index) {
        return (flags[index] & UNREADABLE) == 0;
    }

    void spoil(int index) {
        flags[index] |= UNREADABLE;
    }

    /** Whether nobody holds it and it waits for nothing. */
    public boolean isAvailable(int index) {
        return (flags[index] & STATE) == AVAILABLE;
    }

    /** Whether it is in the queue but not available: its time has not come, or its transaction is not decided. */
    public boolean isWaiting(int index) {
        return (flags[index] & STATE) == WAITING;
    }

    /** Whether it waits for the decision of its transaction, and perhaps for its time as well. */
    public boolean isUndecided(int index) {
        return (flags[index] & UNDECIDED) != 0;
    }

    boolean isScheduled(int index) {
        return (flags[index] & SCHEDULED) != 0;
    }

    void schedule(int index) {
        flags[index] |= SCHEDULED;
    }

    /** Whether an entry behind this one is available, in this block or a later one of its line. */
    boolean isAhead(int index) {
        for (Block block = line.last; block != this && block != null; block = block.previous) {
            if (block.available > 0) {
                return true;
            }
        }
        for (int i = available > 0 ? index + 1 : count; i < count; i++) {
            if (isAvailable(i)) {
                return true;
            }
        }
        return false;
    }

    void undecided(int index) {
        flags[index] |= UNDECIDED;
    }

    void decided(int index) {
        flags[index] &= ~UNDECIDED;
    }

    /** Whether a browser sees it: available or handed out. */
    boolean isShown(int index) {
        return (flags[index] & STATE) < REMOVED;
    }

    /** Whether it is still in the queue: available, handed out, or waiting. */
    public boolean isLive(int index) {
        return (flags[index] & STATE) != REMOVED;
    }

    /** Whether the entry of this id is still live under this index: a block may have been emptied and filled anew. */
    public boolean isHere(int index, long id) {
        return index < count && ids[index] == id && isLive(index);
    }

    /** Failed deliveries so far. */
    public int deliveryCount(int index) {
        return flags[index] >>> COUNT_SHIFT;
    }

    void deliveryCount(int index, int value) {
        flags[index] = flags[index] & ((1 << COUNT_SHIFT) - 1) | Math.min(value, (1 << 24) - 1) << COUNT_SHIFT;
    }

    /** An available or waiting entry is held. */
    void acquire(int index) {
        if (isAvailable(index)) {
            available--;
            line.available--;
        }
        waiting -= isWaiting(index) ? 1 : 0;
        flags[index] = flags[index] & ~(STATE | SCHEDULED) | ACQUIRED;
    }

    /** A held entry is available. */
    void giveBack(int index) {
        flags[index] = flags[index] & ~STATE | AVAILABLE;
        available++;
        line.available++;
    }

    /** An available or held entry waits, until a time or, with 0, until it is told. */
    void await(int index, long dueAtMs) {
        if (isAvailable(index)) {
            available--;
            line.available--;
        }
        waiting += isWaiting(index) ? 0 : 1;
        flags[index] = flags[index] & ~(STATE | SCHEDULED) | WAITING;
        dueAtMs(index, dueAtMs);
    }

    void remove(int index) {
        if (isAvailable(index)) {
            available--;
            line.available--;
        }
        waiting -= isWaiting(index) ? 1 : 0;
        flags[index] = flags[index] & ~STATE | REMOVED;
        messages[index] = null;
        SharedRecord record = shared(index);
        if (record != null) {
            record.release();
            Invariant.present(shared)[index] = null;
        }
        if (annotations != null) {
            annotations[index] = null;
        }
        live--;
    }

    /** Its message, or null when that must be read back from the journal. */
    public @Nullable Message message(int index) {
        SharedRecord record = shared(index);
        return record == null ? messages[index] : record.message();
    }

    void message(int index, @Nullable Message message) {
        SharedRecord record = shared(index);
        if (record == null) {
            messages[index] = message;
        } else {
            record.message(message);
        }
    }

    /** When it expires, in epoch milliseconds; 0 for never. */
    public long expiresAtMs(int index) {
        return expiries == null ? 0 : expiries[index];
    }

    /** When it comes due, in epoch milliseconds; 0 when it does not wait for a time. */
    public long dueAtMs(int index) {
        return dues == null ? 0 : dues[index];
    }

    void dueAtMs(int index, long atMs) {
        if (atMs != 0 || dues != null) {
            if (dues == null) {
                dues = new long[ids.length];
            }
            dues[index] = atMs;
        }
    }

    /** The annotations that replace the message's own, or null. */
    public byte @Nullable [] annotations(int index) {
        return annotations == null ? null : annotations[index];
    }

    void annotations(int index, byte @Nullable [] map) {
        if (annotations == null) {
            annotations = new byte[ids.length][];
        }
        annotations[index] = map;
    }

    /** The index of an id, or -1. */
    int find(long id) {
        int index = Arrays.binarySearch(ids, 0, count, id);
        return index >= 0 && isLive(index) ? index : -1;
    }
}
