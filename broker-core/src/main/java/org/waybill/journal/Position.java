package org.waybill.journal;

/** A place in the journal as one long that grows with the log: segment id in the upper half, byte offset in the lower. */
public final class Position {
    private Position() {}

    /** The position of an offset in a segment. */
    public static long of(int segmentId, int offset) {
        return (long) segmentId << 32 | offset;
    }

    /** The segment's id, 1 or greater. */
    public static int segmentId(long position) {
        return (int) (position >>> 32);
    }

    /** The byte offset from the segment's beginning. */
    public static int offset(long position) {
        return (int) position;
    }

    /** For messages: {@code 7:4096}. */
    public static String text(long position) {
        return segmentId(position) + ":" + offset(position);
    }
}
