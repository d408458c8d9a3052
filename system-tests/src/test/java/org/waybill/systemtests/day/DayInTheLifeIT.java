package org.waybill.systemtests.day;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.JavaProcess;
import org.waybill.systemtests.day.Event.Kind;

/**
 * Many JMS applications work side by side while crews of them and the broker are killed now and then; afterwards their histories are held
 * against the rules of {@link Checker}. {@code -Dwaybill.day.seed=N} repeats the choices of a day, though not the scheduling of the machine.
 * The histories stay in the directory that is printed.
 */
final class DayInTheLifeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String SETTINGS =
            """
            shards: %d
            addresses:
              - match: soon
                expiry-address: expired
              - match: poisoned
                max-deliveries: 3
            """;

    private final int seconds = Integer.parseInt(Distribution.required("waybill.day.seconds"));
    private final boolean large = Boolean.parseBoolean(Distribution.required("waybill.day.large"));
    private final long seed = Long.getLong("waybill.day.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<List<String>> staff = large ? Staff.large() : Staff.small();
    private final Path directory = Distribution.newDirectory("day");

    /** A broker that is killed and started again on the same data, and the crews, each killed and called again. */
    private final class Day implements AutoCloseable {
        private final BrokerProcess.Options options;
        private final HistoryFile history;
        private final List<JavaProcess> crews = new ArrayList<>();
        private BrokerProcess broker;

        Day(int shards, HistoryFile history) {
            this.history = history;
            options = BrokerProcess.Options.fresh().withConfig(SETTINGS.formatted(shards));
            broker = BrokerProcess.start(options);
            for (int crew = 0; crew < staff.size(); crew++) {
                crews.add(call(crew));
            }
        }

        private JavaProcess call(int crew) {
            List<String> arguments = new ArrayList<>(
                    List.of(String.valueOf(broker.port()), directory.toString(), "" + random.nextLong()));
            arguments.addAll(staff.get(crew));
            return JavaProcess.start(Crew.class, arguments);
        }

        void killBroker() {
            history.write(Kind.BROKER_KILL);
            broker.kill();
            broker = BrokerProcess.start(options);
        }

        /** Waits until every application of every crew has begun. */
        void awaitAtWork() {
            for (JavaProcess crew : crews) {
                await("a crew at work")
                        .atMost(PATIENCE)
                        .until(() -> crew.stdoutLines().contains(Crew.AT_WORK) || !crew.isAlive());
                assertThat(crew.isAlive())
                        .as("a crew is alive: %s", crew.output())
                        .isTrue();
            }
        }

        void killCrew(int crew) {
            for (String specification : staff.get(crew)) {
                history.write(Kind.KILL, "victim", specification.substring(0, specification.indexOf(' ')));
            }
            crews.get(crew).kill();
            crews.set(crew, call(crew));
        }

        void over() {
            crews.forEach(JavaProcess::endInput);
            for (JavaProcess crew : crews) {
                assertThat(crew.endsWithin(PATIENCE))
                        .as("a crew goes home: %s", crew.output())
                        .isTrue();
                assertThat(crew.stderr()).as("what a crew complains of").isBlank();
            }
        }

        void drain() throws JMSException {
            Draining draining = new Draining(broker.port(), history);
            for (List<String> words : Staff.durableSubscribers(staff)) {
                draining.subscription(words);
            }
            for (String queue : Staff.queues(staff)) {
                draining.queue(queue);
            }
            draining.queue("dead-letters");
            draining.queue("expired");
        }

        @Override
        public void close() {
            crews.forEach(JavaProcess::close);
            broker.close();
        }
    }

    @Test
    void keepsEveryPromiseWithOneShard() throws JMSException {
        passes(1);
    }

    @Test
    void keepsEveryPromiseWithSeveralShards() throws JMSException {
        passes(3);
    }

    private void passes(int shards) throws JMSException {
        System.out.println(
                "day: " + shards + " shards, " + seconds + " s, seed " + seed + ", histories in " + directory);
        try (HistoryFile own = new HistoryFile(directory, History.TEST);
                Day day = new Day(shards, own)) {
            long endNs = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            for (int turn = 0; System.nanoTime() < endNs; turn++) {
                day.awaitAtWork();
                LockSupport.parkNanos(
                        Duration.ofMillis(2_000 + random.nextInt(5_000)).toNanos());
                if (turn % 3 == 1) {
                    day.killBroker();
                } else {
                    day.killCrew(random.nextInt(staff.size()));
                }
            }
            day.awaitAtWork();
            day.over();
            day.killBroker();
            day.drain();
        }
        History history = History.of(HistoryFile.readAll(directory));
        report(history);
        assertThat(Checker.offences(history))
                .as("seed %d, histories in %s", seed, directory)
                .isEmpty();
        assertThat(history.sources()).containsAll(expectedSources());
    }

    /** Where something must have come from, or the day was no test of it. */
    private List<String> expectedSources() {
        List<String> sources = new ArrayList<>();
        Staff.queues(staff).forEach(queue -> sources.add("queue:" + queue));
        Staff.durableSubscribers(staff).forEach(words -> sources.add("sub:" + words.get(3)));
        sources.addAll(List.of("sub:reds", "reply:asker", "queue:dead-letters", "queue:expired"));
        return sources;
    }

    private void report(History history) {
        System.out.println("day: " + history.sent().size() + " sent, "
                + history.of(Kind.GET).count() + " received, "
                + history.of(Kind.LEFT).count() + " left, "
                + history.transactions().size() + " transactions, "
                + history.of(Kind.KILL).count()
                + " applications and " + history.of(Kind.BROKER_KILL).count() + " brokers killed");
        for (String source : history.sources()) {
            System.out.println("day: " + history.receipts(source).size() + " from " + source);
        }
    }
}
