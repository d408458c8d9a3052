package org.waybill.amqp.engine;

import java.nio.ByteBuffer;

/**
 * Puts the frames of a delivery together. A delivery of one frame is copied once into an array of its exact size. Costs nothing
 * between deliveries; one per link.
 */
public final class DeliveryAssembly {
    /** An empty one. */
    public DeliveryAssembly() {}

    /**
     * Adds a frame.
     *
     * @return the whole message when this was its last frame, the caller's to keep; null if more follow or it was aborted
     */
    public byte @org.jspecify.annotations.Nullable [] add(IncomingTransfer transfer, ByteBuffer payload) {
        throw new UnsupportedOperationException();
    }

    /** Bytes held of a delivery that has begun. */
    public int bytesHeld() {
        throw new UnsupportedOperationException();
    }

    /** Drops what is held. */
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
