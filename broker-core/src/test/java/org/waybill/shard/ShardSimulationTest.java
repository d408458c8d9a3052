package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.waybill.config.TransactionSettings;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
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
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;
import org.waybill.tx.TransactionId;

/**
 * Transactions over shards whose messages are lost, doubled and late and whose leaders crash one at a time: local ones and branches, of
 * one connection and of two, committed in one phase and in two, with messages sent and messages taken. Each is done as a whole or not
 * at all (I11), as its client was told; what was promised is listed until it is decided, and every decision is carried out (I12).
 */
class ShardSimulationTest {
    private static final int SHARDS = 3;
    private static final int SEEDS = Integer.getInteger("waybill.simulation.seeds", 20);
    private static final long FIRST_SEED = Long.getLong("waybill.simulation.first", 1);
    private static final int STEPS = 12_000;
    private static final int STOCK = 20;

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void everyTransactionIsDoneOrNotAndWhatWasPromisedIsKept() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Run(new Random(seed)).run();
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError("seed " + seed, wrong);
            }
        }
        assertThat(counts.keySet())
                .contains(
                        "local OK",
                        "local refused",
                        "prepare OK",
                        "prepare ROLLED_BACK",
                        "one phase ROLLED_BACK",
                        "commit OK",
                        "roll back OK",
                        "one phase OK",
                        "outcome COMMITTED",
                        "outcome UNKNOWN",
                        "recover OK",
                        "recover UNAVAILABLE",
                        "taken");
    }

    @Test
    void aVerbWhoseParticipantCannotBeReachedSaysSoAndIsCarriedOutLater() {
        Run run = new Run(new Random(1));
        Known known = run.branch(0, 0, 1);
        Client manager = new Client(run, -1);
        assertThat(run.prepare(manager, known)).containsExactly(XaCode.OK);

        run.network.crash(1);
        run.network.passWithoutRecovery(6);
        List<XaCode> codes = new ArrayList<>();
        manager.session.branches().recover(null, 10, result -> codes.add(result.code()));
        manager.session.branches().commit(known.xid(), false, result -> codes.add(result.code()));
        manager.session.flush();
        run.network.passWithoutRecovery(20);
        assertThat(codes)
                .as("a decision is final when it is recorded; a list is whole or there is none")
                .containsExactlyInAnyOrder(XaCode.OK, XaCode.UNAVAILABLE);
        run.network.settle(5);
        assertThat(run.browse(run.queue("q", 0))).containsExactly(known.text);
        assertThat(run.browse(run.queue("q", 1))).containsExactly(known.text);
    }

    @Test
    void aPromiseThatCannotBeAskedForIsNotPromised() {
        Run run = new Run(new Random(1));
        Known known = run.branch(0, 0, 1);
        run.network.crash(1);
        Client manager = new Client(run, -1);
        List<XaCode> codes = run.prepare(manager, known);
        run.network.shard(0).receive(1, ShardMessages.encode(new Promised(known.id(), 1, true, 1, 0)));
        run.network.passWithoutRecovery(3);
        assertThat(codes).as("an old answer answers no new question").isEmpty();
        run.network.passWithoutRecovery(20);
        assertThat(codes).containsExactly(XaCode.UNAVAILABLE);
        run.network.settle(5);
        assertThat(run.prepare(manager, known)).containsExactly(XaCode.ROLLED_BACK);
        assertThat(run.browse(run.queue("q", 0))).isEmpty();
    }

    @Test
    void workThatCameInTwoTermsOfAShardIsNotAWhole() {
        Run run = new Run(new Random(1));
        Known known = run.branch(0, 1);
        run.network.crash(1);
        run.network.settle(1);
        List<XaCode> codes = run.work(new Client(run, -1), known, Branches.Start.JOIN, 1);
        assertThat(codes).containsExactly(XaCode.ROLLED_BACK);
    }

    @Test
    void aShardDoesNotPromiseWorkOfAnotherTerm() {
        Run run = new Run(new Random(1));
        Known known = run.branch(0, 1);
        run.network.shard(1).receive(0, ShardMessages.encode(new Prepare(known.id(), 0, 1)));
        run.network.settle(0);
        assertThat(run.network.shard(1).parts().isPromised(known.id())).isFalse();
        assertThat(run.prepare(new Client(run, -1), known)).containsExactly(XaCode.ROLLED_BACK);
    }

    @Test
    void whatACoordinatorDoesNotKnowIsNotCommittedLater() {
        Run run = new Run(new Random(1));
        Known known = run.branch(0, 1);
        run.network.shard(1).receive(0, ShardMessages.encode(new EndWanted(known.id())));
        run.network.settle(1);
        List<XaCode> codes = new ArrayList<>();
        Client manager = new Client(run, -1);
        manager.session.branches().commit(known.xid(), true, result -> codes.add(result.code()));
        manager.session.flush();
        run.network.settle(1);
        assertThat(codes).containsExactly(XaCode.ROLLED_BACK);
        assertThat(run.browse(run.queue("q", 1))).isEmpty();
    }

    @Test
    void aDeadLetterThatCannotBeSentIsGivenBackAndSentTheNextTime() {
        Run run = new Run(new Random(1));
        String from = run.queue(ShardNetwork.FRAGILE, 0);
        Client client = new Client(run, -1);
        client.producer.send(CoreFixture.message(true, 4, 0, from, "letter"), 0);
        Consumer consumer = client.session.openConsumer(
                new ConsumerSpec(from, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), client);
        consumer.credit(1, false);
        client.session.flush();
        run.network.settle(1);
        consumer.settle(0, 0, Outcome.FAILED, false);
        client.session.flush();
        run.network.settle(8);
        assertThat(run.browse(run.queue("dead", SHARDS - 1))).isEmpty();

        run.network.connect();
        consumer.credit(2, false);
        client.session.flush();
        run.network.settle(Mover.RETRY_MS / 1_000 + 1);
        assertThat(client.texts).containsExactly("letter", "letter");
        consumer.settle(1, 1, Outcome.FAILED, false);
        client.session.flush();
        run.network.settle(1);
        assertThat(run.browse(run.queue("dead", SHARDS - 1))).containsExactly("letter");
        assertThat(run.browse(from)).isEmpty();
        assertThat(run.network.shard(0).mover().isIdle()).isTrue();
    }

    /** What the clients know of a transaction. */
    private static final class Known {
        final String text;
        final Set<Integer> sentTo = new HashSet<>();
        final Set<String> taken = new HashSet<>();

        @Nullable
        Xid xid;

        boolean prepareAsked;
        boolean promised;

        @Nullable
        Boolean decision;

        boolean onePhaseAsked;

        /** Whether it is committed; null when nobody knows. */
        @Nullable
        Boolean committed;

        Known(String text) {
            this.text = text;
        }

        Xid xid() {
            return ShardNetwork.present(xid);
        }

        TransactionId id() {
            return BranchEvents.id(xid());
        }
    }

    private final class Run {
        final Random random;
        final ShardNetwork network;
        final List<Known> all = new ArrayList<>();
        final List<Client> clients = new ArrayList<>();
        private @Nullable Client manager;
        private int restartIn;

        Run(Random random) {
            this.random = random;
            this.network = new ShardNetwork(SHARDS, random);
        }

        void run() {
            fill();
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            clients.forEach(Client::leave);
            network.settle(40);
            decideTheRest();
            network.settle(40);
            check();
        }

        private void count(String what) {
            counts.merge(what, 1, Integer::sum);
        }

        private String queue(String prefix, int shard) {
            return ShardNetwork.queue(prefix, shard, SHARDS);
        }

        /** A branch that this shard coordinates, and in which something was done on those. */
        Known branch(int coordinator, int... shards) {
            Known known = begin();
            known.xid = BranchClient.xid(coordinator, SHARDS, 1);
            assertThat(work(new Client(this, -1), known, Branches.Start.NEW, shards))
                    .containsExactly(XaCode.OK);
            return known;
        }

        List<XaCode> work(Client worker, Known known, Branches.Start how, int... shards) {
            List<XaCode> codes = new ArrayList<>();
            worker.session.branches().start(known.xid(), how, begun -> {
                Transaction work = ShardNetwork.present(begun.value());
                for (int shard : shards) {
                    worker.producer.send(CoreFixture.message(true, 4, 0, queue("q", shard), known.text), work);
                }
                worker.session.branches().end(work, Branches.End.SUCCESS, ended -> codes.add(ended.code()));
                worker.session.flush();
            });
            worker.session.flush();
            network.settle(1);
            return codes;
        }

        /** Asks for a promise, without another leader where there is none. */
        List<XaCode> prepare(Client manager, Known known) {
            List<XaCode> codes = new ArrayList<>();
            manager.session.branches().prepare(known.xid(), result -> codes.add(result.code()));
            manager.session.flush();
            network.passWithoutRecovery(1);
            return codes;
        }

        private void fill() {
            Client client = new Client(this, -1);
            for (int shard = 0; shard < SHARDS; shard++) {
                for (int i = 0; i < STOCK; i++) {
                    Message message = CoreFixture.message(true, 4, 0, queue("stock", shard), shard + "-" + i);
                    client.producer.send(message, shard * STOCK + i);
                }
            }
            client.session.flush();
            network.settle(1);
            client.leave();
        }

        private void step() {
            int die = random.nextInt(1_000);
            if (die < 400) {
                network.work();
            } else if (die < 600) {
                network.deliver();
            } else if (die < 750) {
                network.force();
            } else if (die < 930) {
                network.clients.one();
            } else if (die < 965) {
                operate();
            } else if (die < 990) {
                network.pass(1 + random.nextInt(400));
            } else if (die < 992) {
                if (network.leaderless() < 0) {
                    network.crash(random.nextInt(SHARDS));
                    restartIn = 20 + random.nextInt(random.nextInt(6) == 0 ? 5_000 : 200);
                }
            }
            int dead = network.leaderless();
            if (dead >= 0 && --restartIn < 0) {
                network.recover(dead);
            }
        }

        private void operate() {
            clients.removeIf(client -> client.gone);
            if (clients.size() < 3) {
                clients.add(new Client(this, random.nextInt(SHARDS)));
                return;
            }
            Client client = any();
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> client.local();
                case 4, 5, 6 -> client.branch();
                case 7, 8, 9 -> decide(manager());
                case 10 -> recover(manager());
                default -> client.leaveSometimes();
            }
        }

        Client any() {
            return clients.get(random.nextInt(clients.size()));
        }

        /** A connection of a transaction manager, which does not work itself. */
        Client manager() {
            Client last = manager;
            if (last != null && !last.gone && random.nextInt(20) > 0) {
                return last;
            }
            if (last != null) {
                last.leave();
            }
            Client made = new Client(this, -1);
            manager = made;
            return made;
        }

        Known begin() {
            Known known = new Known("t" + all.size());
            all.add(known);
            return known;
        }

        /** A transaction manager tells, or repeats, its decision about something that was promised. */
        private void decide(Client client) {
            List<Known> promised = all.stream()
                    .filter(known -> known.promised && known.committed == null)
                    .toList();
            if (!promised.isEmpty()) {
                decide(client, promised.get(random.nextInt(promised.size())));
            }
        }

        private void decide(Client client, Known known) {
            if (known.decision == null) {
                known.decision = random.nextInt(3) > 0;
            }
            boolean commit = known.decision;
            java.util.function.Consumer<BranchReply<Void>> reply = result -> {
                count((commit ? "commit " : "roll back ") + result.code());
                assertThat(result.code())
                        .as("the decision about %s: %s", known.text, result.error())
                        .isIn(XaCode.OK, XaCode.UNAVAILABLE);
                if (result.code() == XaCode.OK) {
                    known.committed = commit;
                }
            };
            if (commit) {
                client.session.branches().commit(known.xid(), false, reply);
            } else {
                client.session.branches().rollback(known.xid(), reply);
            }
            client.session.flush();
        }

        private void recover(Client client) {
            List<Known> promised = all.stream()
                    .filter(known -> known.promised && known.decision == null)
                    .toList();
            client.session.branches().recover(null, 10_000, result -> {
                count("recover " + result.code());
                if (result.code() == XaCode.OK) {
                    List<Xid> listed = ShardNetwork.present(result.value()).xids();
                    promised.stream().filter(known -> known.decision == null).forEach(known -> assertThat(listed)
                            .as("%s is in doubt", known.text)
                            .contains(known.xid()));
                }
            });
            client.session.flush();
        }

        // ---- the end

        private void decideTheRest() {
            Client client = new Client(this, -1);
            Set<Xid> listed = new HashSet<>();
            client.session.branches().recover(null, 10_000, result -> {
                assertThat(result.code()).isEqualTo(XaCode.OK);
                listed.addAll(ShardNetwork.present(result.value()).xids());
            });
            client.session.flush();
            network.settle(1);
            for (Known known : all) {
                if (known.xid == null || known.committed != null) {
                    continue;
                }
                if (listed.remove(known.xid)) {
                    assertThat(known.prepareAsked).as(known.text).isTrue();
                    decide(client, known);
                } else if (known.promised) {
                    assertThat(known.decision)
                            .as("%s was promised and is not listed", known.text)
                            .isNotNull();
                    decide(client, known);
                } else {
                    client.session.branches().outcome(known.xid(), result -> outcome(client, known, result));
                    client.session.flush();
                }
            }
            network.settle(1);
            assertThat(listed).isEmpty();
        }

        private void outcome(Client rest, Known known, BranchReply<Branches.Outcome> result) {
            count("outcome " + result.value());
            assertThat(result.code()).isEqualTo(XaCode.OK);
            known.committed = result.value() == Branches.Outcome.COMMITTED;
            if (known.committed) {
                assertThat(known.onePhaseAsked).as(known.text).isTrue();
            } else {
                rest.session.branches().rollback(known.xid(), rolledBack -> assertThat(rolledBack.code())
                        .isIn(XaCode.OK, XaCode.UNKNOWN));
                rest.session.flush();
            }
        }

        private void check() {
            List<List<String>> found = new ArrayList<>();
            List<List<String>> stock = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                found.add(browse(queue("q", shard)));
                stock.add(browse(queue("stock", shard)));
                assertThat(found.get(shard)).doesNotHaveDuplicates();
                assertThat(stock.get(shard)).doesNotHaveDuplicates();
            }
            Set<String> taken = new HashSet<>();
            for (Known known : all) {
                if (isDone(known, found)) {
                    known.taken.forEach(text -> assertThat(taken.add(text))
                            .as("%s is taken once", text)
                            .isTrue());
                }
            }
            for (int shard = 0; shard < SHARDS; shard++) {
                Set<String> left = new HashSet<>();
                for (int i = 0; i < STOCK; i++) {
                    left.add(shard + "-" + i);
                }
                left.removeAll(taken);
                assertThat(stock.get(shard)).containsExactlyInAnyOrderElementsOf(left);
                Shard one = network.shard(shard);
                assertThat(one.state().ledger().isEmpty())
                        .as("shard %d has recorded nothing that is undecided", shard)
                        .isTrue();
                assertThat(one.parts().isEmpty())
                        .as("shard %d has nothing that waits", shard)
                        .isTrue();
                assertThat(one.coordinator().all())
                        .as("shard %d coordinates nothing", shard)
                        .isEmpty();
                assertThat(one.coordinator().isIdle())
                        .as("shard %d asks nothing", shard)
                        .isTrue();
            }
        }

        private boolean isDone(Known known, List<List<String>> found) {
            Set<Boolean> seen = new HashSet<>();
            known.sentTo.forEach(shard -> seen.add(found.get(shard).contains(known.text)));
            assertThat(seen.size())
                    .as("%s is done as a whole or not at all", known.text)
                    .isLessThan(2);
            if (known.committed != null && !seen.isEmpty()) {
                assertThat(seen)
                        .as("%s is what its client was told", known.text)
                        .containsExactly(known.committed);
            }
            return seen.contains(true);
        }

        private List<String> browse(String queue) {
            Client client = new Client(this, -1);
            client.browse(queue);
            network.settle(1);
            assertThat(client.drained).isTrue();
            client.leave();
            network.settle(1);
            return client.texts;
        }
    }

    /** A connection that does one thing after the other without waiting, until it is ended. */
    private static final class Client implements SessionHandler, ProducerHandler, ConsumerHandler {
        final Run run;
        final LocalSession session;
        final Producer producer;
        final List<String> texts = new ArrayList<>();
        final @Nullable Consumer consumer;
        private int taken;
        boolean gone;
        boolean drained;

        Client(Run run, int stockOf) {
            this.run = run;
            this.session = new LocalSession(
                    run.network.shards, run.network.clients, "client", TransactionSettings.defaults(), this);
            this.producer = session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
            if (stockOf < 0) {
                consumer = null;
            } else {
                consumer = session.openConsumer(
                        new ConsumerSpec(
                                run.queue("stock", stockOf), NodeKind.QUEUE, false, false, Outcome.RELEASED, null),
                        this);
                consumer.credit(2, false);
            }
            session.flush();
        }

        void browse(String queue) {
            Consumer browser = session.openConsumer(
                    new ConsumerSpec(queue, NodeKind.QUEUE, true, false, Outcome.RELEASED, null), this);
            browser.credit(1_000_000, true);
            session.flush();
        }

        void local() {
            Known known = run.begin();
            Transaction work = session.begin();
            work(known, work);
            if (run.random.nextInt(10) == 0) {
                known.committed = false;
                work.rollback(done -> {});
            } else {
                work.commit(result -> {
                    boolean done = result instanceof Reply.Done<Boolean>;
                    run.count(done ? "local OK" : "local refused");
                    known.committed = done;
                });
            }
            session.flush();
        }

        private void work(Known known, Transaction work) {
            int first = run.random.nextInt(SHARDS);
            int count = 1 + run.random.nextInt(SHARDS);
            for (int i = 0; i < count; i++) {
                int shard = (first + i) % SHARDS;
                if (known.sentTo.add(shard)) {
                    producer.send(CoreFixture.message(true, 4, 0, run.queue("q", shard), known.text), work);
                }
            }
            if (run.random.nextInt(10) == 0) {
                String full = run.queue(ShardNetwork.FULL, run.random.nextInt(SHARDS));
                producer.send(CoreFixture.message(true, 4, 0, full, known.text), work);
            }
            if (consumer != null && taken < texts.size() && run.random.nextBoolean()) {
                run.count("taken");
                known.taken.add(texts.get(taken));
                consumer.settle(taken, taken, Outcome.ACCEPTED, work, true);
                taken++;
                consumer.credit(taken + 2, false);
            }
        }

        void branch() {
            Known known = run.begin();
            Xid xid = BranchClient.xid(run.random.nextInt(SHARDS), SHARDS, run.all.size());
            known.xid = xid;
            begin(known, Branches.Start.NEW);
            session.flush();
        }

        private void begin(Known known, Branches.Start how) {
            session.branches().start(known.xid(), how, begun -> {
                if (begun.code() != XaCode.OK) {
                    return;
                }
                Transaction work = ShardNetwork.present(begun.value());
                work(known, work);
                session.branches().end(work, Branches.End.SUCCESS, ended -> {
                    if (ended.code() == XaCode.OK) {
                        goOn(known, how);
                    }
                });
                session.flush();
            });
            session.flush();
        }

        private void goOn(Known known, Branches.Start how) {
            Client other = run.any();
            if (how == Branches.Start.NEW && run.random.nextInt(3) == 0 && !other.gone) {
                other.begin(known, Branches.Start.JOIN);
                return;
            }
            Client manager = run.random.nextBoolean() ? this : run.manager();
            if (run.random.nextInt(3) == 0) {
                known.onePhaseAsked = true;
                manager.session.branches().commit(known.xid(), true, result -> {
                    run.count("one phase " + result.code());
                    if (result.code() != XaCode.UNAVAILABLE) {
                        known.committed = result.code() == XaCode.OK;
                    }
                });
            } else {
                known.prepareAsked = true;
                manager.session.branches().prepare(known.xid(), result -> {
                    run.count("prepare " + result.code());
                    known.promised = result.code() == XaCode.OK;
                    if (result.code() != XaCode.UNAVAILABLE && result.code() != XaCode.OK) {
                        known.committed = false;
                    }
                });
            }
            manager.session.flush();
        }

        void leaveSometimes() {
            if (run.random.nextInt(4) == 0) {
                leave();
            }
        }

        void leave() {
            if (!gone) {
                gone = true;
                session.close();
            }
        }

        @Override
        public void closed(BrokerError error) {
            leave();
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            texts.add(CoreFixture.text(message));
        }

        @Override
        public void drained(long limitToken) {
            drained = true;
        }

        @Override
        public void batchEnd() {}

        @Override
        public void opened() {}

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {}

        @Override
        public void settled(long firstToken, long lastToken) {}

        @Override
        public void refused(long token, BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
    }
}
