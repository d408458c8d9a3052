package org.waybill.systemtests.cluster;

import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/** A node loses its disk and comes back with an empty one; once it has caught up, either of the others may be lost in turn. */
final class ClusterReplaceIT {
    @Test
    void aNodeWithAnEmptyDiskCatchesUpAndCountsAgain() throws Exception {
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("empty disk", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % 3;
                trial.fault(() -> trial.cluster().kill(victim));
                trial.cluster().replaceDisk(victim);
                trial.cluster().start(victim);
                trial.cluster().awaitTakenIn(victim);
                int next = 1 + victim % 3;
                trial.fault(() -> trial.cluster().kill(next));
                trial.cluster().start(next);
                trial.awaitService();
            }
            trial.end();
        }
    }
}
