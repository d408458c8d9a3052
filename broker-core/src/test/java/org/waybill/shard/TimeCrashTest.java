package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.Redelivery;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;

/**
 * Stops the disk while messages are scheduled, wait after a failure, expire and become dead letters, recovers, and looks where
 * they all are: each that was settled and not consumed is in its queue, or where it was moved, once; none comes before its time, and none is left that has expired.
 */
class TimeCrashTest {
    private static final int SHARDS = 2;
    private static final String[] QUEUES = {"a", "b", "c"};
    private static final String[] MOVED_TO = {"expired", "dead-letters"};
    private static final int OPERATIONS = 160;
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(60, 3, 200, 0);
    private static final long DELAY_MS = 300;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void losesNothingAndDeliversNothingTooEarlyWhereverItStops(long seed) {
        CrashRun.everywhere(seed, PLAN, Run::new, whole -> {});
    }

    /** What clients know of a message. */
    private static final class Known {
        final int queue;
        final long notBeforeMs;
        final boolean expires;
        boolean settled;
        boolean consumptionStated;
        boolean consumed;
        long retryAtMs;
        long confirmedRetryAtMs;

        Known(int queue, long notBeforeMs, boolean expires) {
            this.queue = queue;
            this.notBeforeMs = notBeforeMs;
            this.expires = expires;
        }
    }

    private static final class Run implements CrashRun.Scenario {
        private final Random workload;
        private final TreeMap<Integer, Known> messages = new TreeMap<>();
        private int sent;
        private long nowMs = 1_700_000_000_000L;

        Run(Random workload, Random fate) {
            this.workload = workload;
        }

        @Override
        public int operations() {
            return OPERATIONS;
        }

        @Override
        public Runnable client(CoreFixture core) {
            messages.values().forEach(one -> one.retryAtMs = one.confirmedRetryAtMs);
            return new Client(core)::operate;
        }

        @Override
        public CoreFixture open(CrashDisk disk) {
            long memoryBytes = workload.nextBoolean() ? 20_000 : 64L << 20;
            AddressSettings settings = AddressSettings.defaults()
                    .withRedelivery(new Redelivery(3, DELAY_MS, 1, 0), Optional.of("dead-letters"))
                    .withExpiry(Optional.of("expired"));
            CoreFixture core = new CoreFixture(disk, SHARDS, memoryBytes, 1 << 16, name -> settings);
            core.clock.epochMs = nowMs;
            return core;
        }

        @Override
        public void check(CoreFixture core, boolean last) {
            if (last) {
                core.clock.epochMs += 1_000_000;
                for (int i = 0; i < 30; i++) {
                    core.pass(Alarm.LONGEST_SLEEP_MS);
                }
                compare(core);
            }
        }

        private void compare(CoreFixture core) {
            Map<Integer, List<String>> places = new HashMap<>();
            for (String queue : QUEUES) {
                find(core, queue, places);
            }
            for (String queue : MOVED_TO) {
                find(core, queue, places);
            }
            places.forEach((id, found) -> {
                Known one = messages.get(id);
                assertThat(one).as("message %d was sent", id).isNotNull();
                assertThat(one.expires && found.contains(QUEUES[one.queue])).isFalse();
                assertThat(found)
                        .as("places of message %d of queue %s", id, QUEUES[one.queue])
                        .hasSizeLessThanOrEqualTo(one.consumed ? 0 : 1);
            });
            messages.forEach((id, one) -> {
                if (one.settled && !one.consumptionStated) {
                    assertThat(places).as("settled messages").containsKey(id);
                }
            });
        }

        private static void find(CoreFixture core, String queue, Map<Integer, List<String>> places) {
            for (String text : core.session().browser(queue, null).drain()) {
                places.computeIfAbsent(Integer.parseInt(text.strip()), key -> new ArrayList<>())
                        .add(queue);
            }
        }

        /** One session that uses all queues. */
        private final class Client {
            private final CoreFixture core;
            private final CoreFixture.TestSession session;
            private final List<Sender> senders = new ArrayList<>();
            private final List<Taker> takers = new ArrayList<>();
            private final List<Cleaner> cleaners = new ArrayList<>();
            private final List<Checkpointer> checkpointers = new ArrayList<>();

            Client(CoreFixture core) {
                this.core = core;
                this.session = core.session();
                for (int i = 0; i < QUEUES.length; i++) {
                    senders.add(new Sender(core, session.session, i));
                    takers.add(new Taker(core, session.session, i));
                }
                for (Shard shard : core.shards) {
                    cleaners.add(new Cleaner(shard, shard.state()));
                    checkpointers.add(new Checkpointer(shard, shard.state()));
                }
                session.session.flush();
            }

