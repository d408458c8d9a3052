package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Takes each rule away in turn: the simulation must find what goes wrong then. Prints by which invariant, and how soon. */
final class MutationTest {
    private static final long CHAOS_NS = 12_000 * Simulation.MS;
    private static final String ONLY = System.getProperty("waybill.mutations", ".*");
    private static final int SEEDS = Integer.getInteger("waybill.mutation.seeds", 400);

    @Test
    void everyRuleIsNeeded() {
        List<String> missed = new ArrayList<>();
        StringBuilder table = new StringBuilder("rule  mutation                                                   seeds  found by");
        for (Mutation mutation : Mutation.values()) {
            if (mutation != Mutation.NONE && mutation.name().matches(ONLY)) {
                String found = find(mutation, table);
                if (found == null) {
                    missed.add(mutation.name());
                }
            }
        }
        System.out.println(table);
        assertThat(missed).as("mutations that nothing finds").isEmpty();
    }

    private static String find(Mutation mutation, StringBuilder table) {
        for (int tries = 1; tries <= SEEDS; tries++) {
            int size = tries % 3 == 0 ? 5 : 3;
            Simulation simulation = new Simulation(tries, size, mutation);
            try {
                simulation.run(CHAOS_NS);
            } catch (AssertionError | RuntimeException found) {
                String by = String.valueOf(found.getMessage());
                String line = by.split(System.lineSeparator())[0];
                table.append(String.format(
                        "%n%-5s %-58s %5d  %s", mutation.rule, mutation.what, tries, line.replaceAll("\\d{6,}", "m")));
                return by;
            }
        }
        table.append(String.format("%n%-5s %-58s %5d  NOT FOUND", mutation.rule, mutation.what, SEEDS));
        return null;
    }
}
