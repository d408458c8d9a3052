package org.waybill.systemtests.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/** A node that hears and answers late, or through a narrow line, makes nobody wait for it for long, and nothing is lost. */
final class ClusterSlowLinkIT {
    private static final Duration WATCHED = Duration.ofSeconds(3);
    private static final Duration LATE = Duration.ofMillis(150);
    private static final long NARROW_BYTES_PER_SECOND = 20_000;

    @Test
    void aSlowNodeCostsNothing() throws Exception {
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("slow links", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % 3;
                trial.fault(() -> trial.network().delay(victim, LATE), WATCHED);
                trial.network().heal();
                trial.fault(() -> trial.network().limit(victim, NARROW_BYTES_PER_SECOND), WATCHED);
                trial.network().heal();
                trial.awaitService();
            }
            trial.end();
        }
    }
}
