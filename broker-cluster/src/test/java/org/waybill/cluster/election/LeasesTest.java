package org.waybill.cluster.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.cluster.replication.Members;

/** When a claim is dead. */
final class LeasesTest {
    private static final long MS = SimCluster.MS;
    private static final long FIRST = Members.of(1, 5);
    private static final long SECOND = Members.of(2, 5);
    private static final Claim CLAIM = new Claim(7, FIRST);
    private static final Standing WILLING = new Standing(SECOND, 7, Stance.WILLING);

    private final Leases leases = new Leases(new Electorate(2, List.of(1, 2, 3), 1), ElectionOptions.defaults());

    @Test
    void timeCountsToTheQuestionAndNotToTheAnswer() {
        heard(1, Stance.LEADING, 0);
        assertThat(judge(0, 0)).isEqualTo(CLAIM);

        heard(1, Stance.LEADING, 10_000 * MS);
        assertThat(judge(200 * MS, 10_000 * MS))
                .as("frozen while it was answered")
                .isEqualTo(CLAIM);
        assertThat(judge(10_000 * MS, 10_001 * MS)).isEqualTo(new Claim(8, SECOND));
    }

    @Test
    void aBeatThatMovesAndStandsForTheShardKeepsTheClaim() {
        for (int i = 0; i < 20; i++) {
            heard(i, Stance.LEADING, i * 200L * MS);
            assertThat(judge(i * 200L * MS, i * 200L * MS)).isEqualTo(CLAIM);
        }
    }

    @Test
    void aBeatThatMovesOnlyDoesNot() {
        Claim last = CLAIM;
        for (int i = 0; i < 20; i++) {
            heard(i, Stance.CUT_OFF, i * 200L * MS);
            last = judge(i * 200L * MS, i * 200L * MS);
        }
        assertThat(last).isEqualTo(new Claim(8, SECOND));
    }

    private void heard(long count, Stance stance, long atNs) {
        leases.heard(1, new Beat(count, List.of(new Standing(FIRST, 7, stance))), atNs);
    }

    private Claim judge(long askedNs, long nowNs) {
        return leases.judge(0, CLAIM, WILLING, askedNs, nowNs);
    }
}
