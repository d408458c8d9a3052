package org.waybill.config;

/**
 * Transactions of clients. Immutable.
 *
 * @param timeoutMs how long a local transaction may be open from the first thing done in it until it is rolled back; 0 means for as
 *     long as its connection is
 * @param branchTimeoutMs how long a branch of a global transaction may be open from its start until it is rolled back, unless its
 *     transaction manager says otherwise; 0 means for ever. One that is prepared has no limit
 * @param maxBranches how many branches there may be, prepared ones included; spread evenly over the shards
 */
public record TransactionSettings(long timeoutMs, long branchTimeoutMs, int maxBranches) {
    private static final long YEAR_MS = 365 * 86_400_000L;

    /** What holds without a file. */
    public static TransactionSettings defaults() {
        return new TransactionSettings(0, 300_000, 10_000);
    }

    static TransactionSettings read(Section in) {
        TransactionSettings defaults = defaults();
        return new TransactionSettings(
                in.whole("timeout-ms", defaults.timeoutMs, 0, YEAR_MS),
                in.whole("branch-timeout-ms", defaults.branchTimeoutMs, 0, YEAR_MS),
                (int) in.whole("max-branches", defaults.maxBranches, 1, 1_000_000));
    }
}
