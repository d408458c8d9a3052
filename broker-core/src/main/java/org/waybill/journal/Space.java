package org.waybill.journal;

import java.io.IOException;
import java.util.function.IntSupplier;
import org.waybill.io.Disk;

/**
 * Whether there is room for sends: the disk has its reserve, and the last attempt to prepare segments succeeded. Updated on
 * the file thread, read from any.
 */
final class Space {
    private final JournalOptions options;
    private final Disk disk;
    private final IntSupplier freeSegments;
    private SpaceListener listener = room -> {};
    private boolean low;
    private boolean unprepared;
    private volatile boolean room = true;

    /** @param freeSegments how many segments are ready for use */
    Space(JournalOptions options, Disk disk, IntSupplier freeSegments) {
        this.options = options;
        this.disk = disk;
        this.freeSegments = freeSegments;
    }

    /** Before the threads start. */
    void listener(SpaceListener listener) {
        this.listener = listener;
    }

    boolean room() {
        return room;
    }

    /** Looks at the disk. It must have a segment's size above the reserve to end a shortage, lest it flutter. */
    void check() throws IOException {
        long wanted = options.reserveBytes() + (low ? options.segmentBytes() : 0);
        // segments that were recycled are room too; those that are kept ready in any case belong to acknowledgements
        long spare = Math.max(0, freeSegments.getAsInt() - options.preparedSegments());
        low = disk.usableSpaceBytes() + spare * options.segmentBytes() < wanted;
        update();
    }

    void prepared(boolean succeeded) {
        unprepared = !succeeded;
        update();
    }

    private void update() {
        boolean now = !low && !unprepared;
        if (now != room) {
            room = now;
            listener.roomChanged(now);
        }
    }
}
