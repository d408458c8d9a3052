package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** How much is under way on lines of any width and length, with time that passes as the test says. */
final class PacingTest {
    private static final long MS = 1_000_000;
    private static final int FRAME_BYTES = 2_000;

    private final Pacing pacing = new Pacing();

    /** A line on which one byte goes after the other, and of which whoever sends has any amount to send. */
    private final class Line {
        private long bytesPerSecond;
        private long roundTripNs;
        private long nowNs = MS;
        private long freeNs;
        private long sentBytes;

        /** Questions on their way: when they were put, and when their answer is here. */
        private final ArrayDeque<long[]> questions = new ArrayDeque<>();

        private long arrivedBytes;

        Line(long bytesPerSecond, long roundTripNs) {
            this.bytesPerSecond = bytesPerSecond;
            this.roundTripNs = roundTripNs;
        }

        void fill() {
            while (pacing.roomBytes() > 0) {
                int bytes = (int) Math.min(pacing.roomBytes() + 1, Math.max(FRAME_BYTES, pacing.windowBytes() / 50));
                pacing.sent(bytes);
                sentBytes += bytes;
                freeNs = Math.max(freeNs, nowNs) + (long) (bytes * 1e9 / bytesPerSecond);
                ask();
            }
            ask();
            pacing.limits();
        }

        private void ask() {
            if (pacing.isDue()) {
                pacing.asked(nowNs);
                questions.add(new long[] {nowNs, freeNs + roundTripNs, sentBytes});
            }
        }

        /** Sends as much as may be, for so long. */
        void run(long ms) {
            long endNs = nowNs + ms * MS;
            while (true) {
                fill();
                long[] next = questions.element();
                if (next[1] > endNs) {
                    nowNs = endNs;
                    return;
                }
                questions.remove();
                nowNs = Math.max(nowNs, next[1]);
                arrivedBytes = next[2];
                pacing.answered(next[0], nowNs);
            }
        }

        /** How long somebody waits who sends something now behind all that. */
        long waitMs() {
            return Math.max(0, freeNs - nowNs) / MS;
        }
    }

    @Test
    void aNarrowLineHoldsWhatItCarriesInHalfASecond() {
        Line line = new Line(20_000, MS);
        line.run(20_000);
        for (int i = 0; i < 100; i++) {
            assertThat(line.waitMs()).isLessThanOrEqualTo(800);
            line.run(97);
        }
        assertThat(line.arrivedBytes).as("and it is always busy").isGreaterThan(29 * 20_000);
    }

    @Test
    void aWideLineIsFilled() {
        Line line = new Line(1_000_000_000, MS / 5);
        line.run(100);
        assertThat(pacing.windowBytes()).isEqualTo(Pacing.MAX_WINDOW_BYTES);
        long before = line.arrivedBytes;
        line.run(1_000);
        assertThat(line.arrivedBytes - before).isGreaterThan(950_000_000L);
    }

    @Test
    void aLongLineIsFilledToo() {
        Line line = new Line(20_000_000, 700 * MS);
        line.run(20_000);
        long before = line.arrivedBytes;
        line.run(10_000);
        assertThat(line.arrivedBytes - before).isGreaterThan(120_000_000L);
        assertThat(line.waitMs()).isLessThanOrEqualTo(1_500);
    }

    @Test
    void aLineThatGrowsNarrowAndWideAgainIsFollowed() {
        Line line = new Line(100_000_000, MS);
        line.run(1_000);
        line.bytesPerSecond = 100_000;
        line.run(300_000);
        assertThat(line.waitMs()).isLessThanOrEqualTo(800);
        line.bytesPerSecond = 100_000_000;
        line.run(3_000);
        long before = line.arrivedBytes;
        line.run(1_000);
        assertThat(line.arrivedBytes - before).isGreaterThan(95_000_000L);
    }

    @Test
    void whoHasLittleToSendKeepsItsRoom() {
        int before = pacing.windowBytes();
        for (long nowNs = 0; nowNs < 100 * MS; nowNs += MS) {
            pacing.sent(10);
            pacing.asked(nowNs);
            pacing.answered(nowNs, nowNs + MS / 2);
        }
        assertThat(pacing.windowBytes()).isEqualTo(before);
        assertThat(pacing.roomBytes()).isEqualTo(before);
    }

    @Test
    void whereThereIsNoRoomAnAnswerIsToCome() {
        pacing.sent(Pacing.FIRST_WINDOW_BYTES);
        assertThat(pacing.isDue()).isTrue();
        pacing.asked(5);
        assertThat(pacing.isDue()).isFalse();
        pacing.sent(100); // something urgent
        assertThat(pacing.isDue()).isFalse();
        pacing.answered(4, 6);
        assertThat(pacing.roomBytes()).isNegative();
        pacing.answered(5, 7);
        assertThat(pacing.roomBytes()).isEqualTo(pacing.windowBytes() - 100);
        assertThat(pacing.isWaiting()).isFalse();
    }
}
