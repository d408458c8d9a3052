package org.waybill.cluster.link;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes the bytes that a proven peer sends and gives its messages: each in frames of at most {@link #PIECE_BYTES} of payload, so that a
 * long one does not hold up those of other channels. Little-endian.
 *
 * <pre>
 *   0   u32  length of the payload, bit 31: more of the same message follows on this channel
 *   4   u32  channel; 0 is the link's own, without payload: a heartbeat
 *   8        payload
 * </pre>
 */
final class Frames {
    static final int HEADER_BYTES = 8;
    static final int PIECE_BYTES = 64 << 10;
    static final int HEARTBEAT = 0;
    static final int MORE = 1 << 31;

    private static final int FIRST_BYTES = 64 << 10;

    /** Channels on which a message may be under way at a time. */
    private static final int MAX_OPEN = 4_096;

    private final int maxPayloadBytes;
    private final Map<Integer, Partial> open = new HashMap<>();
    private ByteBuffer in =
            ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    /** Told each message. */
    interface Sink {
        /** A whole message; the bytes are the receiver's. */
        void message(int channel, ByteBuffer payload);
    }

    /** A message of which not all is here. */
    private static final class Partial {
        byte[] bytes;
        int length;

        Partial(int capacity) {
            bytes = new byte[capacity];
        }

        void add(ByteBuffer from, int count, int max) {
            if (count > max - length) {
                throw new LinkError("a message is longer than " + max + " bytes");
            }
            if (length + count > bytes.length) {
                long doubled = Math.min(max, bytes.length * 2L);
                bytes = Arrays.copyOf(bytes, (int) Math.max(doubled, length + count));
            }
            from.get(bytes, length, count);
            length += count;
        }
    }

    Frames(int maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** Takes what was read; throws {@link LinkError} when it cannot be a peer's. */
    void take(byte[] bytes, Sink sink) {
        append(bytes);
        while (in.remaining() >= HEADER_BYTES) {
            int word = in.getInt(in.position());
            int length = word & ~MORE;
            if (length > PIECE_BYTES) {
                throw new LinkError("a frame has " + length + " bytes, and at most " + PIECE_BYTES + " are allowed");
            }
            if (in.remaining() < HEADER_BYTES + length) {
                break;
            }
            int channel = in.getInt(in.position() + Integer.BYTES);
            in.position(in.position() + HEADER_BYTES);
            frame(channel, length, (word & MORE) != 0, sink);
        }
    }

    private void frame(int channel, int length, boolean more, Sink sink) {
        Partial partial = open.get(channel);
        if (partial == null && more && open.size() == MAX_OPEN) {
            throw new LinkError("more than " + MAX_OPEN + " messages are under way");
        }
        if (partial == null) {
            partial = new Partial(more ? Math.min(4 * PIECE_BYTES, maxPayloadBytes) : length);
        }
        partial.add(in, length, maxPayloadBytes);
        if (more) {
            open.put(channel, partial);
        } else {
            open.remove(channel);
            if (channel != HEARTBEAT) {
                sink.message(channel, ByteBuffer.wrap(partial.bytes, 0, partial.length));
            }
        }
    }

    private void append(byte[] bytes) {
        if (in.capacity() - in.limit() < bytes.length) {
            int needed = in.remaining() + bytes.length;
            if (needed <= in.capacity()) {
                in.compact();
            } else {
                in = ByteBuffer.allocate(Math.max(needed, in.capacity() * 2))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(in);
            }
            in.flip();
        }
        int end = in.limit();
        in.limit(end + bytes.length);
        in.put(end, bytes);
    }

    /** Writes the header of a frame. */
    static byte[] header(int channel, int length, boolean more) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(more ? length | MORE : length)
                .putInt(channel)
                .array();
    }
}
