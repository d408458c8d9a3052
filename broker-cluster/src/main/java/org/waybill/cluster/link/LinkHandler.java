package org.waybill.cluster.link;

import java.nio.ByteBuffer;

/**
 * Told what links bring: all on one event loop, so one after the other, of whatever peer. It must not block. What it throws is an error
 * of the program: it is logged, and ends the link that it came of.
 */
public interface LinkHandler {
    /** A peer is there; what is sent from now on reaches it, unless {@link #disconnected} is told. */
    void connected(int node);

    /** What was sent to it and not answered may be lost. Told once for each {@link #connected}. */
    void disconnected(int node);

    /** A message, whole and in the order of its channel and urgency; the bytes, from 0 to the array's end, belong to the receiver now. */
    void received(int node, int channel, ByteBuffer payload);

    /** What one read from the socket brought has been told. */
    void batchEnd(int node);

    /** There is room again after {@link Carrier#isFull}. */
    void drained(int node);
}
