package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.waybill.io.DiskFile;

/**
 * Walks the frames of one segment file in order through a big reused window and verifies them; allocates nothing per frame
 * or record. For one thread.
 */
final class FrameReader {
    /** What stands at an offset. */
    enum Found {
        /** A whole frame. */
        FRAME,
        /** The header of a frame of this segment, but a record of it is not whole. */
        BROKEN_FRAME,
        /** No header of a frame of this segment. */
        NOTHING
    }

    private static final int MAX_WINDOW_BYTES = 4 << 20;

    private final CRC32C crc = new CRC32C();
    private final boolean verifyRecords;
    private ByteBuffer window;
    private ByteBuffer payload;
    private ByteBuffer summed;

    private DiskFile file;
    private int segmentId;
    private int limit;
    /** The file offset of the window's first byte. */
    private int windowOffset;
    /** Where the current frame begins in the window. */
    private int start;

    private int recordAt;

    /** @param verifyRecords whether the records' sums are checked; headers and lengths always are */
    FrameReader(DiskFile file, int segmentId, int limit, boolean verifyRecords) {
        this.verifyRecords = verifyRecords;
        this.file = file;
        this.segmentId = segmentId;
        this.limit = limit;
        this.window = newWindow(Math.min(Math.max(limit, SegmentHeader.BYTES), MAX_WINDOW_BYTES));
        this.payload = window.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.summed = window.duplicate();
        window.limit(0);
    }

    /** Turns to another file, of which nothing at or after {@code limit} is looked at. */
    void reset(DiskFile file, int segmentId, int limit) {
        this.file = file;
        this.segmentId = segmentId;
        this.limit = limit;
        windowOffset = 0;
        window.clear().limit(0);
    }

    /** Looks at an offset; only for {@link Found#FRAME} the frame's fields and records may be asked for. */
    Found at(int offset) throws IOException {
        if (!header(offset)) {
            return Found.NOTHING;
        }
        int length = length();
        if (length < FrameLayout.HEADER_BYTES || length % Long.BYTES != 0 || length > limit - offset) {
            return Found.BROKEN_FRAME;
        }
        load(offset, length);
        start = offset - windowOffset;
        return recordsAreWhole() ? Found.FRAME : Found.BROKEN_FRAME;
    }

    /** Whether a whole header of a frame of this segment stands there; then its fields may be asked for. */
    boolean header(int offset) throws IOException {
        if (offset + FrameLayout.HEADER_BYTES > limit || !load(offset, FrameLayout.HEADER_BYTES)) {
            return false;
        }
        start = offset - windowOffset;
        return window.getLong(start + FrameLayout.POSITION) == Position.of(segmentId, offset)
                && window.getInt(start + FrameLayout.CRC)
                        == sum(start + Integer.BYTES, FrameLayout.HEADER_BYTES - Integer.BYTES);
    }

    /**
     * How far the log was known to be forced by any frame of this segment at or after an offset, if that is beyond the
     * offset; else 0. Such a frame may be anywhere: what stands before it may be lost.
     */
    long forcedBeyond(int end) throws IOException {
        long cut = Position.of(segmentId, end);
        for (int offset = end; offset <= limit - FrameLayout.HEADER_BYTES; offset += Long.BYTES) {
            if (header(offset) && forcedPosition() > cut) {
                return forcedPosition();
            }
        }
        return 0;
    }

    short version() {
        return window.getShort(start + FrameLayout.VERSION);
    }

    int length() {
        return window.getInt(start + FrameLayout.LENGTH);
    }

    int shard() {
        return window.getShort(start + FrameLayout.SHARD) & 0xFFFF;
    }

    int records() {
        return window.getInt(start + FrameLayout.RECORDS);
    }

    long logIndex() {
        return window.getLong(start + FrameLayout.LOG_INDEX);
    }

    long epoch() {
        return window.getLong(start + FrameLayout.EPOCH);
    }

    long commitIndex() {
        return window.getLong(start + FrameLayout.COMMIT_INDEX);
    }

    long forcedPosition() {
        return window.getLong(start + FrameLayout.FORCED);
    }

    /** Goes to the frame's first record; then {@link #nextRecord} as often as there are records. */
    void rewind() {
        recordAt = start + FrameLayout.HEADER_BYTES;
    }

    /** Tells the next record of the current frame and moves past it. */
    void nextRecord(RecordSink sink) {
        int length = window.getInt(recordAt + FrameLayout.RECORD_LENGTH);
        int recordBytes = (int) FrameLayout.recordBytes(length);
        int from = recordAt + FrameLayout.RECORD_HEADER_BYTES;
        payload.limit(from + length).position(from);
        sink.record(
                window.get(recordAt + FrameLayout.RECORD_TYPE),
                Position.of(segmentId, windowOffset + recordAt),
                recordBytes,
                payload);
        recordAt += recordBytes;
    }

    /** Takes a record; the same parameters as {@link ReplayHandler#record}. */
    interface RecordSink {
        void record(byte type, long position, int recordBytes, ByteBuffer payload);
    }

    private boolean recordsAreWhole() {
        int end = start + length();
        int at = start + FrameLayout.HEADER_BYTES;
        for (int i = records(); i > 0; i--) {
            if (end - at < FrameLayout.RECORD_HEADER_BYTES
                    || window.getInt(at + FrameLayout.RECORD_SEGMENT) != segmentId) {
                return false;
            }
            int length = window.getInt(at + FrameLayout.RECORD_LENGTH);
            if (length < 0 || FrameLayout.recordBytes(length) > end - at) {
                return false;
            }
            if (verifyRecords
                    && window.getInt(at + FrameLayout.RECORD_CRC)
                            != sum(at + Integer.BYTES, FrameLayout.RECORD_HEADER_BYTES - Integer.BYTES + length)) {
                return false;
            }
            at += (int) FrameLayout.recordBytes(length);
        }
        return at == end;
    }

    private int sum(int from, int length) {
        crc.reset();
        crc.update(summed.limit(from + length).position(from));
        return (int) crc.getValue();
    }

    /** Brings bytes of the file into the window; false if the file ends before them. */
    private boolean load(int offset, int length) throws IOException {
        int from = offset - windowOffset;
        if (from >= 0 && from + length <= window.limit()) {
            return true;
        }
        if (length > window.capacity()) {
            window = newWindow(length);
            payload = window.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            summed = window.duplicate();
        }
        window.clear().limit(Math.min(window.capacity(), limit - offset));
        windowOffset = offset;
        file.read(window, offset);
        window.flip();
        return window.limit() >= length;
    }

    private static ByteBuffer newWindow(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
