package org.waybill.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private final Figures figures = new Figures();

    private void add(String broker, int round, String rate) {
        figures.add(broker, round, Workload.W2, Map.of("recv_per_s", rate));
    }

    @Test
    void showsMedianAndRangeOfEachBroker() {
        add("a", 1, "300");
        add("a", 2, "100");
        add("a", 3, "200");

        assertThat(figures.tables(List.of("a"))).contains("### W2").contains("| recv_per_s | 200 (100..300) |");
    }

    @Test
    void showsRatioOfMediansWithRangeOfTheRoundsOwnRatios() {
        add("a", 1, "200");
        add("b", 1, "100");
        add("a", 2, "900");
        add("b", 2, "300");

        assertThat(figures.tables(List.of("a", "b"))).contains("| 2.75 (2.00..3.00) |");
    }

    @Test
    void showsNoRatioWhereTheOtherHasNoFigure() {
        add("a", 1, "200");

        assertThat(figures.tables(List.of("a", "b"))).contains("| recv_per_s | 200 | - | - |");
    }

    @Test
    void countsAFailedRunInNoMedian() {
        figures.add("a", 1, Workload.W2, Map.of("recv_per_s", "5", "failed", "link_detached"));
        add("a", 2, "200");

        assertThat(figures.tables(List.of("a"))).contains("| recv_per_s | 200 |");
        assertThat(figures.failures()).containsExactly("W2 on a in round 1: link detached");
    }

    @Test
    void keepsEveryFigureAsALine() {
        add("a", 1, "200");

        assertThat(figures.csv()).containsExactly("broker,round,workload,metric,value", "a,1,W2,recv_per_s,200");
    }
}
