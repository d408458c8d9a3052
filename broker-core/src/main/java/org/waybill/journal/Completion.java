package org.waybill.journal;

/** Told on the shard's loop that a frame survives a crash from now on; a shard's frames complete in append order. */
public interface Completion {
    /** The frame is forced and its positions are known. Must not throw. */
    void forced(Frame frame);
}
