package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Time is counted in leases of 10 ticks. */
final class LatenessTest {
    private static final long LEASE = 10;

    private final Lateness lateness = new Lateness(LEASE);
    private long now;
    private long last;

    /** So many ticks, in each of which an entry is proposed that is committed so many ticks later. */
    private void run(int ticks, int commitTicks, boolean linksAreSlow) {
        for (int i = 0; i < ticks; i++) {
            now++;
            last++;
            lateness.observe(now, last, Math.max(0, last - commitTicks), linksAreSlow);
        }
    }

    @Test
    void entriesThatAreLateForAWhileOverSlowLinksAreToldOf() {
        run(100, 30, true);
        assertThat(lateness.lasts(now)).isTrue();
    }

    @Test
    void aShortStallIsNone() {
        run(60, 30, true);
        assertThat(lateness.lasts(now)).isFalse();
        run(30, 0, true);
        run(60, 30, true);
        assertThat(lateness.lasts(now)).isFalse();
    }

    @Test
    void entriesInTimeAreNotLateOnLinksThatAreSlow() {
        run(500, 15, true);
        assertThat(lateness.lasts(now)).isFalse();
    }

    @Test
    void nothingIsCommittedAtAll() {
        run(100, 1_000, true);
        assertThat(lateness.lasts(now)).isTrue();
    }

    @Test
    void whatIsLateOverQuickLinksIsSomethingElse() {
        run(500, 30, false);
        assertThat(lateness.lasts(now)).isFalse();
    }

    @Test
    void itEndsWhenNothingIsProposedAnyMore() {
        run(100, 30, true);
        lateness.observe(++now, last, last, true);
        lateness.observe(++now, last, last, true);
        assertThat(lateness.lasts(now)).isFalse();
    }
}
