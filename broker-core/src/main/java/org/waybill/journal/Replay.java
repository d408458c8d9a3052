package org.waybill.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/**
 * Reads the log from a position to its end, and decides what its end is.
 *
 * <p>A segment that has a successor was forced up to the end which the successor's header names: anything not whole before
 * it is damage. The last segment ends at the first place where no whole frame of it stands; but if any header of it after
 * that place says that the log was forced beyond that place, forced data was lost, which is damage too.
 */
final class Replay {
    private final Disk disk;
    private final Segments segments;
    private final ReplayHandler handler;
    private final FrameReader.RecordSink sink;
    private @Nullable FrameReader reader;

    Replay(Disk disk, Segments segments, ReplayHandler handler) {
        this.disk = disk;
        this.segments = segments;
        this.handler = handler;
        this.sink = handler::record;
    }

    /** Returns the position of the log's end. */
    long run(long fromPosition) throws IOException {
        Segment last = segments.last();
        Segment first = segments.first();
        if (last == null || first == null) {
            return emptyLog(fromPosition);
        }
        int from = fromPosition < 0 ? first.id() : Position.segmentId(fromPosition);
        int offset = fromPosition < 0 ? SegmentHeader.BYTES : Position.offset(fromPosition);
        if (from > last.id()) {
            throw lost(last.fileName(), last.sizeBytes(), fromPosition);
        }
        for (int id = from; id < last.id(); id++) {
            present(id);
        }
        for (int id = from; id < last.id(); id++) {
            Segment segment = present(id);
            readForced(segment, offset, segment.endOffset());
            offset = SegmentHeader.BYTES;
        }
        return readLast(present(last.id()), offset);
    }

    /** Reads what lies between two positions, all of which was forced. */
    void between(long fromPosition, long toPosition) throws IOException {
        Segment first = segments.first();
        if (first == null) {
            return;
        }
        int from = fromPosition < 0 ? first.id() : Position.segmentId(fromPosition);
        int offset = fromPosition < 0 ? SegmentHeader.BYTES : Position.offset(fromPosition);
        int to = Position.segmentId(toPosition);
        for (int id = from; id <= to; id++) {
            Segment segment = present(id);
            readForced(segment, offset, id == to ? Position.offset(toPosition) : segment.endOffset());
            offset = SegmentHeader.BYTES;
        }
    }

    private static long emptyLog(long fromPosition) {
        long begin = Position.of(1, SegmentHeader.BYTES);
        if (fromPosition > begin) {
            throw new JournalDamage(
                    JournalDamage.Code.MISSING_SEGMENT,
                    "The directory holds no journal segment, but the log is needed from " + Position.text(fromPosition)
                            + " on.");
        }
        return begin;
    }

    private Segment present(int id) {
        Segment segment = segments.find(id);
        if (segment == null) {
            throw new JournalDamage(
                    JournalDamage.Code.MISSING_SEGMENT,
                    "Journal segment " + FileNames.segment(id) + " is missing, and the log is needed from its offset "
                            + SegmentHeader.BYTES + " on.");
        }
        return segment;
    }

    private void readForced(Segment segment, int fromOffset, int end) throws IOException {
        try (DiskFile file = disk.open(segment.fileName(), Disk.Access.READ)) {
            FrameReader frames = readerOf(file, segment, end);
            int offset = fromOffset;
            while (offset < end) {
                if (frames.at(offset) != FrameReader.Found.FRAME) {
                    throw new JournalDamage(
                            JournalDamage.Code.BAD_FRAME,
                            "Journal segment " + segment.fileName() + ", offset " + offset
                                    + ": the frame is not whole, though it was forced.");
                }
                tell(frames, segment, offset);
                offset += frames.length();
            }
            if (offset > end) {
                throw lost(segment.fileName(), end, Position.of(segment.id(), offset));
            }
        }
    }

    private long readLast(Segment segment, int fromOffset) throws IOException {
        try (DiskFile file = disk.open(segment.fileName(), Disk.Access.WRITE)) {
            FrameReader frames = readerOf(file, segment, segment.sizeBytes());
            int offset = fromOffset;
            while (frames.at(offset) == FrameReader.Found.FRAME) {
                tell(frames, segment, offset);
                offset += frames.length();
            }
            refuseIfForcedBeyond(frames, segment, offset, fromOffset);
            // What a killed process wrote may be in the page cache only; from here on it is taken for forced.
            file.force();
            segment.seal(offset);
            return Position.of(segment.id(), offset);
        }
    }

    /** The cut at {@code end} is right only if no later frame knew that more was forced, nor any checkpoint. */
    private static void refuseIfForcedBeyond(FrameReader frames, Segment segment, int end, int fromOffset)
            throws IOException {
        long cut = Position.of(segment.id(), end);
        if (end == fromOffset && end != SegmentHeader.BYTES && !endsHere(frames, end)) {
            throw lost(segment.fileName(), SegmentHeader.BYTES, cut);
        }
        long forced = frames.forcedBeyond(end);
        if (forced != 0) {
            throw lost(segment.fileName(), end, forced);
        }
    }

    /**
     * Whether a frame of this segment ends at an offset from which the replay began and found nothing: else the log ended
     * before it.
     */
    private static boolean endsHere(FrameReader frames, int end) throws IOException {
        int offset = SegmentHeader.BYTES;
        while (offset < end && frames.at(offset) == FrameReader.Found.FRAME) {
            offset += frames.length();
        }
        return offset == end;
    }

    private void tell(FrameReader frames, Segment segment, int offset) {
        if (frames.version() != FrameLayout.FORMAT_VERSION) {
            throw new JournalDamage(
                    JournalDamage.Code.UNKNOWN_FORMAT,
                    "Journal segment " + segment.fileName() + ", offset " + offset + ": frame format version "
                            + frames.version() + " is not known to this program.");
        }
        if (frames.shard() == Frame.OWN) {
            return;
        }
        handler.frame(frames.shard(), frames.logIndex(), frames.epoch(), frames.commitIndex());
        frames.rewind();
        for (int i = frames.records(); i > 0; i--) {
            frames.nextRecord(sink);
        }
    }

    private FrameReader readerOf(DiskFile file, Segment segment, int limit) {
        FrameReader open = reader;
        if (open == null) {
            open = new FrameReader(file, segment.id(), limit, true);
            reader = open;
        } else {
            open.reset(file, segment.id(), limit);
        }
        return open;
    }

    private static JournalDamage lost(String fileName, int offset, long forced) {
        return new JournalDamage(
                JournalDamage.Code.LOST_FORCED_DATA,
                "Journal segment " + fileName + ", offset " + offset
                        + ": the log ends here, but it was known to be forced up to " + Position.text(forced) + ".");
    }
}
