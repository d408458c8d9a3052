package org.waybill.cluster.link;

import java.nio.ByteBuffer;

/** Told what links bring, on the loop of the link's socket, one after the other for each peer. */
public interface LinkHandler {
    /** A peer is there; what is sent from now on reaches it, unless {@link #disconnected} is told. */
    void connected(int node);

    /** What was sent to it and not answered may be lost. */
    void disconnected(int node);

    /** A message, whole and in the order of its channel; the bytes belong to the receiver from now on. */
    void received(int node, int channel, ByteBuffer payload);

    /** What one read from the socket brought has been told. */
    void batchEnd(int node);

    /** There is room again after {@link Links#isFull}. */
    void drained(int node);
}
