package org.waybill.systemtests.cluster;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.cluster.Trial.Between;

/**
 * SIGKILL for any node under load, which comes back when the others have taken over. Each node leads some shards and follows in others, so
 * each kill is one of a leader and one of a follower.
 */
final class ClusterKillIT {
    @Test
    void aKilledNodeOfThreeCostsNothingThatWasSettled() throws Exception {
        int rounds = Trial.someRounds();
        try (Trial trial = new Trial("kill -9", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % trial.cluster().size();
                trial.fault(() -> trial.cluster().kill(victim));
                trial.cluster().start(victim);
                trial.awaitService();
            }
            trial.end();
        }
    }

    @Test
    void aNodeThatIsKilledWhileItComesBackCostsNothingEither() throws Exception {
        Trial.onlyInLongForm();
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("kill -9 while it comes back", Between.PROXIES, 3)) {
            for (int round = 0; round < rounds; round++) {
                int victim = trial.anyNode();
                trial.fault(() -> trial.cluster().kill(victim));
                for (int again = 0; again < 3; again++) {
                    trial.cluster().launch(victim);
                    trial.cluster()
                            .node(victim)
                            .endsWithin(Duration.ofMillis(trial.random().nextInt(2_500)));
                    trial.cluster().kill(victim);
                }
                trial.cluster().start(victim);
                trial.awaitService();
            }
            trial.end();
        }
    }

    @Test
    void twoKilledNodesOfFiveCostNothingThatWasSettled() throws Exception {
        Trial.onlyInLongForm();
        int rounds = Trial.rounds();
        try (Trial trial = new Trial("kill -9, two of five", Between.PROXIES, 5)) {
            for (int round = 0; round < rounds; round++) {
                int one = 1 + round % 5;
                int other = 1 + (round + 1 + trial.random().nextInt(4)) % 5;
                trial.fault(() -> {
                    trial.cluster().kill(one);
                    trial.cluster().kill(other);
                });
                trial.cluster().start();
                trial.awaitService();
            }
            trial.end();
        }
    }
}
