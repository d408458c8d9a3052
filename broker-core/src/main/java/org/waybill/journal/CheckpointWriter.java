package org.waybill.journal;

/**
 * Writes one checkpoint of one shard. All methods are called on that shard's loop and never block: the bytes are written
 * on a thread of the journal's, into a temporary file that only {@link #commit} makes the shard's checkpoint.
 */
public interface CheckpointWriter {
    /**
     * Hands over the next chunk; the array belongs to the writer from then on.
     *
     * @return false if too much is under way: the chunk was not taken and {@link CheckpointListener#ready} will be told
     */
    boolean append(byte[] chunk, int offset, int length);

    /**
     * Completes the checkpoint: forces the file, renames it into force, forces the directory, then removes the shard's
     * older checkpoints, tells the journal the replay position ({@link Journal#checkpointed}), then the listener.
     *
     * @param replayFromPosition from where the log must be replayed on top of this checkpoint
     * @param meta a few bytes that {@link CheckpointReader#meta} gives back
     */
    void commit(long replayFromPosition, byte[] meta);

    /** Gives the checkpoint up and removes its file. The listener is told nothing further. */
    void abort();
}
