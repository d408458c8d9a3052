package org.waybill.benchmarks.load;

import java.util.Locale;
import java.util.StringJoiner;
import org.HdrHistogram.Histogram;

/** The figures of one run in the order they were put, printed as one line of {@code key=value} pairs. */
final class Result {
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final String[] PERCENTILE_NAMES = {"p50", "p99", "p999"};

    private final StringJoiner line = new StringJoiner(" ");

    Result put(String key, double value) {
        line.add(key + "=" + format(value));
        return this;
    }

    Result put(String key, long value) {
        line.add(key + "=" + value);
        return this;
    }

    /** Why the run failed, as one word; nothing when it did not. */
    Result failed(String reason) {
        line.add("failed=" + reason.replaceAll("\\s+", "_"));
        return this;
    }

    /** Percentiles of nanoseconds in microseconds; nothing when there are none. */
    Result latency(String name, Histogram histogram) {
        if (histogram.getTotalCount() > 0) {
            for (int i = 0; i < PERCENTILES.length; i++) {
                put(name + "_" + PERCENTILE_NAMES[i] + "_us", histogram.getValueAtPercentile(PERCENTILES[i]) / 1e3);
            }
            put(name + "_max_us", histogram.getMaxValue() / 1e3);
        }
        return this;
    }

    private static String format(double value) {
        return String.format(
                Locale.ROOT, Math.abs(value) >= 1000 ? "%.0f" : Math.abs(value) >= 1 ? "%.2f" : "%.4f", value);
    }

    @Override
    public String toString() {
        return line.toString();
    }
}
