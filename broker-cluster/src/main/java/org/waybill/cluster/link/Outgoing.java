package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;

/** A message that waits to be sent, and how much of it has been. */
final class Outgoing {
    /** Memory of a message beyond its payload. */
    static final int OVERHEAD_BYTES = 64;

    final int channel;
    final int length;
    private final byte[] bytes;
    private final int offset;

    // Only of the one who takes.
    private int sent;
    private boolean gone;

    Outgoing(int channel, byte[] bytes, int offset, int length) {
        this.channel = channel;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    /** What a message counts for until it is taken. */
    static long weight(int length) {
        return (long) length + OVERHEAD_BYTES;
    }

    /** Whether its last frame was written. */
    boolean isGone() {
        return gone;
    }

    /** Writes its next frame, of all that is left or of one piece; returns the weight of what that had. */
    long frame(ByteBuf out, int pieceBytes, int flags) {
        int count = Math.min(pieceBytes, length - sent);
        boolean isFirst = sent == 0;
        gone = sent + count == length;
        int several = (gone ? 0 : Frames.MORE) | (isFirst && !gone ? Frames.FIRST : 0);
        out.writeIntLE(count | flags | several);
        out.writeIntLE(channel);
        if (isFirst && !gone) {
            out.writeIntLE(length);
        }
        out.writeBytes(bytes, offset + sent, count);
        sent += count;
        return gone ? weight(count) : count;
    }
}
