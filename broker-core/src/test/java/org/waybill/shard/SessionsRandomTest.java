package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.Redelivery;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestSession;
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
import org.waybill.spi.Transaction;

/**
 * Sessions that come, work on queues of three shards, and go at any moment: no message is lost or doubled, and nothing of a
 * session or a message stays behind.
 */
class SessionsRandomTest {
    private static final int SHARDS = 3;
    private static final int STEPS = 700;
    private static final String DEAD = "dead";
    private static final List<String> QUEUES = List.of("a", "b", "c", "d", "e", "f");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsLostDoubledOrLeftBehind(long seed) {
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

    private static AddressSettings rules(String name) {
        return AddressSettings.defaults().withRedelivery(new Redelivery(3, 0, 1, 0), Optional.of(DEAD));
    }

    /** The shards, their sessions, and what became of each message. */
    private static final class World {
        private final Random random;
        private final CoreFixture core;
        private final List<Client> clients = new ArrayList<>();
        /** Whether some consumers take at most once: then less can be said about what must be there. */
        private final boolean preSettled;

        private int lastMessage;

        /** Messages whose fate is open: sent in a session that was lost, or in a transaction without its answer. */
        private final Set<String> maybe = new HashSet<>();

        /** Messages that are in a queue, or in a consumer's hands. */
        private final Set<String> present = new HashSet<>();

        private final Set<String> consumed = new HashSet<>();

        /** Outcomes stated for a message that take it away, or will: answers to others may come later than these. */
        private final Map<String, Integer> claims = new HashMap<>();

        void claim(String text) {
            claims.merge(text, 1, Integer::sum);
            present.remove(text);
            maybe.add(text);
        }

        /** A claim came to nothing. */
        void unclaim(String text) {
            claims.merge(text, -1, Integer::sum);
            settled(text);
        }

        /** It is in a queue, unless somebody has claimed it before this was heard. */
        void settled(String text) {
            if (claims.getOrDefault(text, 0) == 0 && !consumed.contains(text)) {
                present.add(text);
            }
        }

        World(long seed) {
            random = new Random(seed);
            preSettled = seed % 4 == 0;
            long memoryBytes = random.nextBoolean() ? 3_000 : 64L << 20;
            core = new CoreFixture(new CrashDisk(), SHARDS, memoryBytes, 1 << 16, SessionsRandomTest::rules);
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
            switch (random.nextInt(4)) {
                case 0 -> core.loop.settle();
                case 1 -> core.loop.drain();
                case 2 -> core.loop.one();
                default -> core.steps.append();
            }
        }

        void end() {
            clients.forEach(Client::close);
            core.loop.settle();
            for (Shard shard : core.shards) {
                for (Node node : shard.state().nodes()) {
                    assertThat(node.producers).isEmpty();
                    assertThat(node.consumers).isEmpty();
                    assertThat(node.queue.consumerCount()).isZero();
                    assertThat(node.queue.outcomes().unsettled()).isZero();
                    assertThat(node.queue.temporary()).isFalse();
                }
            }
            Map<String, Integer> found = new HashMap<>();
            TestSession session = core.session();
            List<String> all = new ArrayList<>(QUEUES);
            all.add(DEAD);
            for (String queue : all) {
                TestConsumer consumer = session.consumer(queue);
                for (String text : consumer.drain()) {
                    found.merge(text, 1, Integer::sum);
                }
                if (!consumer.texts.isEmpty()) {
                    consumer.settle(0, consumer.texts.size() - 1L, Outcome.ACCEPTED);
                }
            }
            session.close();
            core.loop.settle();
            assertThat(found.values()).as("copies of a message").allMatch(copies -> copies == 1);
            assertThat(found.keySet()).as("messages found").containsAll(present).noneMatch(consumed::contains);
            found.keySet().removeAll(present);
            assertThat(maybe).containsAll(found.keySet());
            checkNothingIsLeft();
        }

        private void checkNothingIsLeft() {
            assertThat(core.memory.bytes()).as("bytes in memory").isZero();
            assertThat(core.journal.counters().liveBytes())
                    .as("live bytes in the journal")
                    .isZero();
            for (Shard shard : core.shards) {
                assertThat(shard.state().nodes())
                        .allMatch(node -> node.queue.messages() == 0 && node.queue.bytes() == 0);
                // the movers of dead letters, one for each shard, stay
                assertThat(shard.outboxes).hasSizeLessThanOrEqualTo(SHARDS);
            }
        }
    }

    /** A session with a few endpoints. */
    private static final class Client implements SessionHandler {
        private final World world;
        private final LocalSession session;
        private final Sender anonymous;
        private final List<Taker> takers = new ArrayList<>();
        private @Nullable Transaction transaction;
        private final List<String> sentInTransaction = new ArrayList<>();
        private final List<String> takenInTransaction = new ArrayList<>();
        private boolean closed;

        Client(World world) {
            this.world = world;
            this.session = new LocalSession(
                    CoreFixture.FAR ? world.core.far : world.core.table,
                    world.core.loop,
                    "client",
                    TransactionSettings.defaults(),
                    this);
            this.anonymous = new Sender(this);
        }

        void operate() {
            Random random = world.random;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> anonymous.send(QUEUES.get(random.nextInt(QUEUES.size())), 1 + random.nextInt(6));
                case 3 -> {
                    if (takers.size() < 6) {
                        takers.add(new Taker(this, QUEUES.get(random.nextInt(QUEUES.size()))));
                    }
                }
                case 4, 5 -> takers.forEach(taker -> taker.credit(random.nextInt(5)));
                case 6, 7 -> takers.forEach(Taker::settle);
                case 8 -> {
                    if (!takers.isEmpty()) {
                        takers.remove(random.nextInt(takers.size())).consumer.close();
                    }
                }
                case 9 -> inTransaction();
                case 10 -> endTransaction(random.nextBoolean());
                default -> session.createTemporary(NodeKind.QUEUE, this::useTemporary);
            }
            if (random.nextInt(3) > 0) {
                session.flush();
            }
        }

        private void useTemporary(Reply<String> reply) {
            String name = ((Reply.Done<String>) reply).value();
            anonymous.producer.send(CoreFixture.message(true, 4, 0, name, "for the temporary"), anonymous.texts.size());
            anonymous.texts.add(null);
            if (world.random.nextInt(4) == 0) {
                session.deleteTemporary(name);
            }
        }

        private void inTransaction() {
            if (transaction == null) {
                transaction = session.begin();
            }
            String text = "m" + ++world.lastMessage;
            String queue = QUEUES.get(world.random.nextInt(4));
            sentInTransaction.add(text);
            world.maybe.add(text);
            anonymous.producer.send(CoreFixture.message(world.random.nextBoolean(), 4, 0, queue, text), transaction);
            for (Taker taker : takers) {
                if (taker.address.equals(queue)) {
                    taker.takeInTransaction(transaction, takenInTransaction);
                }
            }
        }

        private void endTransaction(boolean commit) {
            Transaction ending = transaction;
            if (ending == null) {
                return;
            }
            transaction = null;
            List<String> sent = List.copyOf(sentInTransaction);
            List<String> taken = List.copyOf(takenInTransaction);
            sentInTransaction.clear();
            takenInTransaction.clear();
            if (commit) {
                ending.commit(reply -> {
                    assertThat(reply).isInstanceOf(Reply.Done.class);
                    sent.forEach(world::settled);
                    taken.forEach(this::gone);
                });
            } else {
                ending.rollback(reply -> taken.forEach(world::unclaim));
            }
        }

        private void gone(String text) {
            world.present.remove(text);
            world.consumed.add(text);
        }

        /** As a connection that is lost: what was flushed is carried out, nothing is heard of it. */
        void close() {
            closed = true;
            session.close();
            takers.forEach(taker -> taker.credit(1));
            session.flush();
        }

        @Override
        public void batchEnd() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }
    }

    /** An anonymous producer. */
    private static final class Sender implements ProducerHandler {
        private final Client client;
        private final Producer producer;
        private final List<@Nullable String> texts = new ArrayList<>();

        Sender(Client client) {
            this.client = client;
            this.producer = client.session.openProducer(new ProducerSpec(null, NodeKind.ANY), this);
        }

        void send(String queue, int count) {
            for (int i = 0; i < count; i++) {
                String text = "m" + ++client.world.lastMessage;
                client.world.maybe.add(text);
                Message message = CoreFixture.message(client.world.random.nextInt(3) > 0, 4, 0, queue, text);
                producer.send(message, texts.size());
                texts.add(text);
            }
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            for (int token = (int) firstToken; token <= lastToken; token++) {
                String text = texts.get(token);
                if (text != null) {
                    client.world.settled(text);
                }
            }
        }

        @Override
        public void refused(long token, BrokerError error) {
            assertThat(texts.get((int) token))
                    .as("only a temporary queue can be gone")
                    .isNull();
            assertThat(error.code()).isEqualTo(Code.NOT_FOUND);
        }

        @Override
        public void opened() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
    }

    /** A consumer that gives its deliveries all kinds of outcomes. */
    private static final class Taker implements ConsumerHandler {
        private final Client client;
        private final String address;
        private final Consumer consumer;
        private final boolean preSettled;
        private final List<String> texts = new ArrayList<>();
        private int settled;
        private long limit;
        private boolean opened;

        Taker(Client client, String address) {
            this.client = client;
            this.address = address;
            this.preSettled = client.world.preSettled && client.world.random.nextInt(5) == 0;
            this.consumer = client.session.openConsumer(
                    new ConsumerSpec(address, NodeKind.QUEUE, false, preSettled, Outcome.FAILED, null), this);
        }

        void credit(int more) {
            if (opened) {
                limit = Math.max(limit, texts.size() + more);
                consumer.credit(limit, false);
                if (preSettled) {
                    // what it is sent from now on is its own affair, whether it arrives or not
                    client.world.maybe.addAll(client.world.present);
                    client.world.present.clear();
                }
            }
        }

        void settle() {
            if (preSettled || settled == texts.size()) {
                return;
            }
            Random random = client.world.random;
            int last = settled + random.nextInt(texts.size() - settled);
            Outcome outcome =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> Outcome.ACCEPTED;
                        case 2 -> Outcome.FAILED;
                        case 3 -> Outcome.RELEASED;
                        default -> new Outcome.Rejected(null, null);
                    };
            if (outcome == Outcome.ACCEPTED) {
                texts.subList(settled, last + 1).forEach(client.world::claim);
            }
            consumer.settle(settled, last, outcome, false);
            settled = last + 1;
        }

        void takeInTransaction(Transaction transaction, List<String> taken) {
            if (!preSettled && settled < texts.size()) {
                String text = texts.get(settled);
                client.world.claim(text);
                taken.add(text);
                consumer.settle(settled, settled, Outcome.ACCEPTED, transaction, true);
                settled++;
            }
        }

        @Override
        public void opened() {
            opened = true;
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            assertThat(client.closed).isFalse();
            assertThat(token).as("tokens in order").isEqualTo(texts.size());
            assertThat(token).as("credit").isLessThan(limit);
            String text = CoreFixture.text(message);
            assertThat(client.world.consumed).as("consumed messages").doesNotContain(text);
            texts.add(text);
            consumer.consumed(message.size());
            if (preSettled) {
                client.world.present.remove(text);
                client.world.consumed.add(text);
            }
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void drained(long limitToken) {}

        @Override
        public void settled(long firstToken, long lastToken) {}
    }
}
