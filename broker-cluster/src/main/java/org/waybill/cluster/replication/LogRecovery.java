package org.waybill.cluster.replication;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.waybill.io.Invariant;
import org.waybill.journal.Journal;
import org.waybill.journal.Position;
import org.waybill.journal.ReplayHandler;

/**
 * Finds the log of one shard behind its checkpoint: tells what is committed as soon as a later frame says so, and keeps what
 * may not be, and the newest of the rest for followers. On the thread of the replay.
 *
 * <p>A later frame replaces what had its index or a higher one before. A replay may begin in the middle of entries that were
 * replaced: those have no predecessor, and are passed over until their replacement comes, which has; or they seem to follow on the
 * checkpoint, until one comes that is in it.
 */
public final class LogRecovery implements ReplayHandler {
    private record Found(Entry entry, long position, long retainedBytes) {}

    private final int shard;
    private final IntPredicate retained;
    private final int tailBytes;
    private final Committed machine;
    private final EpochHistory epochs = new EpochHistory();
    private final ArrayDeque<Entry> kept = new ArrayDeque<>();
    private final ArrayDeque<Found> uncommitted = new ArrayDeque<>();

    private long replayFrom = -1;
    private Promise promise = Promise.NONE;
    private boolean vouches;
    private long checkpointIndex;
    private ReplicaSet replicas = ReplicaSet.NOBODY;
    private long keptBytes;
    private long toldIndex;
    private long commitIndex;
    private boolean missing;

    private boolean mine;
    private long index;
    private long epoch;
    private long position;
    private long retainedBytes;
    private ByteBuffer records = buffer(1 << 12);

    /** Takes what is committed, in order, each entry once. */
    public interface Committed {
        /** As {@link Machine#committed}. */
        void committed(Entry entry, long position);
    }

    /**
     * Finds a log that has no checkpoint, unless {@link #checkpoint} is called next.
     *
     * @param retained the types of records that count as live until the shard releases them
     * @param tailBytes what is kept of committed entries for followers
     */
    public LogRecovery(int shard, IntPredicate retained, int tailBytes, Committed machine) {
        this.shard = shard;
        this.retained = retained;
        this.tailBytes = tailBytes;
        this.machine = machine;
    }

    /**
     * The machine has the state of a checkpoint.
     *
     * @param replayFrom the checkpoint's replay position
     * @param meta what {@link Replica#meta} was when it began, or what was given to {@link SnapshotWriter#commit}
     */
    public void checkpoint(long replayFrom, byte[] meta) {
        LogStore.Meta found = decode(meta);
        this.replayFrom = replayFrom;
        promise = found.promise();
        vouches = found.vouches();
        checkpointIndex = found.index();
        replicas = found.replicas();
        epochs.reset(found.epochs(), found.index());
        toldIndex = checkpointIndex;
        commitIndex = checkpointIndex;
    }

    /** From where the log is needed; negative if from its beginning. */
    public long replayFrom() {
        return replayFrom;
    }

    /** Entries up to this one are committed, and in the log that is being read, whatever it says itself. Before {@link #recovered}. */
    public void committedUpTo(long index) {
        commitIndex = Math.max(commitIndex, index);
    }

    /** What was found, after the replay; the machine has been told everything that is known to be committed. */
    public LogStore.Recovered recovered() {
        endFrame();
        tell();
        Invariant.check(!missing && toldIndex == commitIndex, "the log has no gaps");
        long base = epochs.lastIndex();
        LogStore.Meta meta = new LogStore.Meta(promise, base, epochs.upTo(base), replicas, vouches);
        List<Entry> tail = new ArrayList<>(kept);
        uncommitted.forEach(found -> tail.add(found.entry()));
        return new LogStore.Recovered(meta, tail, commitIndex);
    }

    /** Counts what is retained of entries that may be uncommitted as live, after {@link #recovered}, before the journal starts. */
    public void restoreLive(Journal journal) {
        for (Found found : uncommitted) {
            if (found.retainedBytes() > 0) {
                journal.restoreLive(Position.segmentId(found.position()), found.retainedBytes());
            }
        }
    }

    /** Tells the place of each entry that may be uncommitted. */
    void forEachUncommitted(Places places) {
        for (Found found : uncommitted) {
            places.entry(found.entry().index(), found.position(), found.retainedBytes());
        }
    }

