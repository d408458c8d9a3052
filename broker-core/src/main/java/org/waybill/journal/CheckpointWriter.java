package org.waybill.journal;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;

/**
 * Writes one checkpoint of one shard. All methods are called on that shard's loop and never block: the bytes are written on
 * the journal's file thread, into a temporary file that only {@link #commit} makes the shard's checkpoint. A shard writes
 * one checkpoint at a time.
 */
public final class CheckpointWriter {
    private static final int MAX_PENDING_BYTES = 4 << 20;

    private final CheckpointFile file;
    private final Executor fileThread;
    private final Loop loop;
    private final CheckpointListener listener;
    private final Consumer<Runnable> afterForce;
    private final LongConsumer onCommitted;
    private final AtomicInteger pendingBytes = new AtomicInteger();
    private final AtomicBoolean refused = new AtomicBoolean();
    /** On the loop: nothing may follow. */
    private boolean ended;
    /** On the file thread: nothing is written any more. */
    private boolean broken;

    /**
     * @param afterForce runs a task once everything that the shard has appended is forced
     * @param onCommitted told the replay position on the file thread before the listener is told
     */
    CheckpointWriter(
            CheckpointFile file,
            Executor fileThread,
            Loop loop,
            CheckpointListener listener,
            Consumer<Runnable> afterForce,
            LongConsumer onCommitted) {
        this.file = file;
        this.fileThread = fileThread;
        this.loop = loop;
        this.listener = listener;
        this.afterForce = afterForce;
        this.onCommitted = onCommitted;
    }

    /**
     * Hands over the next chunk; the array belongs to the writer until {@link CheckpointListener#committed} and must not
     * change.
     *
     * @return false if too much is under way: the chunk was not taken and {@link CheckpointListener#ready} will be told
     */
    public boolean append(byte[] chunk, int offset, int length) {
        Invariant.check(!ended, "a checkpoint takes no chunk after its end");
        if (isFull(length)) {
            refused.set(true);
            // The file thread may have emptied the queue before it could see the refusal.
            if (isFull(length) || !refused.compareAndSet(true, false)) {
                return false;
            }
        }
        pendingBytes.addAndGet(length);
        fileThread.execute(() -> {
            write(() -> file.append(chunk, offset, length));
            int left = pendingBytes.addAndGet(-length);
            if (left <= MAX_PENDING_BYTES / 2 && refused.compareAndSet(true, false)) {
                loop.execute(listener::ready);
            }
        });
        return true;
    }

    /**
     * Completes the checkpoint: waits until everything the shard appended so far is forced, since chunks may show its
     * effects; forces the file, renames it into force, forces the directory, then removes the shard's older checkpoints,
     * tells the journal the replay position ({@link Journal#checkpointed}), then the listener.
     *
     * @param replayFromPosition from where the log must be replayed on top of this checkpoint:
     *     {@link Journal#forcedPosition} as it was when the first chunk was begun
     * @param meta a few bytes that {@link CheckpointReader#meta} gives back
     */
    public void commit(long replayFromPosition, byte[] meta) {
        end();
        afterForce.accept(() -> fileThread.execute(() -> write(() -> {
            long bytes = file.commit(replayFromPosition, meta);
            onCommitted.accept(replayFromPosition);
            loop.execute(() -> listener.committed(bytes));
        })));
    }

    /** Gives the checkpoint up and removes its file. The listener is told nothing further. */
    public void abort() {
        end();
        fileThread.execute(() -> {
            if (!broken) {
                broken = true;
                try {
                    file.abort();
                } catch (IOException e) {
                    // The temporary file that could not be removed is removed at the next open.
                }
            }
        });
    }

    private boolean isFull(int length) {
        int pending = pendingBytes.get();
        return pending > 0 && pending + length > MAX_PENDING_BYTES;
    }

    private void end() {
        Invariant.check(!ended, "a checkpoint ends once");
        ended = true;
    }

    /** A checkpoint that cannot be written harms nothing but itself: the previous one stays. */
    private void write(Step step) {
        if (broken) {
            return;
        }
        try {
            step.run();
        } catch (IOException e) {
            broken = true;
            try {
                file.abort();
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            loop.execute(() -> listener.failed(e));
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
