package org.waybill.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/**
 * Reads records back by position. {@link #read} may be called from any thread; the work is done on the reader thread.
 * Records that lie close together are read in one go.
 */
final class RecordReader {
    private static final int MAX_WINDOW_BYTES = 1 << 20;
    /** Reading over such a gap is cheaper than a second read. */
    private static final int GAP_BYTES = 32 << 10;

    private static final int OPEN_FILES = 32;

    private final Disk disk;
    private final Segments segments;
    private final Executor readerThread;
    private final Consumer<Segment> unpin;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer window;
    private final ByteBuffer summed;
    private final ByteBuffer greatHeader =
            ByteBuffer.allocate(FrameLayout.RECORD_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<Segment, DiskFile> openFiles = new LinkedHashMap<>(16, 0.75f, true);

    RecordReader(JournalOptions options, Disk disk, Segments segments, Executor readerThread, Consumer<Segment> unpin) {
        this.disk = disk;
        this.segments = segments;
        this.readerThread = readerThread;
        this.unpin = unpin;
        this.window = ByteBuffer.allocateDirect(Math.min(options.segmentBytes(), MAX_WINDOW_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        this.summed = window.duplicate();
    }

    void read(ReadRequest request) {
        @Nullable Segment[] pinned = pin(request);
        readerThread.execute(() -> {
            readAll(request, pinned);
            for (Segment segment : pinned) {
                if (segment != null) {
                    unpin.accept(segment);
                }
            }
            request.reply();
        });
    }

    /** The segment's file is given away; any thread. */
    void forget(Segment segment) {
        readerThread.execute(() -> closeQuietly(openFiles.remove(segment)));
    }

    /** On the reader thread, or after it has ended. */
    void close() {
        openFiles.values().forEach(RecordReader::closeQuietly);
        openFiles.clear();
    }

    /** Pins on the caller's thread, while its records are still live, so that no segment vanishes under the read. */
    private @Nullable Segment[] pin(ReadRequest request) {
        @Nullable Segment[] pinned = new Segment[request.count];
        for (int i = 0; i < request.count; i++) {
            Segment segment = segments.find(Position.segmentId(request.positions[i]));
            if (segment != null) {
                segment.pin();
                pinned[i] = segment;
            }
        }
        return pinned;
    }

    private void readAll(ReadRequest request, @Nullable Segment[] pinned) {
        int from = 0;
        while (from < request.count) {
            Segment segment = pinned[from];
            if (segment == null) {
                request.answer(from, missing(request.positions[from]));
                from++;
                continue;
            }
            int to = endOfRun(request, from);
            try {
                readRun(request, segment, from, to);
            } catch (IOException e) {
                for (int i = from; i < to; i++) {
                    request.answer(
                            i,
                            new JournalDamage(
                                    JournalDamage.Code.UNREADABLE, where(segment, request, i) + e.getMessage(), e));
                }
            }
            from = to;
        }
    }

    /** The end of the run of indexes that one read of the window covers. */
    private int endOfRun(ReadRequest request, int from) {
        long begin = request.positions[from];
        long end = begin + request.recordBytes[from];
        int to = from + 1;
        while (to < request.count) {
            long position = request.positions[to];
            long after = position + request.recordBytes[to];
            boolean near = position >= end
                    && position - end <= GAP_BYTES
                    && after - begin <= window.capacity()
                    && Position.segmentId(position) == Position.segmentId(begin);
            if (!near) {
                break;
            }
            end = after;
            to++;
        }
        return to;
    }

    private void readRun(ReadRequest request, Segment segment, int from, int to) throws IOException {
        DiskFile file = open(segment);
        int begin = Position.offset(request.positions[from]);
        long end = Position.offset(request.positions[to - 1]) + (long) request.recordBytes[to - 1];
        if (end - begin > window.capacity()) {
            readGreat(request, segment, file, from);
            return;
        }
        window.clear().limit((int) (end - begin));
        file.read(window, begin);
        window.flip();
        for (int i = from; i < to; i++) {
            byte[] payload =
                    payload(segment.id(), Position.offset(request.positions[i]) - begin, request.recordBytes[i]);
            if (payload == null) {
                request.answer(i, bad(segment, request, i));
            } else {
                request.answer(i, payload);
            }
        }
    }

    private byte @Nullable [] payload(int segmentId, int at, int recordBytes) {
        if (recordBytes < FrameLayout.RECORD_HEADER_BYTES || at + recordBytes > window.limit()) {
            return null;
        }
        int length = window.getInt(at + FrameLayout.RECORD_LENGTH);
        if (length < 0
                || FrameLayout.recordBytes(length) != recordBytes
                || window.getInt(at + FrameLayout.RECORD_SEGMENT) != segmentId) {
            return null;
        }
        int from = at + FrameLayout.RECORD_HEADER_BYTES;
        crc.reset();
        crc.update(summed.limit(from + length).position(at + Integer.BYTES));
        if ((int) crc.getValue() != window.getInt(at + FrameLayout.RECORD_CRC)) {
            return null;
        }
        byte[] payload = new byte[length];
        window.get(from, payload);
        return payload;
    }

    /** A record greater than the window goes straight into its array, piece by piece. */
    private void readGreat(ReadRequest request, Segment segment, DiskFile file, int index) throws IOException {
        int offset = Position.offset(request.positions[index]);
        greatHeader.clear();
        file.read(greatHeader, offset);
        int length = greatHeader.getInt(FrameLayout.RECORD_LENGTH);
        if (greatHeader.hasRemaining()
                || length < 0
                || FrameLayout.recordBytes(length) != request.recordBytes[index]
                || greatHeader.getInt(FrameLayout.RECORD_SEGMENT) != segment.id()) {
            request.answer(index, bad(segment, request, index));
            return;
        }
        byte[] payload = new byte[length];
        int filled = 0;
        while (filled < length) {
            window.clear().limit(Math.min(window.capacity(), length - filled));
            int read = file.read(window, offset + (long) FrameLayout.RECORD_HEADER_BYTES + filled);
            if (read == 0) {
                break;
            }
            window.flip().get(payload, filled, read);
            filled += read;
        }
        crc.reset();
        crc.update(greatHeader.array(), Integer.BYTES, FrameLayout.RECORD_HEADER_BYTES - Integer.BYTES);
        crc.update(payload);
        if ((int) crc.getValue() == greatHeader.getInt(FrameLayout.RECORD_CRC)) {
            request.answer(index, payload);
        } else {
            request.answer(index, bad(segment, request, index));
        }
    }

    private DiskFile open(Segment segment) throws IOException {
        DiskFile file = openFiles.get(segment);
        if (file == null) {
            file = disk.open(segment.fileName(), Disk.Access.READ);
            openFiles.put(segment, file);
            if (openFiles.size() > OPEN_FILES) {
                Segment eldest = openFiles.keySet().iterator().next();
                closeQuietly(openFiles.remove(eldest));
            }
        }
        return file;
    }

    private static JournalDamage missing(long position) {
        return new JournalDamage(
                JournalDamage.Code.MISSING_SEGMENT,
                "Journal segment " + FileNames.segment(Position.segmentId(position))
                        + " is missing, and the record at its offset " + Position.offset(position) + " is needed.");
    }

    private static JournalDamage bad(Segment segment, ReadRequest request, int index) {
        return new JournalDamage(
                JournalDamage.Code.BAD_RECORD, where(segment, request, index) + "the record is not whole.");
    }

    private static String where(Segment segment, ReadRequest request, int index) {
        return "Journal segment " + segment.fileName() + ", offset " + Position.offset(request.positions[index]) + ": ";
    }

    /** A file that was only read has nothing to lose when it is closed. */
    private static void closeQuietly(@Nullable DiskFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing was written through it.
            }
        }
    }
}
