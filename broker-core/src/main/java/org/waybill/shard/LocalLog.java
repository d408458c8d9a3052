package org.waybill.shard;

import java.util.function.LongFunction;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;

/** The log of a shard that has no replicas: a frame is committed once it is forced here. */
final class LocalLog implements ShardLog {
    /** One leader for ever. */
    private static final long EPOCH = 1;

    private final Journal journal;
    private final LongFunction<byte[]> meta;
    private long lastIndex;
    private long commitIndex;

    /**
     * A log that goes on.
     *
     * @param lastIndex of the last frame that recovery found
     * @param meta what checkpoints keep of it, by the index of the last entry that is in the state
     */
    LocalLog(Journal journal, long lastIndex, LongFunction<byte[]> meta) {
        this.journal = journal;
        this.meta = meta;
        this.lastIndex = lastIndex;
        this.commitIndex = lastIndex;
    }

    @Override
    public void append(Frame frame, Runnable committed) {
        frame.stamp(++lastIndex, EPOCH, commitIndex);
        frame.onForced(forced -> {
            commitIndex = forced.logIndex();
            committed.run();
        });
        journal.append(frame);
    }

    @Override
    public void appendUnhurried(Frame frame, Runnable committed) {
        frame.unhurried();
        append(frame, committed);
    }

    @Override
    public long lastIndex() {
        return lastIndex;
    }

    @Override
    public boolean mayAct() {
        return true;
    }

    @Override
    public boolean isBacklogged() {
        return false;
    }

    /** Completions of all frames before this position have been handed to the loop before its next task runs. */
    @Override
    public long replayFrom() {
        return journal.forcedPosition();
    }

    @Override
    public byte[] meta() {
        return meta.apply(lastIndex);
    }
}
