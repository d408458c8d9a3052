package org.waybill.journal;

/**
 * The journal's bounds and sizes.
 *
 * @param segmentBytes the size of a segment file, a multiple of 4096 between 64 KiB and 1 GiB; default 64 MiB
 * @param preparedSegments how many segments are kept ready ahead of use; default 2
 * @param pooledSegments how many free segments are kept for reuse before further ones are deleted; default 16
 * @param maxFrameBytes the greatest frame that may be appended; default 128 MiB
 * @param batchBytes after how many bytes a batch is forced even if more is waiting; default 4 MiB
 * @param commitWaitUs how long a batch waits for company before it is written; default 0, natural batching only
 * @param reserveBytes usable disk space below which there is no room for sends; default 1 GiB
 * @param spaceCheckMs how often the disk's usable space is looked at; default 1,000
 */
public record JournalOptions(
        int segmentBytes,
        int preparedSegments,
        int pooledSegments,
        int maxFrameBytes,
        int batchBytes,
        int commitWaitUs,
        long reserveBytes,
        int spaceCheckMs) {
    private static final int BLOCK_BYTES = 4096;

    /** Checks the ranges; throws {@link IllegalArgumentException} with the option's name. */
    public JournalOptions {
        require(
                segmentBytes >= 1 << 16 && segmentBytes <= 1 << 30 && segmentBytes % BLOCK_BYTES == 0,
                "segmentBytes must be a multiple of 4096 between 64 KiB and 1 GiB");
        require(preparedSegments >= 1 && preparedSegments <= 64, "preparedSegments must be between 1 and 64");
        require(pooledSegments >= preparedSegments, "pooledSegments must be at least preparedSegments");
        require(maxFrameBytes >= 4096 && maxFrameBytes <= 1 << 30, "maxFrameBytes must be between 4 KiB and 1 GiB");
        require(batchBytes >= 4096, "batchBytes must be at least 4096");
        require(commitWaitUs >= 0 && commitWaitUs <= 1_000_000, "commitWaitUs must be between 0 and 1,000,000");
        require(reserveBytes >= 0, "reserveBytes must not be negative");
        require(spaceCheckMs >= 1, "spaceCheckMs must be at least 1");
    }

    /** The defaults named above. */
    public static JournalOptions defaults() {
        return new JournalOptions(64 << 20, 2, 16, 128 << 20, 4 << 20, 0, 1L << 30, 1_000);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
