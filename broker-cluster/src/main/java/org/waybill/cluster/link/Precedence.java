package org.waybill.cluster.link;

/** Which of the messages that wait for a peer go first. The order is kept among those of one channel and one precedence. */
public enum Precedence {
    /** Goes at once, even if the peer is slow to take what went before: for what is short and says who is alive, and what has arrived. */
    URGENT,
    /** Takes turns with {@link #BULK}, byte for byte, whatever waits there: for what clients wait for. */
    USUAL,
    /** For what comes in any amount, and can wait: see {@link Carrier#bulkRoomBytes}. */
    BULK
}
