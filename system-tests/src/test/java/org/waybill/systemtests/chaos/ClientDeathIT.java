package org.waybill.systemtests.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.JavaProcess;
import org.waybill.systemtests.wire.ManagementWire;
import org.waybill.systemtests.wire.WireLinks;

/**
 * Clients that die at random points, a few at a time and by the thousand. {@code -Dwaybill.deaths.seed=N} repeats the choices of a run, though
 * not the scheduling of the machine.
 */
final class ClientDeathIT {
    private static final int AT_A_TIME = 6;
    private static final int MOST_WRITES = 24;
    private static final int ENOUGH = 1_000_000;
    /** What a heap of the same content may differ by: caches, compiled code's constants, buffers that have grown to their bound. */
    private static final long HEAP_SLACK_BYTES = 3 << 20;

    private final int seconds = Integer.parseInt(Distribution.required("waybill.deaths.seconds"));
    private final long seed = Long.getLong("waybill.deaths.seed", System.nanoTime());
    private final Accounts accounts = new Accounts();
    private final Scripts scripts = new Scripts(accounts);
    private final Map<String, Scripts.Script> all = new TreeMap<>(scripts.all());
    private final List<String> left = new ArrayList<>();
    private final List<String> arrived = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger deaths = new AtomicInteger();
    private final Map<String, Integer> survivals = new ConcurrentHashMap<>();

    @Test
    void leaveNothingBehind() throws InterruptedException {
        System.out.println("deaths: " + seconds + " s, seed " + seed);
        BrokerProcess.Options options = BrokerProcess.Options.fresh()
                .withConfig(
                        """
                        addresses:
                          - match: "deaths.#"
                            max-deliveries: 0
                        """);
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            round(broker, Duration.ofSeconds(seconds).dividedBy(3), 1);
            Footprint before = settled(broker);
            int warm = deaths.get();
            round(broker, Duration.ofSeconds(seconds).multipliedBy(2).dividedBy(3), 2);
            Footprint after = settled(broker);
            System.out.println(
                    "deaths: " + deaths + " clients died, " + survivals + " lived to the end of their script");
            System.out.println("deaths: after " + warm + ": " + before + "; after all: " + after);
            assertThat(failures).as("seed %d", seed).isEmpty();
            assertThat(survivals.keySet())
                    .as("every script was played to its end")
                    .isEqualTo(all.keySet());
            compare(before, after);
            assertThat(accounts.offences(left, arrived)).as("seed %d", seed).isEmpty();
        }
    }

    private void round(BrokerProcess broker, Duration time, int round) throws InterruptedException {
        long endNs = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_A_TIME; i++) {
            Random random = new Random(seed + 100L * round + i);
            int subscriber = i;
            threads.add(new Thread(() -> dieUntil(broker.port(), random, subscriber, endNs), "mortal-" + i));
        }
        threads.forEach(Thread::start);
        killProcesses(broker.port(), endNs);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void dieUntil(int port, Random random, int subscriber, long endNs) {
        List<String> names = List.copyOf(all.keySet());
        try {
            while (System.nanoTime() < endNs && failures.isEmpty()) {
                stock(port, random);
                for (int i = 0; i < 20; i++) {
                    die(port, names.get(random.nextInt(names.size())), random, subscriber);
                }
            }
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
    }

    private void stock(int port, Random random) {
        try (MortalWire wire = new MortalWire(port, scripts.container("stocks", 0), random, ENOUGH)) {
            scripts.stock(wire, 20);
        }
    }

    private void die(int port, String name, Random random, int subscriber) {
        String container = scripts.container(name, subscriber);
        int writes = random.nextInt(MOST_WRITES);
        try (MortalWire wire = new MortalWire(port, container, random, writes)) {
            all.get(name).run(wire, random);
            survivals.merge(name, 1, Integer::sum);
        } catch (MortalWire.Died e) {
            deaths.incrementAndGet();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "a client that " + name + ", to die at write " + writes + ": " + e.getMessage(), e);
        }
    }

    private static void killProcesses(int port, long endNs) {
        while (System.nanoTime() < endNs) {
            try (JavaProcess victim = JavaProcess.start(Victim.class, List.of(String.valueOf(port)))) {
                await("a victim").atMost(Duration.ofSeconds(30)).until(() -> !victim.stdoutLines()
                        .isEmpty());
                assertThat(victim.endsWithin(Duration.ofMillis(300)))
                        .as("the end of a victim: %s", victim.output())
                        .isFalse();
                victim.kill();
            }
        }
    }

    /** The footprint once the broker says that nobody is there any more and everything has been taken out. */
    private Footprint settled(BrokerProcess broker) {
        try (ManagementWire management = new ManagementWire(broker.port())) {
            awaitUnused(management);
            left.addAll(Emptying.all(broker.port(), "empties", WireLinks.receiver("empties", 0, Scripts.STOCK)));
            arrived.addAll(Emptying.all(broker.port(), "empties", WireLinks.receiver("empties", 0, Scripts.ARRIVALS)));
            for (int i = 0; i < AT_A_TIME; i++) {
                Emptying.all(broker.port(), Scripts.subscriber(i), Scripts.durable(0));
            }
            awaitUnused(management);
            assertThat(management.query("org.waybill.queue")).allSatisfy(queue -> assertThat(number(queue, "messages"))
                    .as("messages of %s", queue)
                    .isZero());
        }
        return Footprint.of(broker.pid());
    }

    private static void awaitUnused(ManagementWire management) {
        await("a broker that nobody uses").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                        management.query("org.waybill.queue"))
                .allSatisfy(queue -> {
                    assertThat(queue).containsEntry("temporary", false);
                    assertThat(queue.get("name").toString()).startsWith("deaths.");
                    assertThat(number(queue, "consumers"))
                            .as("consumers of %s", queue)
                            .isZero();
                    assertThat(number(queue, "producers"))
                            .as("producers of %s", queue)
                            .isZero();
                    assertThat(number(queue, "unsettled"))
                            .as("unsettled of %s", queue)
                            .isZero();
                }));
    }

    private static long number(Map<String, Object> entity, String attribute) {
        return ((Number) entity.get(attribute)).longValue();
    }

    private static void compare(Footprint before, Footprint after) {
        assertThat(after.sockets())
                .as("sockets, before: %s, after: %s", before, after)
                .isLessThanOrEqualTo(before.sockets());
        assertThat(after.threads())
                .as("threads, before: %s, after: %s", before, after)
                .isLessThanOrEqualTo(before.threads() + 2);
        assertThat(after.heapBytes())
                .as("heap, before: %s\n%s\nafter: %s\n%s", before, before.largest(), after, after.largest())
                .isLessThan(before.heapBytes() + HEAP_SLACK_BYTES);
    }
}
