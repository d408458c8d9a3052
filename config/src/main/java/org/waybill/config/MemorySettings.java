package org.waybill.config;

/**
 * What may be kept in memory. Immutable.
 *
 * @param bodiesBytes how many bytes of stored messages are kept in memory besides their place on disk; 0 means a quarter of
 *     the heap
 */
public record MemorySettings(long bodiesBytes) {
    /** What holds without a file. */
    public static MemorySettings defaults() {
        return new MemorySettings(0);
    }

    static MemorySettings read(Section in) {
        return new MemorySettings(in.whole("bodies-bytes", defaults().bodiesBytes, 0, Long.MAX_VALUE));
    }
}
