package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UnsettledRingRandomTest {
    private record Entry(Link link, long token) {}

    @Test
    void agreesWithASortedMap() {
        for (long seed = 1; seed <= 60; seed++) {
            run(seed, 3000);
        }
    }

    @Test
    void staysSmallWhenFewStayBehind() {
        SenderLink link = Pair.ordinary().producer("p", 1);
        UnsettledRing ring = new UnsettledRing();
        ring.add(0, link, 0);
        for (long id = 1; id < 200_000; id++) {
            ring.add(id, link, id);
            if (id % 1000 != 0) {
                ring.remove(id, id);
            }
        }
        assertThat(ring.live()).isEqualTo(200);
        assertThat(ring.capacity()).isLessThanOrEqualTo(1024);
        long seen = 0;
        for (long id = ring.next(0, Long.MAX_VALUE - 1); id != UnsettledRing.NONE; id = ring.next(id + 1, 1L << 40)) {
            assertThat(ring.token(id)).isEqualTo(id);
            seen++;
        }
        assertThat(seen).isEqualTo(200);
    }

    @Test
    void survivesAJumpOfIds() {
        SenderLink link = Pair.ordinary().producer("p", 1);
        UnsettledRing ring = new UnsettledRing();
        ring.add(5, link, 50);
        ring.add(2_000_000_000L, link, 51);
        ring.add(4_100_000_000L, link, 52);
        assertThat(ring.capacity()).isLessThanOrEqualTo(1024);
        assertThat(ring.token(5)).isEqualTo(50);
        assertThat(ring.token(2_000_000_000L)).isEqualTo(51);
        assertThat(ring.next(6, 5_000_000_000L)).isEqualTo(2_000_000_000L);
        assertThat(ring.next(2_000_000_001L, 5_000_000_000L)).isEqualTo(4_100_000_000L);
    }

    private static void run(long seed, int steps) {
        Random random = new Random(seed);
        Pair pair = Pair.ordinary();
        Link[] links = {pair.producer("a", 1), pair.producer("b", 1), pair.producer("c", 1)};
        UnsettledRing ring = new UnsettledRing();
        TreeMap<Long, Entry> model = new TreeMap<>();
        long next = random.nextInt(1000);
        int stubborn = random.nextInt(3);
        for (int step = 0; step < steps; step++) {
            String where = "seed " + seed + " step " + step;
            if (random.nextInt(100) < 55) {
                for (int i = random.nextInt(40); i >= 0; i--) {
                    Link link = links[random.nextInt(stubborn + 1)];
                    if (!link.isOver()) {
                        long token = random.nextInt(4) == 0 ? random.nextInt(100) : next;
                        ring.add(next, link, token);
                        model.put(next, new Entry(link, token));
                    }
                    next += 1 + (random.nextInt(50) == 0 ? random.nextInt(3000) : 0);
                }
            } else {
                long from = next - random.nextInt(2000);
                long to = from + random.nextInt(stubborn == 0 ? 5000 : 100);
                dispose(ring, model, from, to, where);
            }
            if (step == steps / 2) {
                Link gone = links[1];
                gone.detach(true, null);
                ring.forget(gone, gone.unsettled);
                model.values().removeIf(entry -> entry.link == gone);
            }
            assertThat(ring.live()).as(where).isEqualTo(model.size());
        }
        dispose(ring, model, 0, next, "seed " + seed);
        assertThat(ring.live()).isZero();
    }

    private static void dispose(UnsettledRing ring, NavigableMap<Long, Entry> model, long from, long to, String where) {
        long at = from;
        while (true) {
            long id = ring.next(at, to);
            Map.Entry<Long, Entry> expected = model.ceilingEntry(at);
            if (expected == null || expected.getKey() > to) {
                assertThat(id).as(where).isEqualTo(UnsettledRing.NONE);
                return;
            }
            assertThat(id).as(where).isEqualTo(expected.getKey());
            long end = ring.runEnd(id, to);
            for (long member = id; member <= end; member++) {
                Entry entry = model.remove(member);
                assertThat(entry).as(where).isNotNull();
                assertThat(ring.link(member)).as(where).isSameAs(entry.link);
                assertThat(ring.token(member)).as(where).isEqualTo(entry.token);
                assertThat(entry.token - expected.getValue().token).as(where).isEqualTo(member - id);
            }
            ring.remove(id, end);
            at = end + 1;
        }
    }
}
