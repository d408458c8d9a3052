package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of chunks into protocol headers and frames (AMQP 1.0 part 2, sections 2.2 and 2.3). A frame that lies whole in a
 * chunk is used where it is. Of one that does not, what has come is kept in an array that grows with what comes, not with what is
 * announced. Nothing is kept between frames.
 */
final class FrameParser {
    static final int UNIT_HEADER_BYTES = 8;

    private static final int FIRST_BYTES = 256;

    private byte @Nullable [] held;
    private int size;

    /**
     * The next unit of {@code in}, or null if it is not all there yet; then {@code in} is used up. The answer is {@code in} itself,
     * with the unit between position and limit, or a buffer of its own.
     *
     * @param header whether a protocol header of eight bytes is next rather than a frame
     * @throws Breach if the frame announces a size that is not possible
     */
    @Nullable
    ByteBuffer next(ByteBuffer in, boolean header, int maxFrameBytes) {
        if (held == null) {
            if (in.remaining() >= UNIT_HEADER_BYTES) {
                int length = header ? UNIT_HEADER_BYTES : frameSize(in.getInt(in.position()), maxFrameBytes);
                if (in.remaining() >= length) {
                    return in.limit(in.position() + length);
                }
            }
            if (!in.hasRemaining()) {
                return null;
            }
            held = new byte[Math.max(UNIT_HEADER_BYTES, Math.min(in.remaining(), maxFrameBytes))];
            size = 0;
        }
        return resume(in, header, maxFrameBytes);
    }

    private @Nullable ByteBuffer resume(ByteBuffer in, boolean header, int maxFrameBytes) {
        take(in, UNIT_HEADER_BYTES);
        if (size < UNIT_HEADER_BYTES || held == null) {
            return null;
        }
        int length = UNIT_HEADER_BYTES;
        if (!header) {
            length = frameSize(ByteBuffer.wrap(held).getInt(0), maxFrameBytes);
            take(in, length);
        }
        if (size < length) {
            return null;
        }
        ByteBuffer unit = ByteBuffer.wrap(held, 0, length);
        held = null;
        return unit;
    }

    private void take(ByteBuffer in, int length) {
        int count = Math.min(length - size, in.remaining());
        if (count <= 0 || held == null) {
            return;
        }
        if (held.length - size < count) {
            held = Arrays.copyOf(
                    held, Math.min(length, Math.max(size + count, Math.max(FIRST_BYTES, held.length * 2))));
        }
        in.get(held, size, count);
        size += count;
    }

    private static int frameSize(int announced, int maxFrameBytes) {
        if (announced < UNIT_HEADER_BYTES) {
            throw Breach.framing("a frame smaller than its header");
        }
        if (announced > maxFrameBytes) {
            throw Breach.framing("a frame larger than the agreed " + maxFrameBytes + " bytes");
        }
        return announced;
    }
}
