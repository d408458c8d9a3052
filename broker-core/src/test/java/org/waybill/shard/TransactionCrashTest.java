package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/**
 * Stops the disk in the middle of transactions over three shards, recovers, and finds each of them done as a whole or not at all,
 * as its client was told: its messages in queues and subscriptions, the deliveries it took, and a marker that nobody takes. In
 * the end nothing is undecided, no decision is kept, and nothing takes room.
 */
class TransactionCrashTest {
    private static final int SHARDS = 3;

    /** A queue on each shard, and a topic with two subscriptions. */
    private static final String[] QUEUES = names("q");

    private static final String[] MARKS = names("mark");
    private static final String TOPIC = "t";
    private static final int PLACES = SHARDS + 2;
    private static final int OPERATIONS = 500;
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(100, 3, 300, 2);

    private static String[] names(String prefix) {
        String[] names = new String[SHARDS];
        for (int i = 0, found = 0; found < SHARDS; i++) {
            int shard = Placement.shardOf(prefix + i, SHARDS);
            if (names[shard] == null) {
                names[shard] = prefix + i;
                found++;
            }
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aTransactionIsDoneAsAWholeOrNotAtAll(long seed) {
        CrashRun.everywhere(seed, PLAN, Run::new, whole -> assertThat(whole.committed)
                .as("transactions over several shards")
                .isGreaterThan(12));
    }

    /** What is known of a transaction. */
    private static final class Known {
        final int mark;
        final int place;
        final Set<Integer> touched = new HashSet<>();
        boolean hopeless;
        boolean commitAsked;
        boolean done;
        boolean refused;
        boolean committed;

        Known(int mark, int place) {
            this.mark = mark;
            this.place = place;
        }
    }

    /** A message in one place: who sent it, null for somebody whose commit is long known, and who took it, in order. */
    private record Copy(@Nullable Known sender, boolean durable, List<Known> takers) {}

    private static final class Run implements CrashRun.Scenario {
        private final Random workload;
        private final List<TreeMap<Integer, Copy>> places = new ArrayList<>();
        private final Set<Integer> marks = new HashSet<>();
        private final List<Known> transactions = new ArrayList<>();
        private int lastMark;
        private int lastMessage;
        int committed;

        Run(Random workload, Random fate) {
            this.workload = workload;
            for (int i = 0; i < PLACES; i++) {
                places.add(new TreeMap<>());
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
            return new CoreFixture(disk, SHARDS, memoryBytes, 1 << 16, name -> AddressSettings.defaults(), true);
        }

        @Override
        public void check(CoreFixture core, boolean last) {
            core.loop.settle();
            for (Shard shard : core.shards) {
                assertThat(shard.state().ledger().isEmpty())
                        .as("nothing undecided and no decision kept on shard %d", shard.number())
                        .isTrue();
            }
            TestSession session = core.session();
            compareMarks(session);
            for (int place = 0; place < PLACES; place++) {
                compare(place, session);
            }
            transactions.clear();
            if (last) {
                checkNothingIsLeft(core, session);
            }
        }

        private void compareMarks(TestSession session) {
            Set<Integer> found = new HashSet<>();
            for (String queue : MARKS) {
                session.browser(queue, null).drain().forEach(text -> found.add(Integer.parseInt(text)));
            }
            for (Known each : transactions) {
                each.committed = found.contains(each.mark);
                if (each.done) {
                    assertThat(each.committed)
                            .as("transaction %d was committed", each.mark)
                            .isTrue();
                } else if (!each.commitAsked || each.refused || each.hopeless) {
                    assertThat(each.committed)
                            .as("transaction %d was rolled back", each.mark)
                            .isFalse();
                }
                if (each.committed) {
                    marks.add(each.mark);
                }
            }
            assertThat(found).as("marks of committed transactions").isEqualTo(marks);
        }

        private void compare(int place, TestSession session) {
            TreeMap<Integer, Copy> known = places.get(place);
            Set<Integer> expected = new HashSet<>();
            known.forEach((id, copy) -> {
                boolean sent = copy.sender == null || copy.sender.committed;
                if (sent && copy.durable && copy.takers.stream().noneMatch(taker -> taker.committed)) {
                    expected.add(id);
                }
            });
            List<String> texts = new ArrayList<>(contents(place, session));
            Set<Integer> found = new HashSet<>();
            texts.forEach(text -> found.add(Integer.parseInt(text.strip())));
            assertThat(found).as("messages at place %d", place).isEqualTo(expected);
            assertThat(texts).as("copies at place %d", place).hasSameSizeAs(found);
            known.keySet().retainAll(found);
            known.replaceAll((id, copy) -> new Copy(null, true, new ArrayList<>()));
        }

        private static List<String> contents(int place, TestSession session) {
            if (place < SHARDS) {
                return session.browser(QUEUES[place], null).drain();
            }
            TestConsumer consumer = session.consumer(spec(place));
            List<String> texts = consumer.drain();
            consumer.consumer.close();
            session.session.flush();
            session.core.loop.settle();
            return texts;
        }

        private static void checkNothingIsLeft(CoreFixture core, TestSession session) {
            for (int place = 0; place < PLACES + SHARDS; place++) {
                TestConsumer consumer = session.consumer(place < PLACES ? spec(place) : spec(MARKS[place - PLACES]));
                int count = consumer.drain().size();
                if (count > 0) {
                    consumer.settle(0, count - 1L, Outcome.ACCEPTED);
                }
            }
            core.loop.settle();
            assertThat(core.memory.bytes()).as("bytes in memory").isZero();
            assertThat(core.journal.counters().liveBytes())
                    .as("live bytes in the journal")
                    .isZero();
        }

        private static ConsumerSpec spec(String queue) {
            return new ConsumerSpec(queue, NodeKind.QUEUE, false, false, Outcome.RELEASED, null);
        }

        private static ConsumerSpec spec(int place) {
            if (place < SHARDS) {
                return spec(QUEUES[place]);
            }
            SubscriptionSpec named = new SubscriptionSpec(new SubscriptionId("s" + place, "client"), true, false);
            return new ConsumerSpec(TOPIC, NodeKind.TOPIC, false, false, Outcome.RELEASED, null, named, false, 0);
        }

        /** One session with one transaction at a time, and others whose commit is under way. */
        private final class Client {
            private final CoreFixture core;
            private final TestSession session;
            private final Producer producer;
            private final List<Taker> takers = new ArrayList<>();
            private final List<Cleaner> cleaners = new ArrayList<>();
            private final List<Checkpointer> checkpointers = new ArrayList<>();
            private @Nullable Transaction transaction;
            private Known known = new Known(0, 0);

            Client(CoreFixture core) {
                this.core = core;
                this.session = core.session();
                this.producer =
                        session.session.openProducer(new ProducerSpec(null, NodeKind.ANY), new AnonymousProducer());
                for (int place = 0; place < PLACES; place++) {
                    takers.add(new Taker(session.session, place));
                }
                for (Shard shard : core.shards) {
                    cleaners.add(new Cleaner(shard, shard.state()));
                    checkpointers.add(new Checkpointer(shard, shard.state()));
                }
                session.session.flush();
            }

            void operate() {
                int shard = workload.nextInt(SHARDS);
                switch (workload.nextInt(19)) {
                    case 0, 1, 2, 3 -> send(workload.nextInt(SHARDS + 1));
                    case 4 -> takers.get(workload.nextInt(PLACES)).credit(1 + workload.nextInt(20));
                    case 5, 6, 7 -> takers.get(workload.nextInt(PLACES)).take();
                    case 8, 9, 10 -> end(workload.nextInt(5) > 0);
                    case 11 -> core.shards[shard].execute(
                            () -> checkpointers.get(shard).begin(() -> {}));
                    case 12 -> core.shards[shard].execute(
                            () -> cleaners.get(shard).begin(core.journal.cleaningCandidates(16)));
                    case 13, 14, 15, 16 -> core.steps.append();
                    default -> core.steps.work();
                }
                session.session.flush();
                if (workload.nextInt(3) == 0) {
                    core.loop.drain();
                    core.loops.forEach(TestLoop::drain);
                } else {
                    core.loops.get(workload.nextInt(SHARDS)).one();
                    core.loop.drain();
                }
            }

            private Transaction current() {
                Transaction open = transaction;
                if (open == null) {
                    open = session.session.begin();
                    transaction = open;
                    known = new Known(++lastMark, workload.nextInt(SHARDS));
                    transactions.add(known);
                }
                return open;
            }

            private void send(int to) {
                if (to == SHARDS && takers.stream().anyMatch(taker -> !taker.opened)) {
                    return;
                }
                Transaction in = current();
                for (int i = 1 + workload.nextInt(4); i > 0; i--) {
                    int id = ++lastMessage;
                    boolean durable = workload.nextInt(5) > 0;
                    String text = id + " ".repeat(workload.nextInt(2_000));
                    for (int place = to; place < PLACES && (place == to || to == SHARDS); place++) {
                        places.get(place).put(id, new Copy(known, durable, new ArrayList<>()));
                    }
                    known.touched.add(to);
                    String address = to == SHARDS ? "topic://" + TOPIC : QUEUES[to];
                    producer.send(CoreFixture.message(durable, 4, 0, address, text), in);
                }
                if (workload.nextInt(25) == 0) {
                    known.hopeless = true;
                    producer.send(CoreFixture.message(true, 4, 0, "$none" + workload.nextInt(9), "x"), in);
                }
            }

            private void end(boolean commit) {
                Transaction ending = transaction;
                Known ended = known;
                if (ending == null) {
                    return;
                }
                transaction = null;
                if (!commit) {
                    ending.rollback(reply -> ended.refused = true);
                    return;
                }
                producer.send(CoreFixture.message(true, 4, 0, MARKS[ended.place], "" + ended.mark), ending);
                ended.commitAsked = true;
                ending.commit(reply -> {
                    ended.done = reply instanceof Reply.Done;
                    ended.refused = !ended.done;
                    if (reply instanceof Reply.Refused<Boolean> refused) {
                        assertThat(ended.hopeless).isTrue();
                        assertThat(refused.error().code()).isEqualTo(Code.NOT_FOUND);
                    }
                    committed += ended.done && ended.touched.size() > 1 ? 1 : 0;
                });
            }

            private final class Taker implements ConsumerHandler {
                private final int place;
                private final Consumer consumer;
                private final List<Integer> ids = new ArrayList<>();
                private boolean opened;
                private int settled;

                Taker(LocalSession session, int place) {
                    this.place = place;
                    this.consumer = session.openConsumer(spec(place), this);
                }

                void credit(int more) {
                    if (opened) {
                        consumer.credit(ids.size() + more, false);
                    }
                }

                /** Gives the oldest deliveries an outcome in the transaction. */
                void take() {
                    int count = Math.min(ids.size() - settled, 1 + workload.nextInt(4));
                    if (count == 0) {
                        return;
                    }
                    Transaction in = current();
                    boolean accepted = workload.nextInt(4) > 0;
                    for (int token = settled; token < settled + count; token++) {
                        if (accepted) {
                            copy(ids.get(token)).takers.add(known);
                        }
                    }
                    known.touched.add(Math.min(place, SHARDS));
                    Outcome outcome = accepted ? Outcome.ACCEPTED : Outcome.RELEASED;
                    consumer.settle(settled, settled + count - 1, outcome, in, workload.nextBoolean());
                    settled += count;
                }

                private Copy copy(int id) {
                    Copy copy = places.get(place).get(id);
                    assertThat(copy)
                            .as("message %d is known at place %d", id, place)
                            .isNotNull();
                    return copy;
                }

                @Override
                public void opened() {
                    opened = true;
                }

                @Override
                public void deliver(long token, Message message, byte @Nullable [] head) {
                    assertThat(token).isEqualTo(ids.size());
                    int id = Integer.parseInt(CoreFixture.text(message).strip());
                    Copy copy = copy(id);
                    assertThat(copy.sender == null || copy.sender.commitAsked && !copy.sender.refused)
                            .as("message %d was committed, or may be", id)
                            .isTrue();
                    assertThat(copy.takers).as("who took message %d", id).noneMatch(taker -> taker.done);
                    ids.add(id);
                    consumer.consumed(message.size());
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
    }

    /** Everything it sends is in transactions, which get the answers. */
    private static final class AnonymousProducer implements ProducerHandler {
        @Override
        public void opened() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            throw new AssertionError("a send in a transaction has no outcome of its own");
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
}
