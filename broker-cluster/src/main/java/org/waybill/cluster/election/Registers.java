package org.waybill.cluster.election;

import java.util.concurrent.CompletionStage;

/**
 * Where nodes leave word for each other: a few named values, each read and written by all nodes as if there were one copy. Never
 * blocks. An answer comes on any thread, may be an error, and may never come; a value may be forgotten at any time.
 */
public interface Registers {
    /** What is in a register nobody has written. */
    long[] EMPTY = {};

    /** Answers have not come in time: whoever is asked should be another one from now on, if that can be. */
    void stalled();

    /** What a register holds. */
    CompletionStage<long[]> read(String name);

    /** Writes whatever it holds. */
    CompletionStage<Void> write(String name, long[] value);

    /** Writes if it holds what is expected; answers whether it did. */
    CompletionStage<Boolean> compareAndSet(String name, long[] expected, long[] value);
}
