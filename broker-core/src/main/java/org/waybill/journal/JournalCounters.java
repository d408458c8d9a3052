package org.waybill.journal;

/**
 * What the journal has done since it was opened, and what it holds; a snapshot whose parts may be a moment apart.
 *
 * @param appendedBytes bytes of the frames written
 * @param frames frames written
 * @param records records written
 * @param forces forces of the log, each completing one batch
 * @param segments segments that hold log, the current one included
 * @param freeSegments segments that are ready for use
 * @param liveBytes bytes of retained records not yet released
 * @param segmentBytes bytes of the segments that hold log
 */
public record JournalCounters(
        long appendedBytes,
        long frames,
        long records,
        long forces,
        int segments,
        int freeSegments,
        long liveBytes,
        long segmentBytes) {}
