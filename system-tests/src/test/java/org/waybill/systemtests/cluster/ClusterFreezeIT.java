package org.waybill.systemtests.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/**
 * SIGSTOP for longer than any lease lasts, while another node leads, and then SIGCONT. A process that wakes up finds its clients' commands in
 * its buffers and believes to lead still: what it settles or delivers then is in the clients' histories, who have waited for it.
 */
final class ClusterFreezeIT {
    private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(4);

    @Test
    void aFrozenNodeNeitherSettlesNorDeliversWhatItMayNot() throws Exception {
        int rounds = Trial.someRounds();
        try (Trial trial = new Trial("freeze", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % trial.cluster().size();
                trial.fault(() -> trial.cluster().node(victim).freeze(), LONGER_THAN_A_LEASE);
                trial.cluster().node(victim).thaw();
                trial.awaitService();
            }
            trial.end();
        }
    }
}
