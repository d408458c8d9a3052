package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.FullPolicy;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/**
 * Sessions that subscribe, send, and go at any moment, attach half done or transaction open: each subscription sees each
 * producer's messages in order, a body lives exactly as long as somebody has yet to take it, and nothing stays behind.
 */
class TopicSessionsRandomTest {
    private static final int STEPS = 900;
    private static final List<String> TOPICS = List.of("a", "a.b", "c");
    private static final List<String> SUBSCRIBED = List.of("a", "a.b", "c", "#", "a.*");
    private static final int NAMES = 3;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void leavesNothingBehindAndKeepsEveryOrder(long seed) {
        World world = new World(seed);
        try {
            for (int i = 0; i < STEPS; i++) {
                world.step();
            }
            world.end();
        } catch (AssertionError | RuntimeException wrong) {
            throw new AssertionError("seed " + seed, wrong);
        }
    }

    /** The shards and their sessions. */
    private static final class World {
        private final Random random;
        private final CoreFixture core;
        private final List<Client> clients = new ArrayList<>();
        private int producers;
        private int openTransactions;

        World(long seed) {
            random = new Random(seed);
            long memoryBytes = random.nextBoolean() ? 3_000 : 64L << 20;
            core = new CoreFixture(new CrashDisk(), 2, memoryBytes, 1 << 16, this::rules);
        }

        private AddressSettings rules(String name) {
            return name.equals("c")
                    ? AddressSettings.defaults().withLimits(20, -1, FullPolicy.DROP_OLDEST)
                    : AddressSettings.defaults();
        }

        void step() {
            if (clients.isEmpty() || clients.size() < 5 && random.nextInt(20) == 0) {
                clients.add(new Client(this));
            }
            Client client = clients.get(random.nextInt(clients.size()));
            client.operate();
            if (random.nextInt(40) == 0) {
                clients.remove(client);
                client.close();
            }
            switch (random.nextInt(5)) {
                case 0 -> {
                    core.loop.settle();
                    if (openTransactions == 0) {
                        Bodies.check(core);
                    }
                }
                case 1, 2 -> core.loop.drain();
                case 3 -> core.loop.one();
                default -> core.steps.append();
            }
        }

        void end() {
            List.copyOf(clients).forEach(Client::close);
            core.loop.settle();
            State state = core.shards[0].state();
            for (Node node : state.nodes()) {
                assertThat(node.consumers).isEmpty();
                assertThat(node.queue.consumerCount()).isZero();
                assertThat(node.queue.outcomes().unsettled()).isZero();
                assertThat(node.subscription).isNotNull();
                assertThat(node.subscription.durable()).isTrue();
            }
            Bodies.check(core);
            CoreFixture.TestSession session = core.session();
            for (int name = 0; name < NAMES; name++) {
                session.session.unsubscribe(new SubscriptionId("d" + name, "client"), reply -> {});
            }
            session.session.flush();
            core.loop.settle();
            session.close();
            core.loop.settle();
            assertThat(state.nodes()).isEmpty();
            assertThat(state.topics().all()).isEmpty();
            assertThat(core.memory.bytes()).as("bytes in memory").isZero();
            assertThat(core.journal.counters().liveBytes())
                    .as("live bytes in the journal")
                    .isZero();
            // what moves dead letters stays, one session for each shard
            assertThat(core.shards[0].outboxes).hasSizeLessThanOrEqualTo(core.shards.length);
        }
    }

    /** A session with a few endpoints. */
    private static final class Client implements SessionHandler {
        private final World world;
        private final LocalSession session;
        private final List<Sender> senders = new ArrayList<>();
        private final List<Taker> takers = new ArrayList<>();
        private @Nullable Transaction transaction;
        private @Nullable String temporary;

        Client(World world) {
            this.world = world;
            this.session = new LocalSession(
                    CoreFixture.FAR ? world.core.far : world.core.table,
                    world.core.loop,
                    "client",
                    TransactionSettings.defaults(),
                    this);
        }

        void operate() {
            Random random = world.random;
            switch (random.nextInt(16)) {
                case 0 -> senders.add(new Sender(this, TOPICS.get(random.nextInt(TOPICS.size()))));
                case 1 -> senders.add(new Sender(this, null));
                case 2, 3 -> takers.add(subscribe());
                case 4 -> session.unsubscribe(durable().id(), reply -> {});
                case 5 -> temporary();
                case 6 -> transaction();
                case 7 -> {
                    if (!takers.isEmpty()) {
                        takers.remove(random.nextInt(takers.size())).consumer.close();
                    }
                }
                case 8 -> {
                    if (!senders.isEmpty()) {
                        senders.remove(random.nextInt(senders.size())).producer.close();
                    }
                }
                case 9, 10, 11 -> {
                    if (!senders.isEmpty()) {
                        senders.get(random.nextInt(senders.size())).send(1 + random.nextInt(6));
                    }
                }
                default -> {
                    if (!takers.isEmpty()) {
                        takers.get(random.nextInt(takers.size())).take();
                    }
                }
            }
            if (random.nextInt(3) > 0) {
                session.flush();
            }
        }

        private SubscriptionSpec durable() {
            return new SubscriptionSpec(new SubscriptionId("d" + world.random.nextInt(NAMES), "client"), true, false);
        }

