package org.waybill.shard;

import org.waybill.journal.Frame;
import org.waybill.journal.Journal;

/** The log of a shard that has no replicas: a frame is committed once it is forced here. */
final class LocalLog implements ShardLog {
    /** One leader for ever. */
    private static final long EPOCH = 1;

    private final Journal journal;
    private long lastIndex;
    private long commitIndex;

    /** @param lastIndex of the last frame that recovery found */
    LocalLog(Journal journal, long lastIndex) {
        this.journal = journal;
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
        return Bytes.NONE;
    }
}
