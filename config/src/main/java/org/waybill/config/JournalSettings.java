package org.waybill.config;

/**
 * The log on disk. Immutable.
 *
 * @param segmentBytes the size of a segment file, a multiple of 4096
 * @param preparedSegments how many segments are kept ready ahead of use
 * @param commitWaitUs how long a batch waits for company before it is forced to disk; 0 means not at all
 * @param reserveBytes free disk space below which senders get no more credit
 */
public record JournalSettings(int segmentBytes, int preparedSegments, int commitWaitUs, long reserveBytes) {
    private static final int BLOCK_BYTES = 4_096;

    /** What holds without a file. */
    public static JournalSettings defaults() {
        return new JournalSettings(64 << 20, 2, 0, 256L << 20);
    }

    static JournalSettings read(Section in) {
        JournalSettings or = defaults();
        return new JournalSettings(
                in.multiple("segment-bytes", or.segmentBytes, 1 << 16, 1 << 30, BLOCK_BYTES),
                in.integer("prepared-segments", or.preparedSegments, 1, 64),
                in.integer("commit-wait-us", or.commitWaitUs, 0, 1_000_000),
                in.whole("reserve-bytes", or.reserveBytes, 0, Long.MAX_VALUE));
    }
}
