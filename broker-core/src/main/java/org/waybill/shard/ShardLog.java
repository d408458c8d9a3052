package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.journal.Frame;

/**
 * Where a shard records its turns: the journal alone, or with the journals of other nodes. On the shard's loop.
 *
 * <p>A frame is committed once it survives what the log is there to survive: forced here, and by a majority where there are others.
 */
public interface ShardLog {
    /**
     * Appends a turn's frame behind all others and gives it its index.
     *
     * @param committed called on the shard's loop once the frame is committed and its positions are known, in the order of the frames
     */
    void append(Frame frame, Runnable committed);

    /**
     * As {@link #append(Frame, Runnable)}, for a frame that somebody waits for who is content with less than its commit. Both are called
     * on the shard's loop, if what leaves the shard may leave it then, each in the order of the frames; perhaps when the frame is committed
     * already, or not at all if nothing is gained by it.
     *
     * @param forced called once it is forced here, others or not; null if nobody waits for that
     * @param received called once a majority has received it, this node included, forced or not; null if nobody waits for that
     */
    default void append(Frame frame, @Nullable Runnable forced, @Nullable Runnable received, Runnable committed) {
        append(frame, committed);
    }

    /** As {@link #append(Frame, Runnable)}, for a frame nobody waits for: it may take a little longer. */
    void appendUnhurried(Frame frame, Runnable committed);

    /**
     * Bytes of a segment are dead by what is committed. Returns whether they are released by this log, later: once any start finds that to be
     * committed, since until then a start needs what is there.
     */
    default boolean releases(int segment, int bytes) {
        return false;
    }

    /** The index of the last frame that this shard has appended, or 0. */
    long lastIndex();

    /** Whether what leaves the shard may leave it now: asked before each turn. */
    boolean mayAct();

    /** Whether so much waits to be committed that nothing new should be taken from producers. */
    boolean isBacklogged();

    /**
     * A checkpoint is about to be gathered, in the next task of the loop: the journal position from which a start replays on top of
     * it.
     */
    long replayFrom();

    /** What a checkpoint keeps of the log itself, as of what is committed now; empty when there is nothing to keep. */
    byte[] meta();
}
