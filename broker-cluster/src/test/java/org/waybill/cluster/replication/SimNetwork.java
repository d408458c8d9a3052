package org.waybill.cluster.replication;

import java.util.Random;

/** Loses, doubles, delays and so reorders messages, and is cut in any direction. */
final class SimNetwork {
    private final boolean[][] cut;
    double loss;
    double doubling;
    long maxDelayNs = 2 * Simulation.MS;

    SimNetwork(int size) {
        cut = new boolean[size][size];
    }

    void cut(int from, int to) {
        cut[from][to] = true;
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    void isolate(int node) {
        for (int other = 0; other < cut.length; other++) {
            cut[node][other] = true;
            cut[other][node] = true;
        }
    }

    void join() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
    }

    void heal() {
        join();
        loss = 0;
        doubling = 0;
        maxDelayNs = 2 * Simulation.MS;
    }

    int copies(int from, int to, Random random) {
        if (cut[from][to] || loss > 0 && random.nextDouble() < loss) {
            return 0;
        }
        return doubling > 0 && random.nextDouble() < doubling ? 2 : 1;
    }

    long delayNs(Random random) {
        long delayNs = 100_000 + (long) (random.nextDouble() * maxDelayNs);
        return random.nextInt(50) == 0 ? delayNs * 5 : delayNs;
    }
}
