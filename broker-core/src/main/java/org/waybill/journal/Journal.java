package org.waybill.journal;

import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.Loop;

import java.io.IOException;

/**
 * One log on one disk, shared by several shards.
 *
 * <p>Recovery runs on one thread in this order: {@link #open}; per shard {@link CheckpointReader#newest}; {@link #replay}
 * from the least replay position of all shards; {@link #restoreLive} for what is live then; {@link #registerShard} and,
 * with the position of the checkpoint that was read, {@link #checkpointed}; {@link #start}. Only then frames may be
 * appended.
 */
public final class Journal {
    private Journal() {}

    /**
     * Opens the journal of a directory, or begins one in an empty directory. Reads the segments' headers only; deletes
     * leftover temporary files. Throws {@link JournalDamage} if a header is not whole.
     */
    public static Journal open(JournalOptions options, Disk disk, Clock clock) throws IOException {
        throw new UnsupportedOperationException();
    }

    /**
     * Tells the handler all frames from a position, or from the oldest segment if it is negative, to the end of the log.
     * Must be called once, before {@link #start}, even if there is nothing to replay: it finds the end of the log.
     *
     * @return the position of the end of the log
     */
    public long replay(long fromPosition, ReplayHandler handler) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Counts bytes as live in a segment, at recovery; {@link JournalDamage} if there is no such segment. */
    public void restoreLive(int segmentId, long bytes) {
        throw new UnsupportedOperationException();
    }

    /** Makes a shard known and names the loop of its completions; before {@link #start}. */
    public void registerShard(int shard, Loop loop) {
        throw new UnsupportedOperationException();
    }

    /** Who is told when {@link #roomForSends} changes; before {@link #start}. */
    public void onRoomChanged(SpaceListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Starts the journal's threads. */
    public void start(FailureHandler failureHandler) {
        throw new UnsupportedOperationException();
    }

    /**
     * Hands a frame over for the next batch, on its shard's loop. Never blocks. After a failure or {@link #close} the frame
     * is dropped and never completes.
     */
    public void append(Frame frame) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of a retained record, relocated or dead now, that no longer count. Any thread; cheap. */
    public void release(int segmentId, int bytes) {
        throw new UnsupportedOperationException();
    }

    /**
     * A shard's checkpoint covers everything before this position. Any thread. Segments wholly before the least such
     * position of all registered shards that hold no live bytes are recycled.
     */
    public void checkpointed(int shard, long replayFromPosition) {
        throw new UnsupportedOperationException();
    }

    /** Everything before this position survives a crash; frames appended from now on come at or after it. Any thread. */
    public long forcedPosition() {
        throw new UnsupportedOperationException();
    }

    /**
     * Sealed segments wholly before every shard's replay position that are less than half live, oldest first, at most
     * {@code max}: their live records are worth appending again. Any thread.
     */
    public int[] cleaningCandidates(int max) {
        throw new UnsupportedOperationException();
    }

    /**
     * Reads records back by position, verifies them and answers on a loop. The arrays belong to the journal until
     * {@link ReadCallback#done}. The segments stay in place until then, even if the records are released meanwhile.
     */
    public void read(long[] positions, int[] recordBytes, int n, Loop replyTo, ReadCallback callback) {
        throw new UnsupportedOperationException();
    }

    /** Begins a checkpoint of a shard, on the shard's loop; the listener is told there too. */
    public CheckpointWriter checkpoint(int shard, CheckpointListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Whether the disk has room for new messages; removals and acknowledgements may be appended in any case. */
    public boolean roomForSends() {
        throw new UnsupportedOperationException();
    }

    /** What was done and what is held. Any thread. */
    public JournalCounters counters() {
        throw new UnsupportedOperationException();
    }

    /** Writes and forces what was appended, tells its completions, and stops the threads. Blocks; not on a loop. */
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