        private Taker subscribe() {
            Random random = world.random;
            String address = SUBSCRIBED.get(random.nextInt(SUBSCRIBED.size()));
            return switch (random.nextInt(4)) {
                case 0 -> new Taker(this, address, durable(), false);
                case 1 -> new Taker(
                        this,
                        address,
                        new SubscriptionSpec(new SubscriptionId("v" + address, null), false, true),
                        true);
                case 2 -> new Taker(this, temporary == null ? address : temporary, null, true);
                default -> new Taker(this, address, null, true);
            };
        }

        private void temporary() {
            if (temporary != null) {
                session.deleteTemporary(temporary);
                temporary = null;
            } else {
                session.createTemporary(NodeKind.TOPIC, reply -> {
                    if (reply instanceof Reply.Done<String> done) {
                        temporary = done.value();
                    }
                });
            }
        }

        private void transaction() {
            Transaction open = transaction;
            if (open == null) {
                transaction = session.begin();
                world.openTransactions++;
            } else {
                transaction = null;
                if (world.random.nextBoolean()) {
                    open.commit(reply -> world.openTransactions--);
                } else {
                    open.rollback(reply -> world.openTransactions--);
                }
            }
        }

        void close() {
            if (transaction != null) {
                world.openTransactions--;
            }
            session.close();
        }

        @Override
        public void batchEnd() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }
    }

    /** A producer, of one topic or of any. */
    private static final class Sender implements ProducerHandler {
        private final Client client;
        private final int number;
        private final Producer producer;
        private final boolean anonymous;
        private boolean opened;
        private int sent;

        Sender(Client client, @Nullable String topic) {
            this.client = client;
            this.number = client.world.producers++;
            this.anonymous = topic == null;
            this.producer = client.session.openProducer(new ProducerSpec(topic, NodeKind.TOPIC), this);
        }

        void send(int count) {
            Random random = client.world.random;
            for (int i = 0; opened && i < count; i++) {
                String name = client.temporary != null && random.nextBoolean()
                        ? client.temporary
                        : TOPICS.get(random.nextInt(TOPICS.size()));
                String to = anonymous ? "topic://" + name : null;
                Transaction transaction = random.nextBoolean() ? client.transaction : null;
                // what is sent in transactions has an order of its own
                int line = 2 * number + (transaction == null ? 0 : 1);
                String text = line + ":" + sent++ + " ".repeat(random.nextInt(400));
                Message message = CoreFixture.message(random.nextBoolean(), 4, 0, to, text);
                if (transaction != null) {
                    producer.send(message, transaction);
                } else {
                    producer.send(message, sent);
                }
            }
        }

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            assertThat(outcome).isEqualTo(Outcome.ACCEPTED);
        }

        @Override
        public void refused(long token, BrokerError error) {
            // a temporary topic that has been deleted meanwhile
            assertThat(error.code()).isEqualTo(Code.NOT_FOUND);
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
    }

    /** A consumer of a subscription. */
    private static final class Taker implements ConsumerHandler {
        private final Client client;
        private final Consumer consumer;
        private final boolean mayOpen;
        private final Map<Integer, Integer> last = new HashMap<>();
        private boolean opened;
        private boolean over;

        /** Whether something has come back to where it was, or may have: others had it before, and gave it back late. */
        private boolean returned;

        private long received;
        private long settled;

        Taker(Client client, String address, @Nullable SubscriptionSpec named, boolean mayOpen) {
            this.client = client;
            this.mayOpen = mayOpen;
            this.returned = named != null;
            this.consumer = client.session.openConsumer(
                    new ConsumerSpec(address, NodeKind.TOPIC, false, false, Outcome.RELEASED, null, named, false, 0),
                    this);
        }

        void take() {
            Random random = client.world.random;
            if (!opened || over) {
                return;
            }
            consumer.credit(received + random.nextInt(20), random.nextInt(4) == 0);
            if (settled < received) {
                long to = settled + random.nextInt((int) (received - settled));
                Transaction transaction = client.transaction;
                Outcome outcome = random.nextInt(4) > 0 ? Outcome.ACCEPTED : Outcome.RELEASED;
                returned |= outcome == Outcome.RELEASED || transaction != null;
                if (transaction != null && random.nextBoolean()) {
                    consumer.settle(settled, to, outcome, transaction, true);
                } else {
                    consumer.settle(settled, to, outcome, false);
                }
                settled = to + 1;
            }
        }

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void closed(BrokerError error) {
            over = true;
            if (mayOpen) {
                assertThat(error.code()).as(error.message()).isIn(Code.RESOURCE_DELETED, Code.NOT_FOUND);
            } else {
                assertThat(error.code()).isEqualTo(Code.RESOURCE_LOCKED);
            }
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            assertThat(token).isEqualTo(received);
            received++;
            String text = CoreFixture.text(message).strip();
            int colon = text.indexOf(':');
            int number = Integer.parseInt(text.substring(colon + 1));
            Integer before = last.put(Integer.parseInt(text.substring(0, colon)), number);
            if (before != null && !returned) {
                assertThat(number).as("order of a producer").isGreaterThan(before);
            }
            consumer.consumed(message.size());
        }

        @Override
        public void drained(long limitToken) {}

        @Override
        public void settled(long firstToken, long lastToken) {}
    }
}
