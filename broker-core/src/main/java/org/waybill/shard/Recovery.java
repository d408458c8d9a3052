package org.waybill.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.Journal;
import org.waybill.journal.ReplayHandler;

/**
 * Brings shards back to where the log says they were: the newest checkpoint of each, then the events behind it. On the
 * starting thread, before any loop knows the shards.
 */
public final class Recovery implements ReplayHandler {
    private final List<Part> parts = new ArrayList<>();
    private @Nullable Part current;
    private long currentIndex;

    private Recovery() {}

    /** One shard's share: events before its checkpoint's position are in the checkpoint already. */
    private record Part(Shard shard, Follower follower, long replayFrom) {}

    /**
     * Recovers all shards and makes them known to the journal, which may be started then.
     *
     * @throws IOException when the disk fails
     * @throws org.waybill.journal.JournalDamage when what is on it cannot be what was written
     */
    public static void run(Journal journal, Disk disk, Shards shards) throws IOException {
        run(journal, disk, shards, lastIndex -> Bytes.NONE);
    }

    /**
     * As {@link #run(Journal, Disk, Shards)}, for shards that are to have replicas at the next start.
     *
     * @param meta what checkpoints are to say of the log, by the index of its last entry in the state
     */
    public static void run(Journal journal, Disk disk, Shards shards, LongFunction<byte[]> meta) throws IOException {
        Recovery recovery = new Recovery();
        long from = Long.MAX_VALUE;
        for (int i = 0; i < shards.count(); i++) {
            Shard shard = shards.here(i);
            Follower follower = new Follower(shard);
            long replayFrom = checkpoint(disk, shard, follower);
            recovery.parts.add(new Part(shard, follower, replayFrom));
            from = Math.min(from, replayFrom);
        }
        journal.replay(from, recovery);
        for (Part part : recovery.parts) {
            part.follower().countLive();
            part.follower().finish();
            journal.registerShard(part.shard().number(), part.shard().loop());
            journal.checkpointed(part.shard().number(), part.replayFrom());
            part.shard().log(new LocalLog(journal, part.shard().commitIndex(), meta));
        }
    }

    private static long checkpoint(Disk disk, Shard shard, Follower follower) throws IOException {
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, shard.number());
        if (newest.isEmpty()) {
            return -1;
        }
        try (CheckpointReader reader = newest.get()) {
            follower.restore(reader);
            return reader.replayFromPosition();
        }
    }

    /** What the newest checkpoint of a shard says of its log; empty if there is none, or it says nothing. */
    public static byte[] logMeta(Disk disk, int shard) throws IOException {
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, shard);
        if (newest.isEmpty()) {
            return Bytes.NONE;
        }
        try (CheckpointReader reader = newest.get()) {
            while (reader.next() != null) {
                // the meta data come behind all chunks
            }
            return Follower.logMeta(ByteBuffer.wrap(reader.meta()));
        }
    }

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {
        current = shard < parts.size() ? parts.get(shard) : null;
        currentIndex = logIndex;
        if (current == null) {
            throw new IllegalStateException("the journal has entries of shard " + shard
                    + ", but this data directory has " + parts.size() + " shards");
        }
    }

    @Override
    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
        Part part = current;
        if (part == null || position < part.replayFrom()) {
            return;
        }
        part.shard().recoveredTo(currentIndex);
        part.follower().record(type, position, recordBytes, payload);
    }
}
