package org.waybill.config;

/**
 * What becomes of deliveries that fail. Immutable.
 *
 * @param maxDeliveries after how many failed deliveries a message goes to the dead-letter address; 0 means never
 * @param delayMs how long a message waits after its first failed delivery, in milliseconds
 * @param multiplier by what the wait grows with each further failure
 * @param maxDelayMs the longest wait, in milliseconds; 0 means no limit
 */
public record Redelivery(int maxDeliveries, long delayMs, double multiplier, long maxDelayMs) {
    private static final long MOST_MS = 366L * 24 * 60 * 60 * 1000;
    private static final double MOST_GROWTH = 1_000;

    /** How long a message waits that has failed so often, in milliseconds; 0 for not at all. */
    public long delayMs(int failures) {
        if (delayMs == 0 || failures <= 0) {
            return 0;
        }
        double wait = (double) delayMs * Math.pow(multiplier, failures - 1.0);
        return (long) Math.min(wait, (double) (maxDelayMs > 0 ? maxDelayMs : MOST_MS));
    }

    static Redelivery read(Section in, Redelivery or) {
        return new Redelivery(
                in.integer("max-deliveries", or.maxDeliveries, 0, Integer.MAX_VALUE),
                in.whole("redelivery-delay-ms", or.delayMs, 0, MOST_MS),
                in.decimal("redelivery-multiplier", or.multiplier, 1, MOST_GROWTH),
                in.whole("max-redelivery-delay-ms", or.maxDelayMs, 0, MOST_MS));
    }
}
