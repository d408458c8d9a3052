package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.Frame;

/**
 * The log of a replica as replication sees it: by index. Keeps the tail in memory, knows the epoch of every entry, the replica
 * sets in force, what is forced and what is committed. Committed entries are in a {@link Tail}, others in the arrays they came in.
 *
 * <pre>
 *    1 .. base     base+1 .. commit     .. forced     .. last
 *    gone          kept while there is room           not forced
 * </pre>
 */
final class Log {
    private static final int FIRST_CAPACITY = 64;
    private static final int HELD_TAILS = 4;

    private record Replicas(long index, ReplicaSet set) {}

    private final LogStore store;
    private final int tailBytes;
    private final Tail tail;
    private final EpochHistory epochs = new EpochHistory();
    private final List<Replicas> replicas = new ArrayList<>();

    /** A ring: entry i is at i modulo its size, for i in base+1..last. */
    private @Nullable Entry[] entries = new @Nullable Entry[FIRST_CAPACITY];

    private long[] tickets = new long[FIRST_CAPACITY];
    /** How many bytes the log had after each. */
    private long[] ends = new long[FIRST_CAPACITY];

    private long base;
    private long baseEnd;
    private long forcedTicket;
    private long forcedIndex;
    private long commitIndex;

    Log(LogStore store, LogStore.Recovered recovered, int tailBytes) {
        this.store = store;
        this.tailBytes = tailBytes;
        this.tail = new Tail(tailBytes);
        LogStore.Meta meta = recovered.meta();
        reset(meta.index(), meta.epochs(), meta.replicas());
        for (Entry entry : recovered.tail()) {
            put(entry, 0);
        }
        forcedIndex = lastIndex();
        Invariant.check(recovered.commitIndex() <= lastIndex(), "what was committed is there");
        commitIndex = Math.max(commitIndex, recovered.commitIndex());
    }

    /** The first entry that is in memory, if any is: one after the last that is gone. */
    long firstIndex() {
        return base + 1;
    }

    long lastIndex() {
        return epochs.lastIndex();
    }

    long forcedIndex() {
        return forcedIndex;
    }

    long commitIndex() {
        return commitIndex;
    }

    LogEnd end() {
        return new LogEnd(epochs.lastEpoch(), epochs.lastIndex());
    }

    EpochHistory epochs() {
        return epochs;
    }

    long epochAt(long index) {
        return epochs.epochAt(index);
    }

    /** The set that counts: the last one in the log, committed or not. */
    ReplicaSet replicas() {
        return replicas.get(replicas.size() - 1).set();
    }

    /** Where it stands; 0 if nowhere. */
    long replicasIndex() {
        return replicas.get(replicas.size() - 1).index();
    }

    /** The set as of a committed entry. */
    ReplicaSet replicasAt(long index) {
        ReplicaSet found = replicas.get(0).set();
        for (Replicas known : replicas) {
            if (known.index() <= index) {
                found = known.set();
            }
        }
        return found;
    }

    Entry entry(long index) {
        Invariant.check(index > base && index <= lastIndex(), "the entry is in memory");
        return Invariant.present(entries[slot(index)]);
    }

    /** Appends an entry behind the last one, to the store too. */
    void append(Entry entry) {
        put(entry, store.append(entry, commitIndex));
    }

    /** Appends what the shard has recorded as the next entry; returns its index. */
    long append(Frame frame, long epoch) {
        frame.stamp(lastIndex() + 1, epoch, commitIndex);
        Entry entry = Entry.of(frame);
        put(entry, store.append(entry, frame));
        return entry.index();
    }

    /** Everything from this index on is about to be replaced by what is appended next. */
    void truncateFrom(long index) {
        Invariant.check(index > commitIndex, "what is committed is never truncated");
        for (long i = index; i <= lastIndex(); i++) {
            entries[slot(i)] = null;
        }
        epochs.truncateFrom(index);
        forcedIndex = Math.min(forcedIndex, index - 1);
        while (replicas.get(replicas.size() - 1).index() >= index) {
            replicas.remove(replicas.size() - 1);
        }
    }

