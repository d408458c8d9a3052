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
import org.waybill.config.AddressPattern;
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
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/**
 * Stops the disk in the middle of sends to topics, outcomes, unsubscribing, checkpoints and cleaning, recovers, and compares with
 * what clients were told: every durable subscription has exactly what was settled and not acknowledged, in its order, and every
 * body is there once, until the last subscription is done with it.
 */
class TopicCrashTest {
    private static final String[] TOPICS = {"a", "b.c"};
    private static final String[] PATTERNS = {"a", "a", "#", "b.*"};
    /** The one that is taken away and made again. */
    private static final int COMES_AND_GOES = 1;

    private static final int OPERATIONS = 200;
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(120, 3, 250, 0);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsEveryPromiseWhereverItStops(long seed) {
        CrashRun.everywhere(seed, PLAN, Run::new, whole -> {});
    }

    private static ConsumerSpec spec(String address, @Nullable SubscriptionSpec named) {
        return new ConsumerSpec(address, NodeKind.TOPIC, false, false, Outcome.RELEASED, null, named, false, 0);
    }

    private static SubscriptionSpec named(int subscription) {
        return new SubscriptionSpec(
                new SubscriptionId("s" + subscription, subscription == 0 ? "client" : null), true, subscription != 0);
    }

    /** What clients know of a message in one subscription. */
    private static final class Known {
        boolean settled;
        boolean consumptionStated;
        boolean consumed;
        int failuresStated;
        int failures;
    }

    /** What clients know of a durable subscription. */
    private static final class Model {
        final int number;
        final AddressPattern pattern;
        final TreeMap<Integer, Known> messages = new TreeMap<>();
        boolean mayBeGone = true;

        Model(int number) {
            this.number = number;
            this.pattern = AddressPattern.of(PATTERNS[number]);
        }
    }

    private static final class Run implements CrashRun.Scenario {
        private final Random workload;
        private final List<Model> models = new ArrayList<>();
        private int sent;

        Run(Random workload, Random fate) {
            this.workload = workload;
            for (int i = 0; i < PATTERNS.length; i++) {
                models.add(new Model(i));
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
        public void settled(CoreFixture core) {
            Bodies.check(core);
        }

        @Override
        public CoreFixture open(CrashDisk disk) {
            long memoryBytes = workload.nextBoolean() ? 20_000 : 64L << 20;
            return new CoreFixture(disk, 1, memoryBytes, 1 << 16, name -> AddressSettings.defaults());
        }

        @Override
        public void check(CoreFixture core, boolean last) {
            Bodies.check(core);
            for (Model model : models) {
                TestConsumer consumer = core.session().consumer(spec(PATTERNS[model.number], named(model.number)));
                assertThat(consumer.error).isNull();
                compare(consumer.drain(), consumer.heads, model);
            }
        }

        private static void compare(List<String> texts, List<byte @Nullable []> heads, Model model) {
            Map<Integer, Known> known = model.messages;
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
                if (one.settled && !one.consumptionStated && !model.mayBeGone) {
                    assertThat(found)
                            .as("messages settled for subscription %d", model.number)
                            .contains(id);
                }
            });
            known.keySet().retainAll(found);
            model.mayBeGone = true;
        }

        /** One session that uses all subscriptions, and one that only listens. */
        private final class Client {
            private final CoreFixture core;
            private final CoreFixture.TestSession session;
            private final List<Sender> senders = new ArrayList<>();
            private final List<Taker> takers = new ArrayList<>();
            private final TestConsumer listener;
            private final Cleaner cleaner;
            private final Checkpointer checkpointer;

            Client(CoreFixture core) {
                this.core = core;
                this.session = core.session();
                for (int i = 0; i < TOPICS.length; i++) {
                    senders.add(new Sender(this, TOPICS[i]));
                }
                for (Model model : models) {
                    takers.add(new Taker(session.session, model));
                }
                listener = new TestConsumer(session);
                listener.consumer = session.session.openConsumer(spec("#", null), listener);
                cleaner = new Cleaner(core.shards[0], core.shards[0].state());
                checkpointer = new Checkpointer(core.shards[0], core.shards[0].state());
                session.session.flush();
            }