    /** Takes indexes, positions of first records, and what is retained. */
    interface Places {
        void entry(long index, long position, long retainedBytes);
    }

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {
        endFrame();
        mine = shard == this.shard;
        index = logIndex;
        this.epoch = epoch;
        position = -1;
        retainedBytes = 0;
        records.clear();
        if (mine && logIndex > checkpointIndex) {
            this.commitIndex = Math.max(this.commitIndex, commitIndex);
            tell();
        } else if (mine && logIndex > 0) {
            // it is in the checkpoint, and has replaced what came before it and is not
            uncommitted.clear();
            missing = false;
        }
    }

    @Override
    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
        if (!mine || position < replayFrom) {
            mine = false;
            return;
        }
        if (this.position < 0) {
            this.position = position;
        }
        if (index > checkpointIndex) {
            int length = payload.remaining();
            reserve(Entry.RECORD_HEADER_BYTES + length);
            records.putInt(length).putInt(type & 0xFF).put(payload);
            retainedBytes += retained.test(type) ? recordBytes : 0;
        } else if (index == 0 && type == JournalStore.PROMISE) {
            promise = new Promise(payload.getLong(), payload.getLong());
        } else if (index == 0 && type == JournalStore.VOUCH) {
            vouches = payload.get() != 0;
        }
    }

    private void endFrame() {
        if (mine && index > checkpointIndex && position >= 0) {
            byte[] bytes = new byte[records.flip().remaining()];
            records.get(bytes);
            found(new Found(new Entry(index, epoch, bytes, 0, bytes.length), position, retainedBytes));
        }
        mine = false;
    }

    private void found(Found found) {
        Invariant.check(index > toldIndex, "what is committed is never replaced");
        while (toldIndex + uncommitted.size() >= index) {
            uncommitted.pollLast();
        }
        missing = index > toldIndex + uncommitted.size() + 1;
        if (!missing) {
            uncommitted.addLast(found);
        }
    }

    private void tell() {
        while (toldIndex < commitIndex && !uncommitted.isEmpty()) {
            Found next = uncommitted.removeFirst();
            toldIndex++;
            machine.committed(next.entry(), next.position());
            keep(next.entry());
        }
    }

    private void keep(Entry entry) {
        kept.addLast(entry);
        keptBytes += entry.length();
        while (keptBytes > tailBytes) {
            Entry oldest = kept.removeFirst();
            keptBytes -= oldest.length();
            epochs.append(oldest.epoch());
            ReplicaSet set = oldest.replicaSet();
            replicas = set == null ? replicas : set;
        }
    }

    private void reserve(int bytes) {
        if (records.remaining() < bytes) {
            ByteBuffer more = buffer(Math.max(records.capacity() * 2, records.position() + bytes));
            records = more.put(records.flip());
        }
    }

    /**
     * What a checkpoint says of a log that nobody else has yet: all of it was written in the first epoch, and who has it is its only member.
     *
     * @param index the last entry in the checkpoint's state
     */
    public static byte[] alone(long member, long index) {
        long[] epochs = index == 0 ? new long[0] : new long[] {1, 1};
        return encode(new LogStore.Meta(new Promise(1, Members.NONE), index, epochs, ReplicaSet.of(member), false));
    }

    static byte[] encode(LogStore.Meta meta) {
        byte[] bytes = new byte
                [Long.BYTES * (3 + meta.epochs().length + meta.replicas().size()) + 2 * Integer.BYTES + 1];
        ByteBuffer out = view(bytes);
        out.putLong(meta.promise().epoch()).putLong(meta.promise().candidate()).putLong(meta.index());
        out.putInt(meta.epochs().length).putInt(meta.replicas().size());
        for (long each : meta.epochs()) {
            out.putLong(each);
        }
        for (int i = 0; i < meta.replicas().size(); i++) {
            out.putLong(meta.replicas().member(i));
        }
        out.put((byte) (meta.vouches() ? 1 : 0));
        return bytes;
    }

    static LogStore.Meta decode(byte[] bytes) {
        ByteBuffer in = view(bytes);
        Promise promise = new Promise(in.getLong(), in.getLong());
        long index = in.getLong();
        long[] epochs = new long[in.getInt()];
        long[] members = new long[in.getInt()];
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = in.getLong();
        }
        for (int i = 0; i < members.length; i++) {
            members[i] = in.getLong();
        }
        return new LogStore.Meta(promise, index, epochs, ReplicaSet.of(members), in.get() != 0);
    }

    static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
