package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.io.SystemClock;

/** A million small messages and some long ones, of several threads and in both directions at once, all arrive, once and in order. */
@Timeout(300)
final class LinksLoadTest {
    private static final long SEED = 20_261_123L;
    private static final int THREADS = 4;
    private static final int SMALL_OF_A_THREAD = 125_000;
    private static final int LONG_EVERY = 5_000;
    private static final int MAX_LONG = 1_000_000;

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        TestNode.await(vertx.close());
    }

    /** Checks what comes: each thread has a channel, and numbers its messages, the urgent and the others for themselves. */
    private static final class End implements LinkHandler {
        private final int[][] next = new int[THREADS + 1][2];
        private final CountDownLatch up = new CountDownLatch(1);
        private final CountDownLatch done;
        private final Semaphore room = new Semaphore(0);
        private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();
        private int disconnects;

        End(int messages) {
            done = new CountDownLatch(messages);
        }

        @Override
        public void connected(int node) {
            up.countDown();
        }

        @Override
        public void disconnected(int node) {
            disconnects++;
        }

        @Override
        public void received(int node, int channel, ByteBuffer payload) {
            int length = payload.remaining();
            int urgency = payload.get();
            int number = payload.getInt();
            int said = payload.getInt();
            if (number != next[channel][urgency]++
                    || said != length
                    || (length > 9 && payload.get(length - 1) != (byte) number)) {
                wrong.compareAndSet(null, "message " + number + " of channel " + channel + " has " + length + " bytes");
            }
            done.countDown();
        }

        @Override
        public void batchEnd(int node) {}

        @Override
        public void drained(int node) {
            room.release(THREADS);
        }
    }

    private static int messages() {
        return THREADS * (SMALL_OF_A_THREAD + SMALL_OF_A_THREAD / LONG_EVERY);
    }

    private static byte[] message(int urgency, int number, int length) {
        byte[] bytes = ByteBuffer.allocate(length)
                .put((byte) urgency)
                .putInt(number)
                .putInt(length)
                .array();
        if (length > 9) {
            bytes[length - 1] = (byte) number;
        }
        return bytes;
    }

    private static void send(Links links, int node, End own, int channel) throws InterruptedException {
        Random chance = new Random(SEED + channel);
        int[] numbers = new int[2];
        for (int i = 1; i <= SMALL_OF_A_THREAD; i++) {
            while (links.isFull(node)) {
                boolean unused = own.room.tryAcquire(1, TimeUnit.SECONDS);
            }
            int urgency = chance.nextInt(8) == 0 ? 1 : 0;
            byte[] small = message(urgency, numbers[urgency]++, 9 + chance.nextInt(60));
            assertThat(links.send(
                            node, channel, small, 0, small.length, urgency == 1 ? Precedence.URGENT : Precedence.USUAL))
                    .isTrue();
            if (i % LONG_EVERY == 0) {
                byte[] large = message(0, numbers[0]++, 100_000 + chance.nextInt(MAX_LONG - 100_000));
                assertThat(links.send(node, channel, large, 0, large.length, Precedence.USUAL))
                        .isTrue();
            }
        }
    }

    private static Thread sender(Links links, int node, End own, int channel) {
        Thread thread = new Thread(
                () -> {
                    try {
                        send(links, node, own, channel);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                },
                "sender " + channel);
        thread.start();
        return thread;
    }

    @Test
    void allArrivesInOrder() throws Exception {
        End one = new End(messages());
        End two = new End(messages());
        Links first = TestNode.await(Links.start(vertx, TestNode.options(1, 0, 0, 0), one, new SystemClock()));
        Links second =
                TestNode.await(Links.start(vertx, TestNode.options(2, 0, first.port(), 0), two, new SystemClock()));
        assertThat(one.up.await(TestNode.PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        assertThat(two.up.await(TestNode.PATIENCE_S, TimeUnit.SECONDS)).isTrue();
        for (int channel = 1; channel <= THREADS; channel++) {
            sender(first, 2, one, channel);
            sender(second, 1, two, channel);
        }
        for (End each : List.of(one, two)) {
            assertThat(each.done.await(200, TimeUnit.SECONDS))
                    .as("seed %d: %d are missing", SEED, each.done.getCount())
                    .isTrue();
            assertThat(each.wrong.get()).as("seed %d", SEED).isNull();
            assertThat(each.disconnects).isZero();
        }
        TestNode.await(second.stop());
        TestNode.await(first.stop());
    }
}
