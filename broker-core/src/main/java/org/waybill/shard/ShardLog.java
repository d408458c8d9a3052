package org.waybill.shard;

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

    /** As {@link #append}, for a frame nobody waits for: it may take a little longer. */
    void appendUnhurried(Frame frame, Runnable committed);

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
