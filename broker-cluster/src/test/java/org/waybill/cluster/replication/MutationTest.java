package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Takes each rule away in turn: a scenario or the simulation must find what goes wrong then. Prints after how many seeds (none: a
 * scenario did), and by which invariant.
 */
final class MutationTest {
    private static final long CHAOS_NS = 12_000 * Simulation.MS;
    private static final String ONLY = System.getProperty("waybill.mutations", ".*");
    private static final int SEEDS = Integer.getInteger("waybill.mutation.seeds", 400);

    @Test
    void everyRuleIsNeeded() {
        List<String> missed = new ArrayList<>();
        StringBuilder table =
                new StringBuilder("rule  mutation                                                   seeds  found by");
        for (Mutation mutation : Mutation.values()) {
            if (mutation != Mutation.NONE && mutation.name().matches(ONLY)) {
                if (!find(mutation, table)) {
                    missed.add(mutation.name());
                }
            }
        }
        System.out.println(table);
        assertThat(missed).as("mutations that nothing finds").isEmpty();
    }

    private static boolean find(Mutation mutation, StringBuilder table) {
        String found = caught(() -> Scenarios.figureEight(mutation));
        found = found != null ? found : caught(() -> Scenarios.donorMovesOn(mutation));
        found = found != null ? found : caught(() -> Scenarios.growsByTwo(mutation));
        found = found != null ? found : caught(() -> Scenarios.outdatedLeaderWritesOn(mutation));
        found = found != null ? found : caught(() -> Scenarios.checkpointOfADeposedLeader(mutation));
        found = found != null ? found : caught(() -> Scenarios.snapshotOfUncommitted(mutation));
        if (found != null) {
            row(table, mutation, "-", found);
        }
        int tries = 0;
        while (found == null && tries < SEEDS) {
            tries++;
            long seed = tries;
            found = caught(() -> new Simulation(seed, seed % 3 == 0 ? 5 : 3, mutation).run(CHAOS_NS));
            if (found != null) {
                row(table, mutation, String.valueOf(tries), found);
            }
        }
        if (found == null) {
            row(table, mutation, String.valueOf(tries), "NOT FOUND");
        }
        return found != null;
    }

    private static @Nullable String caught(Runnable run) {
        try {
            run.run();
            return null;
        } catch (AssertionError | RuntimeException found) {
            return String.valueOf(found.getMessage()).lines().findFirst().orElse("");
        }
    }

    private static void row(StringBuilder table, Mutation mutation, String seeds, String found) {
        String by = found.replaceAll("\\d{6,}", "m");
        table.append(String.format("%n%-5s %-58s %5s  %s", mutation.rule, mutation.what, seeds, by));
    }
}
