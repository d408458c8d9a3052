package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Invariant;
import org.waybill.journal.CheckpointListener;
import org.waybill.journal.CheckpointWriter;

/**
 * Writes checkpoints of a shard: which queues it has and which messages are in them, where. A part a turn, while the shard goes
 * on working; replay from where the log stood at the beginning makes up for what changed meanwhile, because applying an event
 * twice changes nothing (see {@link State}).
 *
 * <pre>
 *  chunks   as {@link Capture} has them
 *  meta     var last message id, var last queue id, var log index; then what the shard's log keeps, to the end
 * </pre>
 *
 * <p>The last part is committed only when everything recorded until then is, so that no checkpoint knows more than the log.
 */
final class Checkpointer implements CheckpointListener {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    private static final int ENTRIES_PER_TURN = 4096;

    private final Shard shard;
    private final State state;
    private @Nullable Capture capture;

    /** The chunk that was not taken when it was offered. */
    private byte @Nullable [] refused;

    private @Nullable CheckpointWriter writer;
    private @Nullable Runnable whenDone;
    private long replayFrom;
    private long throughIndex = -1;
    private byte[] logMeta = Bytes.NONE;
    private long writtenBytes;
    private boolean full;
    private boolean committing;

    Checkpointer(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
    }

    boolean running() {
        return writer != null;
    }

    /** What the last one took, in bytes. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Begins one, unless one is being written; {@code done} is called when it is in force or has failed. */
    void begin(Runnable done) {
        if (writer != null) {
            return;
        }
        whenDone = done;
        replayFrom = shard.log().replayFrom();
        CheckpointWriter begun = shard.journal().checkpoint(shard.number(), this);
        writer = begun;
        shard.execute(() -> capture(begun));
    }

    /** Gives up what is being written, unless that can no longer be helped; {@code settled} is called when nothing is. */
    void abandon(Runnable settled) {
        CheckpointWriter to = writer;
        if (to != null && committing) {
            whenDone = settled;
            return;
        }
        if (to != null) {
            to.abort();
            whenDone = null;
            end();
        }
        settled.run();
    }

    private void capture(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        logMeta = shard.log().meta();
        capture = new Capture(state);
        throughIndex = -1;
        full = false;
        proceed(to);
    }

    /** One part, unless the writer it belongs to has failed meanwhile. */
    private void proceed(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        Capture gathering = Invariant.present(capture);
        int budget = ENTRIES_PER_TURN;
        while (budget > 0 && !full && throughIndex < 0) {
            int weight = gathering.next(ENTRIES_PER_TURN, Capture.Entries.ANY);
            if (weight == 0) {
                throughIndex = shard.stateIndex();
            } else if (gathering.chunk().length > 0) {
                refused = gathering.chunk().copy();
                append();
            }
            budget -= weight;
        }
        if (throughIndex >= 0) {
            finish(to);
        } else if (!full) {
            shard.execute(() -> proceed(to));
        }
    }

    private void append() {
        CheckpointWriter to = writer;
        byte[] chunk = refused;
        if (to != null && chunk != null) {
            full = !to.append(chunk, 0, chunk.length);
            refused = full ? chunk : null;
        }
    }

    private void finish(CheckpointWriter to) {
        if (to != writer) {
            return;
        }
        if (shard.commitIndex() < throughIndex) {
            shard.afterCommitOf(throughIndex, () -> finish(to));
            return;
        }
        Bytes meta = new Bytes();
        meta.putVar(state.lastMessageId()).putVar(state.lastQueueId()).putVar(throughIndex);
        meta.putArray(logMeta);
        committing = true;
        to.commit(replayFrom, meta.copy());
    }

    @Override
    public void ready() {
        append();
        CheckpointWriter to = writer;
        if (!full && to != null) {
            shard.execute(() -> proceed(to));
        }
    }

    @Override
    public void committed(long bytes) {
        writtenBytes = bytes;
        end();
    }

    @Override
    public void failed(Throwable cause) {
        LOG.warn(
                "WB2110 shard {}: no checkpoint was written, the one before stays in force: {}",
                shard.number(),
                cause.toString());
        end();
    }

    private void end() {
        writer = null;
        committing = false;
        capture = null;
        refused = null;
        Runnable done = whenDone;
        whenDone = null;
        if (done != null) {
            done.run();
        }
    }
}
