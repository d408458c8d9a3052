package org.waybill.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All figures of a run: by workload, metric and broker the value of each round. */
final class Figures {
    private static final String CSV_HEADER = "broker,round,workload,metric,value";

    private final Map<Workload, Map<String, Map<String, Map<Integer, Double>>>> values = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> csv = new ArrayList<>(List.of(CSV_HEADER));

    /** Adds what one workload printed for one broker in one round; a failed run counts in no median. */
    void add(String broker, int round, Workload workload, Map<String, String> figures) {
        figures.forEach((metric, value) -> csv.add(
                String.join(",", broker, Integer.toString(round), workload.id(), metric, value.replace(',', ';'))));
        String failure = figures.get("failed");
        if (failure != null) {
            failures.add(workload.id() + " on " + broker + " in round " + round + ": " + failure.replace('_', ' '));
            return;
        }
        figures.forEach((metric, value) -> values.computeIfAbsent(workload, w -> new LinkedHashMap<>())
                .computeIfAbsent(metric, m -> new LinkedHashMap<>())
                .computeIfAbsent(broker, b -> new TreeMap<>())
                .put(round, Double.parseDouble(value)));
    }

    /** Every value as comma-separated lines. */
    List<String> csv() {
        return List.copyOf(csv);
    }

    /** Runs that failed, each with its reason. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /**
     * Tables in Markdown: median (least..greatest) of each broker, and the ratio of the first broker to each other, as
     * ratio of the medians with the range of the rounds' own ratios.
     */
    String tables(List<String> brokers) {
        StringBuilder text = new StringBuilder();
        values.forEach((workload, metrics) -> {
            text.append("\n### ").append(workload.id()).append("\n\n| metric |");
            for (String broker : brokers) {
                text.append(' ').append(broker).append(" |");
            }
            for (String other : brokers.subList(1, brokers.size())) {
                text.append(' ')
                        .append(brokers.get(0))
                        .append(" / ")
                        .append(other)
                        .append(" |");
            }
            text.append("\n|").append("---|".repeat(2 * brokers.size())).append('\n');
            metrics.forEach((metric, byBroker) -> text.append(row(metric, byBroker, brokers)));
        });
        return text.toString();
    }

    private static String row(String metric, Map<String, Map<Integer, Double>> byBroker, List<String> brokers) {
        StringBuilder row = new StringBuilder("| ").append(metric).append(" |");
        for (String broker : brokers) {
            row.append(' ').append(cell(of(byBroker, broker))).append(" |");
        }
        Map<Integer, Double> first = of(byBroker, brokers.get(0));
        for (String other : brokers.subList(1, brokers.size())) {
            row.append(' ').append(ratio(first, of(byBroker, other))).append(" |");
        }
        return row.append('\n').toString();
    }

    private static Map<Integer, Double> of(Map<String, Map<Integer, Double>> byBroker, String broker) {
        return byBroker.getOrDefault(broker, Map.of());
    }

    private static String cell(Map<Integer, Double> rounds) {
        double[] sorted = sorted(rounds);
        return sorted.length == 0 ? "-" : format(median(sorted)) + range(sorted);
    }

    private static String ratio(Map<Integer, Double> first, Map<Integer, Double> other) {
        double divisor = median(sorted(other));
        if (first.isEmpty() || other.isEmpty() || divisor == 0) {
            return "-";
        }
        double[] paired = first.keySet().stream()
                .filter(round -> other.getOrDefault(round, 0.0) != 0)
                .mapToDouble(round -> first.getOrDefault(round, 0.0) / other.getOrDefault(round, 1.0))
                .sorted()
                .toArray();
        return format(median(sorted(first)) / divisor) + range(paired);
    }

    private static double[] sorted(Map<Integer, Double> rounds) {
        return rounds.values().stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }

    private static double median(double[] sorted) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String range(double[] sorted) {
        return sorted.length < 2 ? "" : " (" + format(sorted[0]) + ".." + format(sorted[sorted.length - 1]) + ")";
    }

    private static String format(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
