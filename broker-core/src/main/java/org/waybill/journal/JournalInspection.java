package org.waybill.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;
import org.waybill.io.FileDisk;

/**
 * Prints what a journal holds: segments, frames and records, checkpoints, free segments. Only reads, and may be used while
 * the journal runs: then the last segment's end is where it was found, and a file that was recycled meanwhile is said to
 * be gone.
 */
public final class JournalInspection {
    private final Disk disk;
    private final boolean verify;
    private final IntFunction<String> typeName;
    private final Appendable out;
    private int damaged;

    private JournalInspection(Disk disk, boolean verify, IntFunction<String> typeName, Appendable out) {
        this.disk = disk;
        this.verify = verify;
        this.typeName = typeName;
        this.out = out;
    }

    /**
     * Prints the journal in a directory, one line for each thing found.
     *
     * @param verify whether the records' CRCs are checked; headers always are
     * @param typeName the name of a record type, given 0 to 255
     * @return the number of damaged places found, each printed in a line that begins with {@code DAMAGE}
     */
    public static int print(Path directory, boolean verify, IntFunction<String> typeName, Appendable out)
            throws IOException {
        return new JournalInspection(new FileDisk(directory), verify, typeName, out).printAll();
    }

    static int print(Disk disk, boolean verify, IntFunction<String> typeName, Appendable out) throws IOException {
        return new JournalInspection(disk, verify, typeName, out).printAll();
    }

    private int printAll() throws IOException {
        List<Segment> segments = new ArrayList<>();
        int free = 0;
        for (String name : disk.list()) {
            OptionalInt id = FileNames.segmentId(name);
            if (id.isPresent()) {
                Segment segment = header(name, id.getAsInt());
                if (segment != null) {
                    segments.add(segment);
                }
            } else if (FileNames.freeNumber(name).isPresent()) {
                free++;
            }
        }
        for (int i = 0; i < segments.size(); i++) {
            printSegment(segments.get(i), i + 1 < segments.size() ? segments.get(i + 1) : null);
        }
        for (String name : disk.list()) {
            OptionalInt shard = FileNames.checkpointShard(name);
            if (shard.isPresent()) {
                printCheckpoint(name, shard.getAsInt());
            }
        }
        line("free segments: " + free);
        line("damaged places: " + damaged);
        return damaged;
    }

    private @Nullable Segment header(String name, int id) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Access.READ)) {
            return new Segment(SegmentHeader.read(name, id, file));
        } catch (NoSuchFileException e) {
            line("segment " + id + " is gone: it was recycled meanwhile");
        } catch (JournalDamage e) {
            damage(e.getMessage());
        }
        return null;
    }

    private void printSegment(Segment segment, @Nullable Segment next) throws IOException {
        int knownEnd =
                next != null && next.id() == segment.id() + 1 ? next.header().previousEnd() : 0;
        int limit = knownEnd == 0 ? segment.sizeBytes() : knownEnd;
        line("segment " + segment.id() + "  file " + segment.fileName() + "  bytes " + segment.sizeBytes() + "  begun "
                + Instant.ofEpochMilli(segment.header().createdEpochMs()));
        try (DiskFile file = disk.open(segment.fileName(), Disk.Access.READ)) {
            FrameReader frames = new FrameReader(file, segment.id(), limit, verify);
            int end = printFrames(frames, segment.id(), SegmentHeader.BYTES);
            boolean whole = knownEnd == 0 ? next != null || frames.forcedBeyond(end) == 0 : end == limit;
            if (!whole && next == null) {
                // A running journal may have gone on since the end was found.
                frames.reset(file, segment.id(), limit);
                int later = printFrames(frames, segment.id(), end);
                whole = later > end;
                end = later;
            }
            if (whole) {
                line("end of segment " + segment.id() + " at offset " + end
                        + (next == null ? ", the end of the log" : ""));
            } else if (disk.list().contains(segment.fileName())) {
                damage("Journal segment " + segment.fileName() + ", offset " + end
                        + ": the frame is not whole, though it was forced.");
            } else {
                line("segment " + segment.id() + " is gone: it was recycled meanwhile");
            }
        } catch (NoSuchFileException e) {
            line("segment " + segment.id() + " is gone: it was recycled meanwhile");
        }
    }

    /** Returns the offset of the first place where no whole frame stands. */
    private int printFrames(FrameReader frames, int segmentId, int from) throws IOException {
        int offset = from;
        while (frames.at(offset) == FrameReader.Found.FRAME) {
            printFrame(frames, segmentId, offset);
            offset += frames.length();
        }
        return offset;
    }

    private void printFrame(FrameReader frames, int segmentId, int offset) throws IOException {
        if (frames.shard() == Frame.OWN) {
            line("  frame " + segmentId + ":" + offset + "  mark");
            return;
        }
        line("  frame " + segmentId + ":" + offset + "  bytes " + frames.length() + "  shard " + frames.shard()
                + "  index " + frames.logIndex() + "  epoch " + frames.epoch() + "  commit " + frames.commitIndex()
                + "  forced " + Position.text(frames.forcedPosition()) + "  records " + frames.records());
        frames.rewind();
        for (int i = frames.records(); i > 0; i--) {
            frames.nextRecord(this::printRecord);
        }
    }

    private void printRecord(byte type, long position, int recordBytes, ByteBuffer payload) {
        try {
            line("    record " + Position.text(position) + "  bytes " + recordBytes + "  payload " + payload.remaining()
                    + "  type " + typeName.apply(type & 0xFF) + (verify ? "  crc ok" : ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void printCheckpoint(String name, int shard) throws IOException {
        try (CheckpointReader checkpoint = CheckpointReader.open(disk, name, shard)) {
            line("checkpoint " + name + "  shard " + shard + "  chunks " + checkpoint.chunks() + "  replay from "
                    + Position.text(checkpoint.replayFromPosition()) + "  meta bytes " + checkpoint.meta().length);
            if (verify) {
                verifyChunks(checkpoint);
            }
        } catch (NoSuchFileException e) {
            line("checkpoint " + name + " is gone: a newer one replaced it meanwhile");
        } catch (JournalDamage e) {
            damage(e.getMessage());
        }
    }

    private static void verifyChunks(CheckpointReader checkpoint) throws IOException {
        boolean more = true;
        while (more) {
            more = checkpoint.next() != null;
        }
    }

    private void damage(@Nullable String message) throws IOException {
        damaged++;
        line("DAMAGE " + message);
    }

    private void line(String text) throws IOException {
        out.append(text).append('\n');
    }
}
