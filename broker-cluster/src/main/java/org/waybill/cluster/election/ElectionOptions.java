package org.waybill.cluster.election;

/**
 * Times of elections; the same on all nodes.
 *
 * @param beatNs how often a node writes its beat and reads the others'; default 200 ms
 * @param goneNs a claim whose member has not stood for it for this time is up for others; default 1 s
 * @param rankNs how much longer each further node waits, in the order of who is to lead the shard first; default 300 ms.
 *     Where nobody has led yet it is {@code goneNs}
 * @param staleNs what a shard has said of itself counts for this time; default 600 ms
 * @param timeoutNs an answer that has not come within this time is not waited for; default 600 ms
 * @param closeNs within which {@link Elections#close} ends; default 5 s
 */
public record ElectionOptions(long beatNs, long goneNs, long rankNs, long staleNs, long timeoutNs, long closeNs) {
    private static final long MS = 1_000_000;

    /** Checks the ranges; throws {@link IllegalArgumentException} with the option's name. */
    public ElectionOptions {
        require(beatNs > 0 && beatNs <= goneNs / 3, "beatNs must be positive, and a third of goneNs at most");
        require(rankNs >= 0, "rankNs must not be negative");
        require(staleNs > 0 && staleNs < goneNs, "staleNs must be positive, and less than goneNs");
        require(timeoutNs > 0 && closeNs > 0, "timeoutNs and closeNs must be positive");
    }

    /** The defaults named above. */
    public static ElectionOptions defaults() {
        return of(1_000 * MS);
    }

    /** The defaults, made shorter where a shorter {@code goneNs} asks for that. */
    public static ElectionOptions of(long goneNs) {
        return new ElectionOptions(
                Math.min(200 * MS, goneNs / 5),
                goneNs,
                Math.min(300 * MS, goneNs * 3 / 10),
                Math.min(600 * MS, goneNs * 6 / 10),
                600 * MS,
                5_000 * MS);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
