package org.waybill.journal;

/** Told on the shard's loop how the writing of a checkpoint goes on. Must not throw. */
public interface CheckpointListener {
    /** There is room for further chunks after {@link CheckpointWriter#append} returned false. */
    void ready();

    /** The checkpoint is in force and older ones are gone; nothing further is told. */
    void committed(long bytes);

    /** The checkpoint could not be written; the previous one stays in force; nothing further is told. */
    void failed(Throwable cause);
}
