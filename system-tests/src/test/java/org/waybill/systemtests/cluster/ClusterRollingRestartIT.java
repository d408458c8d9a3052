package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/** Every node is stopped as planned and started again, one after the other, as for a new version. */
final class ClusterRollingRestartIT {
    private static final int TERMINATED = 143;

    @Test
    void everyNodeMayBeRestartedUnderLoad() throws Exception {
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("rolling restart", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                for (int node = 1; node <= trial.cluster().size(); node++) {
                    int next = node;
                    trial.fault(() -> assertThat(trial.cluster().stop(next)).isIn(0, TERMINATED));
                    trial.cluster().start(next);
                    trial.awaitService();
                }
            }
            trial.end();
        }
    }
}
