package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a delivery together. A delivery of one frame is copied once into an array of its exact size. Costs nothing
 * between deliveries; one per link.
 */
public final class DeliveryAssembly {
    private byte @Nullable [] held;
    private int size;

    /** An empty one. */
    public DeliveryAssembly() {}

    /**
     * Adds a frame.
     *
     * @return the whole message when this was its last frame, the caller's to keep; null if more follow or it was aborted
     */
    public byte @Nullable [] add(IncomingTransfer transfer, ByteBuffer payload) {
        if (transfer.aborted()) {
            clear();
            return null;
        }
        int length = payload.remaining();
        if (held == null) {
            byte[] frame = new byte[length];
            payload.get(frame);
            if (!transfer.more()) {
                return frame;
            }
            held = frame;
            size = length;
            return null;
        }
        byte[] room = held;
        if (room.length - size < length) {
            int exact = Math.addExact(size, length);
            room = Arrays.copyOf(room, transfer.more() ? grown(room.length, exact) : exact);
            held = room;
        }
        payload.get(room, size, length);
        size += length;
        if (transfer.more()) {
            return null;
        }
        byte[] message = room.length == size ? room : Arrays.copyOf(room, size);
        clear();
        return message;
    }

    /** Bytes held of a delivery that has begun. */
    public int bytesHeld() {
        return size;
    }

    /** Drops what is held. */
    public void clear() {
        held = null;
        size = 0;
    }

    private static int grown(int capacity, int needed) {
        int more = capacity > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE - 8 : capacity * 2;
        return Math.max(more, needed);
    }
}
