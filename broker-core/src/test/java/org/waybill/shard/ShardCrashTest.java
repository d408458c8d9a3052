package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;

/**
 * Stops the disk in the middle of sends, outcomes, checkpoints and cleaning, recovers, and compares with what clients were
 * told: every settled send is there unless its consumption was stated, nothing whose removal was confirmed comes back, the
 * order is kept, and no confirmed failure is forgotten.
 */
class ShardCrashTest {
    private static final int SHARDS = 2;
    private static final String[] QUEUES = {"a", "b", "c"};
    private static final int OPERATIONS = 160;
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(120, 3, 200, 0);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsEveryPromiseWhereverItStops(long seed) {
        CrashRun.everywhere(seed, PLAN, Run::new, whole -> {});
    }

    /** What clients know of a message. */
    private static final class Known {
        boolean settled;
        boolean consumptionStated;
        boolean consumed;
        int failuresStated;
        int failures;
    }

    private static final class Run implements CrashRun.Scenario {
        private final Random workload;
        private final List<TreeMap<Integer, Known>> queues = new ArrayList<>();
        private final int[] sent = new int[QUEUES.length];

        Run(Random workload, Random fate) {
            this.workload = workload;
            for (int i = 0; i < QUEUES.length; i++) {
                queues.add(new TreeMap<>());
            }
        }

        @Override
        public int operations() {
            return OPERATIONS;
        }

        @Override
        public Runnable client(CoreFixture core) {
            return new Client(core)::operate;
        }

        @Override
        public CoreFixture open(CrashDisk disk) {
            long memoryBytes = workload.nextBoolean() ? 20_000 : 64L << 20;
            return new CoreFixture(disk, SHARDS, memoryBytes, 1 << 16, name -> AddressSettings.defaults());
        }

        @Override
        public void check(CoreFixture core, boolean last) {
            for (int i = 0; i < QUEUES.length; i++) {
                TestConsumer browser = core.session().browser(QUEUES[i], null);
                compare(browser.drain(), browser.heads, queues.get(i));
            }
        }

        private static void compare(List<String> texts, List<byte @Nullable []> heads, Map<Integer, Known> known) {
            Set<Integer> found = new HashSet<>();
            int last = -1;
            for (int i = 0; i < texts.size(); i++) {
                int id = Integer.parseInt(texts.get(i).strip());
                assertThat(id).as("order").isGreaterThan(last);
                last = id;
                found.add(id);
                Known one = known.get(id);
                assertThat(one)
                        .as("message %d was sent and not known to be gone", id)
                        .isNotNull();
                assertThat(one.consumed).as("message %d was consumed", id).isFalse();
                byte[] head = heads.get(i);
                int failures = head == null ? 0 : ByteBuffer.wrap(head).getInt(head.length - 4);
                assertThat(failures).as("failures of %d", id).isBetween(one.failures, one.failuresStated);
                one.settled = true;
                one.consumptionStated = false;
                one.failures = failures;
                one.failuresStated = failures;
            }
            known.forEach((id, one) -> {
                if (one.settled && !one.consumptionStated) {
                    assertThat(found).as("settled messages").contains(id);
                }
            });
            known.keySet().retainAll(found);
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
                    senders.add(new Sender(session.session, i));
                    takers.add(new Taker(session.session, i));
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
                switch (workload.nextInt(14)) {
                    case 0, 1, 2 -> senders.get(queue).send(1 + workload.nextInt(12));
                    case 3 -> takers.get(queue).credit(1 + workload.nextInt(20));
                    case 4, 5, 6 -> takers.get(queue).settle();
                    case 7 -> core.shards[shard].execute(
                            () -> checkpointers.get(shard).begin(() -> {}));
                    case 8 -> core.shards[shard].execute(
                            () -> cleaners.get(shard).begin(core.journal.cleaningCandidates(16)));
                    case 9, 10, 11 -> core.steps.append();
                    default -> core.steps.work();
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
            private final int queue;
            private final Producer producer;
            private boolean opened;

            Sender(LocalSession session, int queue) {
                this.queue = queue;
                this.producer = session.openProducer(new ProducerSpec(QUEUES[queue], NodeKind.QUEUE), this);
            }

            void send(int count) {
                for (int i = 0; opened && i < count; i++) {
                    int id = sent[queue]++;
                    queues.get(queue).put(id, new Known());
                    String text = id + " ".repeat(workload.nextInt(3_000));
                    producer.send(CoreFixture.message(true, text), id);
                }
            }

            @Override
            public void opened() {
                opened = true;
            }

            @Override
            public void settled(long firstToken, long lastToken, Outcome outcome) {
                assertThat(outcome).isEqualTo(Outcome.ACCEPTED);
                for (long id = firstToken; id <= lastToken; id++) {
                    Known one = queues.get(queue).get((int) id);
                    if (one != null) {
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
            private final int queue;
            private final Consumer consumer;
            private final List<Integer> ids = new ArrayList<>();
            private final List<Outcome> outcomes = new ArrayList<>();
            private boolean opened;
            private int settled;

            Taker(LocalSession session, int queue) {
                this.queue = queue;
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
                int kind = workload.nextInt(4);
                Outcome outcome = kind < 2 ? Outcome.ACCEPTED : kind == 2 ? Outcome.FAILED : Outcome.RELEASED;
                for (int token = settled; token < settled + count; token++) {
                    Known one = queues.get(queue).get(ids.get(token));
                    one.consumptionStated |= kind < 2;
                    one.failuresStated += kind == 2 ? 1 : 0;
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
                assertThat(token).isEqualTo(ids.size());
                int id = Integer.parseInt(CoreFixture.text(message).strip());
                Known one = queues.get(queue).get(id);
                assertThat(one).isNotNull();
                assertThat(one.consumed).isFalse();
                ids.add(id);
                consumer.consumed(message.size());
            }

            @Override
            public void settled(long firstToken, long lastToken) {
                for (int token = (int) firstToken; token <= lastToken; token++) {
                    Known one = queues.get(queue).get(ids.get(token));
                    one.consumed |= outcomes.get(token) == Outcome.ACCEPTED;
                    one.failures += outcomes.get(token) == Outcome.FAILED ? 1 : 0;
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