    /** Everything is replaced by what a snapshot stands for. */
    void reset(long index, long[] epochPairs, ReplicaSet set) {
        Invariant.check(index >= commitIndex, "a snapshot does not take back what is committed");
        epochs.reset(epochPairs, index);
        Arrays.fill(entries, null);
        tail.clear();
        base = index;
        baseEnd = 0;
        forcedIndex = index;
        commitIndex = index;
        replicas.clear();
        replicas.add(new Replicas(index, set));
    }

    /** The store has forced up to this ticket. */
    void forced(long ticket) {
        forcedTicket = Math.max(forcedTicket, ticket);
        while (forcedIndex < lastIndex() && tickets[slot(forcedIndex + 1)] <= forcedTicket) {
            forcedIndex++;
        }
    }

    long forcedTicket() {
        return forcedTicket;
    }

    /** The commit index moves up. */
    void commit(long index) {
        Invariant.check(index > commitIndex && index <= lastIndex(), "what is committed is in the log");
        commitIndex = index;
        while (replicas.size() > 1 && replicas.get(1).index() <= base) {
            replicas.remove(0);
        }
    }

    /**
     * Lets go of the oldest committed entries that are beyond the bound. What follows a snapshot that is being given away is kept
     * beyond it, several times as much.
     *
     * @param held the last entry of that snapshot
     */
    void trim(long held) {
        while (base < commitIndex
                && end(lastIndex()) - baseEnd > (base < held ? tailBytes : (long) tailBytes * HELD_TAILS)) {
            base++;
            baseEnd = ends[slot(base)];
            entries[slot(base)] = null;
        }
        tail.forget(base);
    }

    /** A committed entry, told to the machine, is needed for followers that lag alone from now on. */
    void keep(long index) {
        int slot = slot(index);
        entries[slot] = tail.keep(Invariant.present(entries[slot]));
    }

    /** Whether what is kept for a snapshot is near its bound. */
    boolean isTailTight() {
        return end(lastIndex()) - baseEnd > (long) tailBytes * (HELD_TAILS - 1);
    }

    /** How many bytes the entries after one and up to another have; both in memory, or the last that is gone. */
    long bytesBetween(long after, long upTo) {
        return end(upTo) - end(Math.max(after, base));
    }

    /** Entries from an index on, one at least and then as many as fit; none if there are none. To be encoded at once, see {@link Tail}. */
    List<Entry> from(long index, int maxBytes) {
        long last = lastIndex();
        if (index > last) {
            return List.of();
        }
        List<Entry> batch = new ArrayList<>();
        long bytes = 0;
        for (long i = index; i <= last; i++) {
            Entry entry = entry(i);
            bytes += entry.length();
            if (bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(entry);
        }
        return batch;
    }

    private long end(long index) {
        return index <= base ? baseEnd : ends[slot(index)];
    }

    private void put(Entry entry, long ticket) {
        Invariant.check(entry.index() == lastIndex() + 1, "indexes have no gaps");
        long end = end(lastIndex()) + entry.length();
        epochs.append(entry.epoch());
        if (lastIndex() - base > entries.length) {
            grow();
        }
        entries[slot(entry.index())] = entry;
        tickets[slot(entry.index())] = ticket;
        ends[slot(entry.index())] = end;
        ReplicaSet set = entry.replicaSet();
        if (set != null) {
            replicas.add(new Replicas(entry.index(), set));
        }
    }

    private void grow() {
        int capacity = entries.length * 2;
        @Nullable Entry[] moreEntries = new @Nullable Entry[capacity];
        long[] moreTickets = new long[capacity];
        long[] moreEnds = new long[capacity];
        for (long i = base + 1; i < lastIndex(); i++) {
            int to = (int) (i & capacity - 1);
            moreEntries[to] = entries[slot(i)];
            moreTickets[to] = tickets[slot(i)];
            moreEnds[to] = ends[slot(i)];
        }
        entries = moreEntries;
        tickets = moreTickets;
        ends = moreEnds;
    }

    private int slot(long index) {
        return (int) (index & entries.length - 1);
    }
}
