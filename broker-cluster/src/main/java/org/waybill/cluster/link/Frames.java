package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes that a proven peer sends and gives its messages. A message of more than {@link #PIECE_BYTES} comes in several frames, so
 * that it holds up nobody else: frames of other channels, and urgent ones, come between. Little-endian. Each payload byte is copied once.
 *
 * <pre>
 *   0   u32  bit 31: more of the same message follows; bit 30: urgent; bit 29: the first of several frames;
 *            below: length of the payload in this frame
 *   4   u32  channel; 0 is the link's own ({@link Link})
 *   8   u32  only in the first of several frames: length of the message
 *       payload
 * </pre>
 *
 * After a {@link LinkError} it must not be used any more.
 */
final class Frames {
    static final int HEADER_BYTES = 8;
    static final int FIRST_HEADER_BYTES = 12;
    static final int PIECE_BYTES = 64 << 10;
    static final int MORE = 1 << 31;
    static final int URGENT = 1 << 30;
    static final int FIRST = 1 << 29;

    /** The channel of what links say to each other. */
    static final int OWN_CHANNEL = 0;

    /** Messages that may be under way at a time. */
    static final int MAX_OPEN = 4_096;

    private static final int INITIAL_BYTES = 16 * PIECE_BYTES;

    private final int maxPayloadBytes;
    private final long maxOpenBytes;
    private final byte[] header = new byte[FIRST_HEADER_BYTES];
    private int headerBytes;

    /** Messages of which a part is here: those that are not urgent by channel, and the urgent one. */
    private final Map<Integer, Partial> open = new HashMap<>();

    private @Nullable Partial openUrgent;

    /** What the open ones take. */
    private long openBytes;

    private @Nullable Partial current;
    private int channel;
    private boolean isUrgent;
    private boolean more;

    /** Payload bytes of the frame that are not here yet. */
    private int missing;

    /** Told each message. */
    interface Sink {
        /** A whole message; the bytes are the receiver's. */
        void message(int channel, ByteBuffer payload);
    }

    /** A message of which not all is here. */
    private static final class Partial {
        private final int total;
        private byte[] bytes;
        private int length;

        Partial(int total, int capacity) {
            this.total = total;
            this.bytes = new byte[capacity];
        }
    }

    /**
     * @param maxPayloadBytes of one message
     * @param maxOpenBytes of all messages that are under way
     */
    Frames(int maxPayloadBytes, long maxOpenBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
        this.maxOpenBytes = maxOpenBytes;
    }

    /** Takes all that can be read; throws {@link LinkError} when it cannot be a peer's. */
    void take(ByteBuf in, Sink sink) {
        while (true) {
            Partial partial = current;
            if (partial == null) {
                partial = begin(in);
                if (partial == null) {
                    return;
                }
                current = partial;
            }
            int count = Math.min(missing, in.readableBytes());
            in.readBytes(partial.bytes, partial.length, count);
            partial.length += count;
            missing -= count;
            if (missing > 0) {
                return;
            }
            current = null;
            if (!more) {
                forget(partial);
                sink.message(channel, ByteBuffer.wrap(partial.bytes));
            }
        }
    }

    /** Begins the next frame; null when its header is not all here. */
    private @Nullable Partial begin(ByteBuf in) {
        if (!fill(in, HEADER_BYTES)) {
            return null;
        }
        int word = number(0);
        boolean isFirst = (word & FIRST) != 0;
        if (isFirst && !fill(in, FIRST_HEADER_BYTES)) {
            return null;
        }
        headerBytes = 0;
        channel = number(4);
        missing = word & ~(MORE | URGENT | FIRST);
        more = (word & MORE) != 0;
        isUrgent = (word & URGENT) != 0;
        if (missing > PIECE_BYTES) {
            throw new LinkError("a frame has " + missing + " bytes, and at most " + PIECE_BYTES + " are allowed");
        }
        if (channel < 0) {
            throw new LinkError("a frame is for channel " + Integer.toUnsignedString(channel));
        }
        Partial partial = isUrgent ? openUrgent : open.get(channel);
        if (isFirst) {
            check(partial == null && more && missing > 0, "a message begins within another one of its channel");
            return open(number(HEADER_BYTES));
        }
        if (partial == null) {
            check(!more, "a message goes on that has not begun");
            return new Partial(missing, missing);
        }
        proceed(partial);
        return partial;
    }

    private Partial open(int total) {
        check(
                total > missing && total <= maxPayloadBytes,
                "a message has " + Integer.toUnsignedString(total) + " bytes, and at most " + maxPayloadBytes
                        + " are allowed");
        check(open.size() < MAX_OPEN, "more than " + MAX_OPEN + " messages are under way");
        Partial partial = new Partial(total, Math.min(total, INITIAL_BYTES));
        if (isUrgent) {
            openUrgent = partial;
        } else {
            open.put(channel, partial);
        }
        taken(partial.bytes.length);
        return partial;
    }

    /** Makes room for the next piece. */
    private void proceed(Partial partial) {
        int end = partial.length + missing;
        check(
                missing > 0 && (more ? end < partial.total : end == partial.total),
                "a message of " + partial.total + " bytes has " + end + (more ? " and more" : ""));
        int before = partial.bytes.length;
        if (end > before) {
            int capacity = (int) Math.min(partial.total, Math.max(2L * before, end));
            taken(capacity - before);
            partial.bytes = Arrays.copyOf(partial.bytes, capacity);
        }
    }

    private void taken(int bytes) {
        openBytes += bytes;
        check(openBytes <= maxOpenBytes, "messages that are under way have more than " + maxOpenBytes + " bytes");
    }

    private void forget(Partial partial) {
        if (isUrgent && partial == openUrgent) {
            openUrgent = null;
        } else if (isUrgent || open.isEmpty() || !open.remove(channel, partial)) {
            return;
        }
        openBytes -= partial.bytes.length;
    }

    private boolean fill(ByteBuf in, int wanted) {
        int count = Math.min(wanted - headerBytes, in.readableBytes());
        if (count > 0) {
            in.readBytes(header, headerBytes, count);
            headerBytes += count;
        }
        return headerBytes >= wanted;
    }

    private int number(int at) {
        return header[at] & 0xFF | (header[at + 1] & 0xFF) << 8 | (header[at + 2] & 0xFF) << 16 | header[at + 3] << 24;
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new LinkError(otherwise);
        }
    }
}