            void operate() {
                int number = workload.nextInt(takers.size());
                switch (workload.nextInt(17)) {
                    case 0, 1, 2 -> senders.get(workload.nextInt(TOPICS.length)).send(1 + workload.nextInt(12));
                    case 3, 4 -> takers.get(number).credit(1 + workload.nextInt(30));
                    case 5, 6, 7, 8 -> takers.get(number).settle();
                    case 9 -> core.shards[0].execute(() -> checkpointer.begin(() -> {}));
                    case 10 -> core.shards[0].execute(() -> cleaner.begin(core.journal.cleaningCandidates(16)));
                    case 11 -> listen();
                    case 12 -> leave();
                    case 13, 14 -> core.steps.append();
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

            private void listen() {
                if (listener.opened) {
                    listener.consumer.credit(listener.texts.size() + 20L, false);
                    if (!listener.texts.isEmpty()) {
                        listener.consumer.settle(0, listener.texts.size() - 1L, Outcome.ACCEPTED, false);
                    }
                }
            }

            /** Unsubscribes, and subscribes again when that is done. */
            private void leave() {
                Taker taker = takers.get(COMES_AND_GOES);
                if (!taker.opened || workload.nextInt(3) > 0) {
                    return;
                }
                taker.opened = false;
                Model model = taker.model;
                model.mayBeGone = true;
                taker.consumer.close();
                session.session.unsubscribe(named(COMES_AND_GOES).id(), reply -> {
                    model.messages.clear();
                    takers.set(COMES_AND_GOES, new Taker(session.session, model));
                });
            }

            boolean subscribed() {
                return takers.stream().allMatch(taker -> taker.opened);
            }
        }

        private final class Sender implements ProducerHandler {
            private final Client client;
            private final String topic;
            private final Producer producer;
            private boolean opened;

            Sender(Client client, String topic) {
                this.client = client;
                this.topic = topic;
                this.producer = client.session.session.openProducer(new ProducerSpec(topic, NodeKind.TOPIC), this);
            }

            void send(int count) {
                for (int i = 0; opened && client.subscribed() && i < count; i++) {
                    int id = sent++;
                    for (Model model : models) {
                        if (model.pattern.matches(topic)) {
                            model.messages.put(id, new Known());
                        }
                    }
                    producer.send(CoreFixture.message(true, id + " ".repeat(workload.nextInt(3_000))), id);
                }
            }

            @Override
            public void opened() {
                opened = true;
            }

            @Override
            public void settled(long firstToken, long lastToken, Outcome outcome) {
                assertThat(outcome).isEqualTo(Outcome.ACCEPTED);
                for (Model model : models) {
                    for (long id = firstToken; id <= lastToken; id++) {
                        Known one = model.messages.get((int) id);
                        if (one != null && model.pattern.matches(topic)) {
                            one.settled = true;
                        }
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
            private final Model model;
            private final Consumer consumer;
            private final List<Integer> ids = new ArrayList<>();
            private final List<Outcome> outcomes = new ArrayList<>();
            private boolean opened;
            private int settled;

            Taker(LocalSession session, Model model) {
                this.model = model;
                this.consumer = session.openConsumer(spec(PATTERNS[model.number], named(model.number)), this);
            }

            void credit(int more) {
                if (opened) {
                    consumer.credit(ids.size() + more, false);
                }
            }

            /** Gives the oldest deliveries an outcome. */
            void settle() {
                int count = Math.min(ids.size() - settled, 1 + workload.nextInt(20));
                if (count == 0 || !opened) {
                    return;
                }
                int kind = workload.nextInt(6);
                Outcome outcome = kind < 4 ? Outcome.ACCEPTED : kind == 4 ? Outcome.FAILED : Outcome.RELEASED;
                for (int token = settled; token < settled + count; token++) {
                    Known one = model.messages.get(ids.get(token));
                    one.consumptionStated |= outcome == Outcome.ACCEPTED;
                    one.failuresStated += outcome == Outcome.FAILED ? 1 : 0;
                    outcomes.add(outcome);
                }
                consumer.settle(settled, settled + count - 1, outcome, true);
                settled += count;
            }

            @Override
            public void opened() {
                opened = true;
                model.mayBeGone = false;
            }

            @Override
            public void deliver(long token, Message message, byte @Nullable [] head) {
                assertThat(token).isEqualTo(ids.size());
                int id = Integer.parseInt(CoreFixture.text(message).strip());
                Known one = model.messages.get(id);
                assertThat(one).isNotNull();
                assertThat(one.consumed).isFalse();
                ids.add(id);
                consumer.consumed(message.size());
            }

            @Override
            public void settled(long firstToken, long lastToken) {
                for (int token = (int) firstToken; token <= lastToken; token++) {
                    Known one = model.messages.get(ids.get(token));
                    if (one != null) {
                        one.consumed |= outcomes.get(token) == Outcome.ACCEPTED;
                        one.failures += outcomes.get(token) == Outcome.FAILED ? 1 : 0;
                    }
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
