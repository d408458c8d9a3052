package org.waybill.journal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One segment that holds log, and what keeps it from being recycled. Safe for any thread. */
final class Segment {
    private static final int OPEN = -1;

    private final SegmentHeader header;
    private final String fileName;
    private final AtomicLong liveBytes = new AtomicLong();
    private final AtomicInteger readers = new AtomicInteger();
    private volatile int endOffset = OPEN;

    Segment(SegmentHeader header) {
        this.header = header;
        this.fileName = FileNames.segment(header.segmentId());
    }

    int id() {
        return header.segmentId();
    }

    SegmentHeader header() {
        return header;
    }

    String fileName() {
        return fileName;
    }

    int sizeBytes() {
        return header.sizeBytes();
    }

    /** No frame comes to it any more; its frames end at this offset. */
    void seal(int endOffset) {
        this.endOffset = endOffset;
    }

    boolean sealed() {
        return endOffset != OPEN;
    }

    int endOffset() {
        return endOffset;
    }

    long liveBytes() {
        return liveBytes.get();
    }

    /** Returns the live bytes after the change. */
    long addLive(long bytes) {
        return liveBytes.addAndGet(bytes);
    }

    /** A read of it is under way. */
    void pin() {
        readers.incrementAndGet();
    }

    /** Returns whether no read of it is under way any more. */
    boolean unpin() {
        return readers.decrementAndGet() == 0;
    }

    boolean pinned() {
        return readers.get() != 0;
    }
}
