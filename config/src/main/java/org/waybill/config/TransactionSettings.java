package org.waybill.config;

/**
 * Local transactions of clients. Immutable.
 *
 * @param timeoutMs how long a transaction may be open from the first thing done in it until it is rolled back; 0 means for as
 *     long as its connection is
 */
public record TransactionSettings(long timeoutMs) {
    private static final long DAY_MS = 86_400_000;

    /** What holds without a file. */
    public static TransactionSettings defaults() {
        return new TransactionSettings(0);
    }

    static TransactionSettings read(Section in) {
        return new TransactionSettings(in.whole("timeout-ms", defaults().timeoutMs, 0, 365 * DAY_MS));
    }
}
