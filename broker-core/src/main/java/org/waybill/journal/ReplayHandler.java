package org.waybill.journal;

import java.nio.ByteBuffer;

/**
 * Told, on the replaying thread, what the log holds: each frame, then its records, in the order of the log. A frame is
 * told only after all of it was verified.
 */
public interface ReplayHandler {
    /** A frame begins; the following records are its own. */
    void frame(int shard, long logIndex, long epoch, long commitIndex);

    /**
     * A record of the frame.
     *
     * @param type as it was appended
     * @param position where it is, for {@link Journal#read}
     * @param recordBytes what it occupies, for {@link Journal#read} and {@link Journal#release}
     * @param payload meta and body, from position to limit, little-endian; valid only during the call, then reused
     */
    void record(byte type, long position, int recordBytes, ByteBuffer payload);
}
