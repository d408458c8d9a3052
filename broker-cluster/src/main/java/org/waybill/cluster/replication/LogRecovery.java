package org.waybill.cluster.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.waybill.io.Disk;
import org.waybill.io.Invariant;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.ReplayHandler;

/**
 * Finds the log of one shard at a start: its checkpoint, then the frames behind it. A later frame replaces what had its index
 * or a higher one before. On the starting thread; damage is thrown as {@link org.waybill.journal.JournalDamage}.
 */
public final class LogRecovery implements ReplayHandler {
    private final int shard;
    private final List<Entry> tail = new ArrayList<>();
    private final List<Long> positions = new ArrayList<>();
    private final List<byte[]> pieces = new ArrayList<>();

    private LogStore.Meta meta = new LogStore.Meta(Promise.NONE, 0, new long[0], ReplicaSet.NOBODY);
    private long replayFrom = -1;
    private Promise promise = Promise.NONE;
    private long commitIndex;

    private boolean mine;
    private long index;
    private long epoch;
    private long position;
    private ByteBuffer records = buffer(1 << 12);

    private LogRecovery(int shard) {
        this.shard = shard;
    }

    /** Reads the newest checkpoint of a shard; then this is to be told the replay from {@link #replayFrom}. */
    public static LogRecovery begin(Disk disk, int shard) throws IOException {
        LogRecovery recovery = new LogRecovery(shard);
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, shard);
        if (newest.isPresent()) {
            try (CheckpointReader reader = newest.get()) {
                recovery.read(reader);
            }
        }
        return recovery;
    }

    /** From where the log is needed; negative if from its beginning. */
    public long replayFrom() {
        return replayFrom;
    }

    /** What was found, after the replay. */
    public LogStore.Recovered recovered() {
        endFrame();
        long last = meta.index() + tail.size();
        Invariant.check(commitIndex <= last, "what was known to be committed is in the log");
        LogStore.Meta found = new LogStore.Meta(promise, meta.index(), meta.epochs(), meta.replicas());
        return new LogStore.Recovered(
                found, new Snapshot(pieces), List.copyOf(tail), Math.max(commitIndex, meta.index()));
    }

    /** Tells where the first record is of each entry behind the checkpoint. */
    void forEachEntry(Places places) {
        for (int i = 0; i < tail.size(); i++) {
            places.entry(tail.get(i).index(), positions.get(i));
        }
    }

    /** Takes indexes and positions. */
    interface Places {
        void entry(long index, long position);
    }

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {
        endFrame();
        mine = shard == this.shard;
        index = logIndex;
        this.epoch = epoch;
        position = -1;
        records.clear();
        if (mine && logIndex > 0) {
            this.commitIndex = Math.max(this.commitIndex, commitIndex);
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
        if (index > 0) {
            int length = payload.remaining();
            reserve(Entry.RECORD_HEADER_BYTES + length);
            records.putInt(length).putInt(type & 0xFF).put(payload);
        } else if (type == JournalStore.PROMISE) {
            promise = new Promise(payload.getLong(), payload.getLong());
        }
    }

    private void endFrame() {
        if (!mine || index <= 0 || index <= meta.index() || position < 0) {
            mine = false;
            return;
        }
        mine = false;
        byte[] bytes = new byte[records.flip().remaining()];
        records.get(bytes);
        int at = (int) (index - meta.index() - 1);
        Invariant.check(at <= tail.size(), "the log has no gaps");
        tail.subList(at, tail.size()).clear();
        positions.subList(at, positions.size()).clear();
        tail.add(new Entry(index, epoch, bytes, 0, bytes.length));
        positions.add(position);
    }

    private void reserve(int bytes) {
        if (records.remaining() < bytes) {
            ByteBuffer more = buffer(Math.max(records.capacity() * 2, records.position() + bytes));
            records = more.put(records.flip());
        }
    }

    private void read(CheckpointReader reader) throws IOException {
        replayFrom = reader.replayFromPosition();
        ByteBuffer chunk = reader.next();
        while (chunk != null) {
            byte[] piece = new byte[chunk.remaining()];
            chunk.get(piece);
            pieces.add(piece);
            chunk = reader.next();
        }
        meta = decode(reader.meta());
        promise = meta.promise();
        commitIndex = meta.index();
    }

    static byte[] encode(LogStore.Meta meta) {
        byte[] bytes = new byte
                [Long.BYTES * (3 + meta.epochs().length + meta.replicas().size()) + 2 * Integer.BYTES];
        ByteBuffer out = view(bytes);
        out.putLong(meta.promise().epoch()).putLong(meta.promise().candidate()).putLong(meta.index());
        out.putInt(meta.epochs().length).putInt(meta.replicas().size());
        for (long each : meta.epochs()) {
            out.putLong(each);
        }
        for (int i = 0; i < meta.replicas().size(); i++) {
            out.putLong(meta.replicas().member(i));
        }
        return bytes;
    }

    private static LogStore.Meta decode(byte[] bytes) {
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
        return new LogStore.Meta(promise, index, epochs, ReplicaSet.of(members));
    }

    static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
