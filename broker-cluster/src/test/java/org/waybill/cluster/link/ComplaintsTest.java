package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The log says what has changed, and nobody can fill it; attempts come ever more seldom. */
final class ComplaintsTest {
    private final Complaints complaints = new Complaints();

    @Test
    void whatWasSaidLastIsNotSaidAgainUntilItWasOver() {
        assertThat(complaints.isNews(1, "secret", 0)).isTrue();
        assertThat(complaints.isNews(1, "secret", Complaints.WINDOW_NS * 5)).isFalse();
        assertThat(complaints.isNews(2, "secret", 0)).isTrue();
        assertThat(complaints.isNews(1, "name", 0)).isTrue();
        complaints.over(1);
        assertThat(complaints.isNews(1, "name", 0)).isTrue();
    }

    @Test
    void nobodyCausesMoreLinesThanTheBoundInAMinute() {
        int lines = 0;
        for (int i = 0; i < 1_000; i++) {
            lines += complaints.isNews(0, "nonsense " + i, i) ? 1 : 0;
        }
        assertThat(lines).isEqualTo(Complaints.MAX_LINES);
        assertThat(complaints.isNews(1, "something else", 1_000)).isTrue();
        assertThat(complaints.isNews(0, "later", Complaints.WINDOW_NS)).isTrue();
    }

    @Test
    void waitsDoubleUpToABoundAndAreNeverQuiteTheSame() {
        Backoff backoff = new Backoff(100, 1_000, new Random(5));
        long[] expected = {100, 200, 400, 800, 1_000, 1_000};
        for (long base : expected) {
            assertThat(backoff.nextMs()).isBetween(base * 3 / 4, base * 5 / 4);
        }
        backoff.reset();
        assertThat(backoff.nextMs()).isBetween(75L, 125L);
        Backoff other = new Backoff(1_000, 1_000, new Random(5));
        assertThat(other.nextMs()).isNotEqualTo(other.nextMs());
    }
}
