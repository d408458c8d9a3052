package org.waybill.systemtests.cluster;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.systemtests.cluster.Trial.Between;

/**
 * How long clients wait when a node is lost, which leads a shard and follows in the others, while all is well: each fault waits until
 * everything has recovered from the one before, elections too. The other tests do their faults as fast as service is back.
 */
final class ClusterFailoverIT {
    private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(4);

    /** How a node is lost, and comes back. */
    enum Loss {
        KILLED(Duration.ZERO) {
            @Override
            void begin(Trial trial, int victim) {
                trial.cluster().kill(victim);
            }

            @Override
            void end(Trial trial, int victim) {
                trial.cluster().start(victim);
            }
        },
        FROZEN(LONGER_THAN_A_LEASE) {
            @Override
            void begin(Trial trial, int victim) {
                trial.cluster().node(victim).freeze();
            }

            @Override
            void end(Trial trial, int victim) {
                trial.cluster().node(victim).thaw();
            }
        },
        CUT_OFF(LONGER_THAN_A_LEASE) {
            @Override
            void begin(Trial trial, int victim) {
                trial.network().cutBoth(victim, 1 + victim % 3);
                trial.network().cutBoth(victim, 1 + (victim + 1) % 3);
            }

            @Override
            void end(Trial trial, int victim) {
                trial.network().heal();
            }
        };

        private final Duration atLeast;

        Loss(Duration atLeast) {
            this.atLeast = atLeast;
        }

        abstract void begin(Trial trial, int victim);

        abstract void end(Trial trial, int victim);
    }

    @ParameterizedTest
    @EnumSource
    void clientsGoOnSoonAfterANodeIsLost(Loss loss) throws Exception {
        Trial.onlyInLongForm();
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("failover, " + loss, Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % 3;
                trial.awaitWhole();
                trial.fault(() -> loss.begin(trial, victim), loss.atLeast);
                loss.end(trial, victim);
                trial.awaitService();
            }
            trial.end();
        }
    }
}
