package org.waybill.systemtests.cluster;

import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/** All nodes die at once, as in a data centre without power, and come back: all of them, or two of three. */
final class ClusterColdRestartIT {
    @Test
    void allNodesComeBackWithAllThatWasSettled() throws Exception {
        int rounds = Trial.someRounds();
        try (Trial trial = new Trial("cold restart of all", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                trial.fault(() -> {
                    trial.cluster().killAll();
                    trial.cluster().start();
                });
            }
            trial.end();
        }
    }

    @Test
    void twoOfThreeAreEnough() throws Exception {
        int rounds = Trial.someRounds();
        try (Trial trial = new Trial("cold restart of two", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int missing = trial.anyNode();
                int one = 1 + missing % 3;
                int other = 1 + (missing + 1) % 3;
                trial.fault(() -> {
                    trial.cluster().killAll();
                    trial.cluster().launch(one);
                    trial.cluster().launch(other);
                });
                trial.cluster().start();
                trial.awaitService();
            }
            trial.end();
        }
    }
}