            void operate() {
                int queue = workload.nextInt(QUEUES.length);
                int shard = workload.nextInt(SHARDS);
                switch (workload.nextInt(16)) {
                    case 0, 1, 2 -> senders.get(queue).send(1 + workload.nextInt(12));
                    case 3 -> takers.get(queue).credit(1 + workload.nextInt(20));
                    case 4, 5, 6 -> takers.get(queue).settle();
                    case 7 -> core.shards[shard].execute(
                            () -> checkpointers.get(shard).begin(() -> {}));
                    case 8 -> core.shards[shard].execute(
                            () -> cleaners.get(shard).begin(core.journal.cleaningCandidates(16)));
                    case 9, 10, 11 -> core.steps.append();
                    case 12, 13 -> core.steps.work();
                    default -> {
                        int ms = workload.nextInt(200);
                        core.clock.epochMs += ms;
                        nowMs = core.clock.epochMs;
                        core.loop.fire(ms * 1_000_000L);
                    }
                }
                session.session.flush();
                switch (workload.nextInt(4)) {
                    case 0, 1 -> core.loop.drain();
                    case 2 -> core.loop.one();
                    default -> {
                        // the loop is busy elsewhere
                    }
                }
            }
        }

        private final class Sender implements ProducerHandler {
            private final CoreFixture core;
            private final int queue;
            private final Producer producer;
            private boolean opened;

            Sender(CoreFixture core, LocalSession session, int queue) {
                this.core = core;
                this.queue = queue;
                this.producer = session.openProducer(new ProducerSpec(QUEUES[queue], NodeKind.QUEUE), this);
            }

            void send(int count) {
                for (int i = 0; opened && i < count; i++) {
                    int id = sent++;
                    String text = id + " ".repeat(workload.nextInt(3_000));
                    int ttlMs = workload.nextInt(3) == 0 ? 1 + workload.nextInt(2_000) : 0;
                    long dueMs = workload.nextInt(3) == 0 ? core.clock.epochMs + workload.nextInt(1_000) : 0;
                    messages.put(id, new Known(queue, dueMs, ttlMs != 0));
                    producer.send(
                            dueMs == 0
                                    ? CoreFixture.message(true, 4, ttlMs, null, text)
                                    : CoreFixture.scheduled("x-opt-delivery-time", dueMs, ttlMs, text),
                            id);
                }
            }

            @Override
            public void opened() {
                opened = true;
            }

            @Override
            public void settled(long firstToken, long lastToken, Outcome outcome) {
                for (int id = (int) firstToken; id <= lastToken; id++) {
                    Known one = messages.get(id);
                    if (one != null && one.queue == queue) {
                        one.settled = true;
                    }
                }
            }

            @Override
            public void closed(BrokerError error) {
                throw new AssertionError(error);
            }

            @Override
            public void refused(long token, BrokerError error) {
                throw new AssertionError(error);
            }

            @Override
            public void blocked(String reason) {}

            @Override
            public void unblocked() {}
        }

        private final class Taker implements ConsumerHandler {
            private final CoreFixture core;
            private final Consumer consumer;
            private final List<Integer> ids = new ArrayList<>();
            private final List<Outcome> outcomes = new ArrayList<>();
            private boolean opened;
            private int settled;

            Taker(CoreFixture core, LocalSession session, int queue) {
                this.core = core;
                this.consumer = session.openConsumer(
                        new ConsumerSpec(QUEUES[queue], NodeKind.QUEUE, false, false, Outcome.RELEASED, null), this);
            }

            void credit(int more) {
                if (opened) {
                    consumer.credit(ids.size() + more, false);
                }
            }

            /** Gives the oldest deliveries an outcome. */
            void settle() {
                int count = Math.min(ids.size() - settled, 1 + workload.nextInt(8));
                if (count == 0) {
                    return;
                }
                Outcome outcome =
                        switch (workload.nextInt(5)) {
                            case 0, 1 -> Outcome.ACCEPTED;
                            case 2, 3 -> Outcome.FAILED;
                            default -> new Outcome.Rejected(null, null);
                        };
                for (int token = settled; token < settled + count; token++) {
                    Known one = messages.get(ids.get(token));
                    one.consumptionStated |= outcome == Outcome.ACCEPTED;
                    one.retryAtMs = outcome == Outcome.FAILED ? core.clock.epochMs + DELAY_MS : 0;
                    outcomes.add(outcome);
                }
                consumer.settle(settled, settled + count - 1, outcome, true);
                settled += count;
            }

            @Override
            public void opened() {
                opened = true;
            }

            @Override
            public void deliver(long token, Message message, byte @Nullable [] head) {
                int id = Integer.parseInt(CoreFixture.text(message).strip());
                Known one = messages.get(id);
                assertThat(one).isNotNull();
                assertThat(one.consumed).isFalse();
                assertThat(core.clock.epochMs).as("message %d is due", id).isGreaterThanOrEqualTo(one.notBeforeMs);
                assertThat(core.clock.epochMs).as("message %d has waited", id).isGreaterThanOrEqualTo(one.retryAtMs);
                ids.add(id);
                consumer.consumed(message.size());
            }

            @Override
            public void settled(long firstToken, long lastToken) {
                for (int token = (int) firstToken; token <= lastToken; token++) {
                    Known one = messages.get(ids.get(token));
                    one.consumed |= outcomes.get(token) == Outcome.ACCEPTED;
                    one.confirmedRetryAtMs = one.retryAtMs;
                }
            }

            @Override
            public void closed(BrokerError error) {
                throw new AssertionError(error);
            }

            @Override
            public void drained(long limitToken) {}
        }
    }
}
