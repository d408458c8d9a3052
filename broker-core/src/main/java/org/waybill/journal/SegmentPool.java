package org.waybill.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Disk;
import org.waybill.io.DiskFile;

/**
 * Segment files that are ready for use: of full size, forced, in the directory for good.
 *
 * <p>The journal's file thread fills it, the journal's thread takes from it. A file comes in with whatever it held before;
 * the segment id in headers, frames and records tells old from new.
 */
final class SegmentPool {
    private final JournalOptions options;
    private final Disk disk;
    private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger readyCount = new AtomicInteger();
    /** A file of its own size for a frame that no ordinary segment holds, wanted or made. */
    private volatile int wantedBytes;

    private volatile @Nullable String made;
    private int lastNumber;

    SegmentPool(JournalOptions options, Disk disk) {
        this.options = options;
        this.disk = disk;
    }

    /** Takes over a free file found at open, or deletes it if it cannot be used. */
    void adopt(String name, int number) throws IOException {
        lastNumber = Math.max(lastNumber, number);
        long size;
        try (DiskFile file = disk.open(name, Disk.Access.READ)) {
            size = file.sizeBytes();
        }
        if (size == options.segmentBytes() && readyCount.get() < options.pooledSegments()) {
            offer(name);
        } else {
            disk.delete(name);
        }
    }

    int size() {
        return readyCount.get();
    }

    /** Whether {@link #take} would give a file. */
    boolean has(int bytes) {
        return bytes == options.segmentBytes() ? readyCount.get() > 0 : made != null;
    }

    /** A file of this size, or null if the file thread has to {@link #fill} first. */
    @Nullable
    String take(int bytes) {
        if (bytes != options.segmentBytes()) {
            wantedBytes = bytes;
            String name = made;
            if (name != null) {
                wantedBytes = 0;
                made = null;
            }
            return name;
        }
        String name = ready.poll();
        if (name != null) {
            readyCount.decrementAndGet();
        }
        return name;
    }

    /**
     * On the file thread: makes one file if one is missing.
     *
     * @return false if none was missing
     */
    boolean fill() throws IOException {
        int wanted = wantedBytes;
        if (wanted != 0 && made == null) {
            made = create(wanted);
            return true;
        }
        if (readyCount.get() < options.preparedSegments()) {
            offer(create(options.segmentBytes()));
            return true;
        }
        return false;
    }

    /** On the file thread: turns segments into free files, or deletes those that are too many. */
    void recycle(List<Segment> segments) throws IOException {
        List<String> freed = new ArrayList<>();
        for (Segment segment : segments) {
            boolean useful = segment.sizeBytes() == options.segmentBytes()
                    && readyCount.get() + freed.size() < options.pooledSegments();
            if (useful) {
                String name = FileNames.free(++lastNumber);
                disk.rename(segment.fileName(), name);
                freed.add(name);
            } else {
                disk.delete(segment.fileName());
            }
        }
        // Before a file gets new contents its old name must be gone for good, else it comes back as a damaged segment.
        disk.forceDirectory();
        freed.forEach(this::offer);
    }

    private void offer(String name) {
        ready.add(name);
        readyCount.incrementAndGet();
    }

    private String create(int bytes) throws IOException {
        String name = FileNames.free(++lastNumber);
        String temporary = name + FileNames.TEMPORARY;
        try {
            try (DiskFile file = disk.open(temporary, Disk.Access.CREATE)) {
                file.preallocate(bytes);
            }
            disk.rename(temporary, name);
            disk.forceDirectory();
            return name;
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw e;
        }
    }

    private void deleteQuietly(String name, IOException cause) {
        try {
            if (disk.list().contains(name)) {
                disk.delete(name);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
