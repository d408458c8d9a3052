package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/**
 * The end of the log: serialises frames into a reused direct buffer, writes it to the current segment, forces, and moves
 * on to the next segment. On the journal's thread only.
 *
 * <p>Nothing is ever written twice at one place in one life of a segment: a restart begins a new segment, whose header
 * says where the previous one ends.
 */
final class LogFile {
    private static final int MAX_BUFFER_BYTES = 1 << 20;
    private static final int BLOCK_BYTES = 4096;

    private final JournalOptions options;
    private final Disk disk;
    private final Clock clock;
    private final Segments segments;
    private final SegmentPool pool;
    private final ByteBuffer buffer;
    private final ByteBuffer summed;
    private final byte[] recordHeader = new byte[FrameLayout.RECORD_HEADER_BYTES];
    private final ByteBuffer recordHeaderView = ByteBuffer.wrap(recordHeader).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    private @Nullable Segment segment;
    private @Nullable DiskFile file;
    /** The file offset of the buffer's first byte. */
    private int bufferOffset;
    /** Where the log ends that was found at recovery, until the first segment of this run begins. */
    private final long recoveredEnd;

    LogFile(JournalOptions options, Disk disk, Clock clock, Segments segments, SegmentPool pool, long recoveredEnd) {
        this.options = options;
        this.disk = disk;
        this.clock = clock;
        this.segments = segments;
        this.pool = pool;
        this.recoveredEnd = recoveredEnd;
        this.buffer = ByteBuffer.allocateDirect(Math.min(options.segmentBytes(), MAX_BUFFER_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        this.summed = buffer.duplicate();
    }

    /** Whether the frame goes into the current segment. */
    boolean fits(Frame frame) {
        return segment != null && bufferOffset + (long) buffer.position() + frame.frameBytes() <= segment.sizeBytes();
    }

    /** The size of the segment that has to be begun for a frame. */
    int segmentBytesFor(Frame frame) {
        long needed = (long) SegmentHeader.BYTES + frame.frameBytes();
        long rounded = (needed + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
        return (int) Math.max(options.segmentBytes(), rounded);
    }

    /** Where the next frame will begin. */
    long position() {
        return segment == null ? recoveredEnd : Position.of(segment.id(), bufferOffset + buffer.position());
    }

    boolean begun() {
        return segment != null;
    }

    /**
     * Begins the next segment; everything before it has been forced. Returns false if no file of this size is ready: then
     * nothing has changed.
     */
    boolean roll(int bytes) throws IOException {
        String free = pool.take(bytes);
        if (free == null) {
            return false;
        }
        long end = position();
        closeSegment(Position.offset(end));
        Segment last = segments.last();
        int id = last == null ? Position.segmentId(end) : last.id() + 1;
        SegmentHeader header = new SegmentHeader(id, bytes, last == null ? 0 : Position.offset(end), clock.epochMs());
        DiskFile next = disk.open(free, Disk.Access.WRITE);
        file = next;
        next.write(header.encode(), 0);
        next.force();
        Segment begun = new Segment(header);
        disk.rename(free, begun.fileName());
        disk.forceDirectory();
        segments.add(begun);
        segment = begun;
        bufferOffset = SegmentHeader.BYTES;
        return true;
    }

    /** Serialises a frame at the end of the current segment, which it {@link #fits}. */
    void put(Frame frame, long forcedPosition) throws IOException {
        Segment current = begunSegment();
        frame.placedAt(position());
        if (buffer.remaining() < FrameLayout.HEADER_BYTES) {
            write();
        }
        putFrameHeader(frame, position(), forcedPosition);
        for (int ordinal = 0; ordinal < frame.records(); ordinal++) {
            putRecord(frame, ordinal, current.id());
        }
        if (frame.retainedBytes() != 0) {
            current.addLive(frame.retainedBytes());
        }
    }

    /** Writes what is in the buffer and forces the segment. */
    void force() throws IOException {
        writeOut();
        begunFile().force();
    }

    /** Writes what is in the buffer: from here on it survives this process, though not yet a loss of power. */
    void writeOut() throws IOException {
        int end = buffer.position();
        if (end == 0) {
            return;
        }
        int last = bufferOffset + end;
        // Filling the last block spares the file system from reading it before it can change a part of it.
        int blockEnd = Math.min(
                (last + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES,
                begunSegment().sizeBytes());
        int padding = Math.min(blockEnd - last, buffer.remaining());
        for (int i = 0; i < padding; i += Long.BYTES) {
            buffer.putLong(0);
        }
        write();
        bufferOffset = last;
    }

    void close() throws IOException {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private void closeSegment(int endOffset) throws IOException {
        close();
        Segment ended = segment;
        if (ended != null) {
            ended.seal(endOffset);
        }
    }

    private void putFrameHeader(Frame frame, long position, long forcedPosition) {
        int start = buffer.position();
        buffer.putInt(0)
                .putInt(frame.frameBytes())
                .putShort(FrameLayout.FORMAT_VERSION)
                .putShort((short) frame.writtenShard)
                .putInt(frame.records())
                .putLong(position)
                .putLong(frame.logIndex())
                .putLong(frame.epoch())
                .putLong(frame.commitIndex())
                .putLong(forcedPosition);
        buffer.putInt(start, sumOfBuffer(start + Integer.BYTES));
    }

    private void putRecord(Frame frame, int ordinal, int segmentId) throws IOException {
        int recordBytes = frame.recordBytes(ordinal);
        if (recordBytes > buffer.remaining()) {
            write();
        }
        if (recordBytes > buffer.remaining()) {
            putGreatRecord(frame, ordinal, segmentId);
            return;
        }
        int start = buffer.position();
        int length = frame.metaLength(ordinal) + frame.bodyLength(ordinal);
        buffer.putInt(0).putInt(length).putInt(frame.type(ordinal) & 0xFF).putInt(segmentId);
        buffer.put(frame.meta(), frame.metaOffset(ordinal), frame.metaLength(ordinal));
        byte[] body = frame.body(ordinal);
        if (body != null) {
            buffer.put(body, frame.bodyOffset(ordinal), frame.bodyLength(ordinal));
        }
        buffer.putInt(start, sumOfBuffer(start + Integer.BYTES));
        pad(start + recordBytes);
    }

    /** A record greater than the buffer: summed first, then passed through the buffer. */
    private void putGreatRecord(Frame frame, int ordinal, int segmentId) throws IOException {
        int length = frame.metaLength(ordinal) + frame.bodyLength(ordinal);
        recordHeaderView
                .putInt(FrameLayout.RECORD_LENGTH, length)
                .putInt(FrameLayout.RECORD_TYPE, frame.type(ordinal) & 0xFF)
                .putInt(FrameLayout.RECORD_SEGMENT, segmentId);
        crc.reset();
        crc.update(recordHeader, Integer.BYTES, recordHeader.length - Integer.BYTES);
        crc.update(frame.meta(), frame.metaOffset(ordinal), frame.metaLength(ordinal));
        byte[] body = frame.body(ordinal);
        if (body != null) {
            crc.update(body, frame.bodyOffset(ordinal), frame.bodyLength(ordinal));
        }
        recordHeaderView.putInt(FrameLayout.RECORD_CRC, (int) crc.getValue());
        pass(recordHeader, 0, recordHeader.length);
        pass(frame.meta(), frame.metaOffset(ordinal), frame.metaLength(ordinal));
        if (body != null) {
            pass(body, frame.bodyOffset(ordinal), frame.bodyLength(ordinal));
        }
        int padding = frame.recordBytes(ordinal) - FrameLayout.RECORD_HEADER_BYTES - length;
        if (padding > buffer.remaining()) {
            write();
        }
        pad(buffer.position() + padding);
    }

    private void pass(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            if (!buffer.hasRemaining()) {
                write();
            }
            int part = Math.min(left, buffer.remaining());
            buffer.put(bytes, from, part);
            from += part;
            left -= part;
        }
    }

    private void pad(int end) {
        while (buffer.position() < end) {
            buffer.put((byte) 0);
        }
    }

    private int sumOfBuffer(int from) {
        crc.reset();
        crc.update(summed.limit(buffer.position()).position(from));
        return (int) crc.getValue();
    }

    private void write() throws IOException {
        int bytes = buffer.position();
        buffer.flip();
        begunFile().write(buffer, bufferOffset);
        buffer.clear();
        bufferOffset += bytes;
    }

    private Segment begunSegment() {
        if (segment == null) {
            throw new IllegalStateException("no segment has begun");
        }
        return segment;
    }

    private DiskFile begunFile() {
        if (file == null) {
            throw new IllegalStateException("no segment is open");
        }
        return file;
    }
}
