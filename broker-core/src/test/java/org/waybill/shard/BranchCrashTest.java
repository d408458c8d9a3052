package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.Branches.End;
import org.waybill.spi.Branches.Start;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Decision;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/**
 * Stops the disk at every step of branches over three shards, in which two connections work and which a transaction manager, and now
 * and then an administrator, prepares and decides. After each start the transaction manager asks what is in doubt: what was promised
 * is listed until it is decided and forgotten, a decision is final, and a branch is done as a whole or not at all: its messages, the
 * deliveries it took, and a mark.
 */
class BranchCrashTest {
    private static final int SHARDS = 3;
    private static final String[] QUEUES = names("q");
    private static final String[] MARKS = names("mark");
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(100, 4, 300, 2);

    private static String[] names(String prefix) {
        return IntStream.range(0, SHARDS)
                .mapToObj(shard -> IntStream.range(0, 1_000)
                        .mapToObj(i -> prefix + i)
                        .filter(name -> Placement.shardOf(name, SHARDS) == shard)
                        .findFirst()
                        .orElseThrow())
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aPromiseIsKeptUntilItIsDecidedAndADecisionIsFinal(long seed) {
        CrashRun.everywhere(seed, PLAN, Work::new, whole -> {
            assertThat(whole.counts.keySet())
                    .containsExactlyInAnyOrder("one phase", "two phases", "rolled back", "decided by an administrator");
        });
    }

    /** What a transaction manager knows of a branch. */
    private static final class Known {
        final Xid xid;
        final int mark;
        final Map<Site, Transaction> work = new LinkedHashMap<>();

        /** Starts and ends that are not answered. */
        int pending;

        /** Whether it may be rolled back though nobody asked for it. */
        boolean hopeless;

        boolean prepareAsked;
        boolean prepared;
        boolean commitAsked;
        boolean onePhaseAsked;
        boolean rollbackAsked;

        @Nullable
        Decision decisionAsked;

        boolean decisionDone;
        boolean forgetAsked;
        boolean isOver;
        boolean committed;

        Known(Xid xid, int mark) {
            this.xid = xid;
            this.mark = mark;
        }

        /** Whether nobody has asked for a decision. */
        boolean isInDoubt() {
            return prepared && !commitAsked && !rollbackAsked && decisionAsked == null;
        }

        boolean mayBeCommitted() {
            return commitAsked || onePhaseAsked || decisionAsked == Decision.COMMIT;
        }
    }

    /** A message: who sent it, null for somebody whose commit is long known, and who took it. */
    private record Copy(@Nullable Known sender, boolean durable, Set<Known> takers) {}

    /** A connection. */
    private static final class Site {
        final TestSession session;
        final Producer producer;
        final List<Taker> takers = new ArrayList<>();

        Site(CoreFixture core, List<Map<Integer, Copy>> queues) {
            this.session = core.session();
            this.producer = session.session.openProducer(new ProducerSpec(null, NodeKind.ANY), new AnonymousProducer());
            for (int i = 0; i < SHARDS; i++) {
                takers.add(new Taker(session.session, QUEUES[i], queues.get(i)));
            }
            session.session.flush();
        }
    }

    private static final class Work implements CrashRun.Scenario {
        private final Random workload;
        private final Random fate;
        private final List<Map<Integer, Copy>> queues = new ArrayList<>();
        private final Set<Integer> marks = new HashSet<>();
        private final List<Known> branches = new ArrayList<>();
        final Map<String, Integer> counts = new TreeMap<>();
        private int lastMark;
        private int lastMessage;

        Work(Random workload, Random fate) {
            this.workload = workload;
            this.fate = fate;
            for (int i = 0; i < SHARDS; i++) {
                queues.add(new TreeMap<>());
            }
        }

        @Override
        public CoreFixture open(CrashDisk disk) {
            long memoryBytes = workload.nextBoolean() ? 20_000 : 64L << 20;
            return new CoreFixture(disk, SHARDS, memoryBytes, 1 << 16, name -> AddressSettings.defaults(), true);
        }

        @Override
        public int operations() {
            return 900;
        }

        @Override
        public Runnable client(CoreFixture core) {
            return new Client(core)::operate;
        }

        private void count(String what) {
            counts.merge(what, 1, Integer::sum);
        }

        // ---- after a start

        @Override
        public void check(CoreFixture core, boolean last) {
            core.loop.settle();
            BranchClient manager = new BranchClient(core);
            List<Xid> listed = manager.recover(1 + fate.nextInt(3));
            assertThat(listed).doesNotHaveDuplicates();
            for (Known branch : branches) {
                if (listed.remove(branch.xid)) {
                    checkListed(branch, manager, last);
                } else {
                    checkNotListed(branch, manager);
                }
            }
            assertThat(listed).as("in doubt, and nobody knows of them").isEmpty();
            branches.stream().filter(branch -> branch.committed).forEach(branch -> marks.add(branch.mark));
            branches.removeIf(branch -> branch.isOver);
            core.loop.settle();
            compareMarks(manager);
            for (int i = 0; i < SHARDS; i++) {
                compare(i, manager);
            }
            if (branches.isEmpty()) {
                for (Shard shard : core.shards) {
                    assertThat(shard.state().ledger().isEmpty()).isTrue();
                }
            }
            if (last) {
                checkNothingIsLeft(core, manager.session);
            }
        }

        private void checkListed(Known branch, BranchClient manager, boolean last) {
            assertThat(branch.prepareAsked).as("%s was prepared", branch.xid).isTrue();
            assertThat(branch.isOver).as("%s is over", branch.xid).isFalse();
            String state = state(branch, manager);
            if (!state.equals("prepared")) {
                boolean committed = state.equals("heuristically-committed");
                assertThat(branch.decisionAsked).isEqualTo(committed ? Decision.COMMIT : Decision.ROLL_BACK);
                XaCode told = committed ? XaCode.HEURISTIC_COMMITTED : XaCode.HEURISTIC_ROLLED_BACK;
                assertThat(manager.commit(branch.xid)).isEqualTo(told);
                branch.committed = committed;
                if (last || fate.nextBoolean()) {
                    assertThat(manager.forget(branch.xid)).isEqualTo(XaCode.OK);
                    branch.isOver = true;
                }
                branch.decisionDone = true;
                return;
            }
            assertThat(branch.decisionDone).as("%s was decided", branch.xid).isFalse();
            branch.prepared = true;
            branch.decisionAsked = null;
            if (branch.isInDoubt() && !last && fate.nextInt(3) == 0) {
                return;
            }
            boolean commit = branch.commitAsked || !branch.rollbackAsked && fate.nextBoolean();
            assertThat(commit ? manager.commit(branch.xid) : manager.rollback(branch.xid))
                    .isEqualTo(XaCode.OK);
            branch.commitAsked = commit;
            branch.committed = commit;
            branch.isOver = true;
        }

        private static String state(Known branch, BranchClient manager) {
            Reply<List<Map<String, Object>>> read =
                    manager.manage(new Operation.Read(new Target(Operation.Type.BRANCH, branch.xid.toString())));
            return String.valueOf(((Reply.Done<List<Map<String, Object>>>) read)
                    .value()
                    .get(0)
                    .get("state"));
        }

        private static void checkNotListed(Known branch, BranchClient manager) {
            boolean decided = branch.decisionDone || !branch.commitAsked && !branch.rollbackAsked;
            assertThat(branch.prepared && decided && !branch.forgetAsked && !branch.isOver)
                    .as("%s was promised, and decided by an administrator if at all", branch.xid)
                    .isFalse();
            Branches.Outcome outcome = manager.outcome(branch.xid);
            if (branch.isOver) {
                assertThat(outcome == Branches.Outcome.COMMITTED)
                        .as("%s ended as it was told", branch.xid)
                        .isEqualTo(branch.committed);
            } else if (branch.prepared && branch.commitAsked) {
                assertThat(manager.commit(branch.xid)).isEqualTo(XaCode.OK);
                branch.committed = true;
            } else if (branch.prepared && branch.rollbackAsked) {
                assertThat(manager.rollback(branch.xid)).isEqualTo(XaCode.OK);
            } else {
                branch.committed = outcome == Branches.Outcome.COMMITTED;
            }
            if (branch.committed) {
                assertThat(branch.mayBeCommitted())
                        .as("%s was to be committed", branch.xid)
                        .isTrue();
            }
            branch.isOver = true;
        }

        private void compareMarks(BranchClient manager) {
            Set<Integer> found = new HashSet<>();
            for (String queue : MARKS) {
                manager.browse(queue).forEach(text -> found.add(Integer.parseInt(text)));
            }
            assertThat(found).as("marks of committed branches").isEqualTo(marks);
        }

        private void compare(int queue, BranchClient manager) {
            Map<Integer, Copy> known = queues.get(queue);
            Set<Integer> expected = new HashSet<>();
            known.forEach((id, copy) -> {
                boolean sent = copy.sender == null || copy.sender.committed;
                if (sent && copy.durable && copy.takers.stream().noneMatch(taker -> taker.committed)) {
                    expected.add(id);
                }
            });
            List<String> texts = manager.browse(QUEUES[queue]);
            Set<Integer> found = new HashSet<>();
            texts.forEach(text -> found.add(Integer.parseInt(text.strip())));
            assertThat(found).as("messages of queue %d", queue).isEqualTo(expected);
            assertThat(texts).as("copies in queue %d", queue).hasSameSizeAs(found);
            known.entrySet()
                    .removeIf(entry -> !found.contains(entry.getKey())
                            && (!entry.getValue().durable || !branches.contains(entry.getValue().sender)));
            known.replaceAll((id, copy) -> {
                Set<Known> open = new HashSet<>(copy.takers);
                open.retainAll(branches);
                return new Copy(branches.contains(copy.sender) ? copy.sender : null, true, open);
            });
        }

        private static void checkNothingIsLeft(CoreFixture core, TestSession session) {
            for (int i = 0; i < 2 * SHARDS; i++) {
                TestConsumer consumer = session.consumer(i < SHARDS ? QUEUES[i] : MARKS[i - SHARDS]);
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

        // ---- a life

        /** A transaction manager that is never lost, and two connections that may be. */
        private final class Client {
            private final CoreFixture core;
            private final TestSession manager;
            private final Site[] sites = new Site[2];
            private final List<Cleaner> cleaners = new ArrayList<>();
            private final List<Checkpointer> checkpointers = new ArrayList<>();

            Client(CoreFixture core) {
                this.core = core;
                this.manager = core.session();
                for (int i = 0; i < sites.length; i++) {
                    sites[i] = new Site(core, queues);
                }
                for (Shard shard : core.shards) {
                    cleaners.add(new Cleaner(shard, shard.state()));
                    checkpointers.add(new Checkpointer(shard, shard.state()));
                }
            }

            private <T> T any(List<T> of) {
                return of.get(workload.nextInt(of.size()));
            }

            void operate() {
                int shard = workload.nextInt(SHARDS);
                Site site = sites[workload.nextInt(sites.length)];
                List<Known> open = branches.stream().filter(one -> !one.isOver).toList();
                Known branch = open.isEmpty() ? null : any(open);
                switch (workload.nextInt(27)) {
                    case 0, 1 -> start(site, open.size());
                    case 2 -> join(site, branch);
                    case 3, 4, 5 -> send(site, branch);
                    case 6 -> any(site.takers).credit(1 + workload.nextInt(20));
                    case 7, 8, 9 -> take(site, branch);
                    case 10, 11, 12 -> end(site, branch);
                    case 13, 14, 15, 16, 17 -> {
                        List<Known> idle = open.stream()
                                .filter(one -> one.pending == 0 && one.work.isEmpty())
                                .toList();
                        if (!idle.isEmpty()) {
                            decide(any(idle));
                        }
                    }
                    case 18 -> core.shards[shard].execute(
                            () -> checkpointers.get(shard).begin(() -> {}));
                    case 19 -> core.shards[shard].execute(
                            () -> cleaners.get(shard).begin(core.journal.cleaningCandidates(16)));
                    case 20, 21, 22, 23 -> core.steps.append();
                    case 24 -> lose(workload.nextInt(12));
                    default -> core.steps.work();
                }
                manager.session.flush();
                for (Site each : sites) {
                    each.session.session.flush();
                }
                if (workload.nextInt(3) == 0) {
                    core.loop.drain();
                    core.loops.forEach(TestLoop::drain);
                } else {
                    core.loops.get(workload.nextInt(SHARDS)).one();
                    core.loop.drain();
                }
            }

            // ---- work

            private void start(Site site, int open) {
                if (open < 6) {
                    Known branch = new Known(BranchClient.xid(workload.nextInt(SHARDS), SHARDS, ++lastMark), lastMark);
                    branches.add(branch);
                    begin(site, branch, Start.NEW);
                }
            }

            private void begin(Site site, Known branch, Start how) {
                branch.pending++;
                site.session.session.branches().start(branch.xid, how, reply -> {
                    branch.pending--;
                    Transaction work = reply.value();
                    if (work == null) {
                        assertThat(how == Start.JOIN || branch.hopeless)
                                .as("%s %s", how, reply)
                                .isTrue();
                        return;
                    }
                    branch.work.put(site, work);
                    if (how == Start.NEW) {
                        String mark = String.valueOf(branch.mark);
                        site.producer.send(CoreFixture.message(true, 4, 0, any(List.of(MARKS)), mark), work);
                    }
                });
            }

            private void join(Site site, @Nullable Known branch) {
                if (branch != null && branch.pending == 0 && !branch.work.isEmpty() && !branch.work.containsKey(site)) {
                    begin(site, branch, Start.JOIN);
                }
            }

            private void send(Site site, @Nullable Known branch) {
                Transaction work = branch == null ? null : branch.work.get(site);
                if (work == null) {
                    return;
                }
                int to = workload.nextInt(SHARDS);
                boolean durable = workload.nextInt(5) > 0;
                int id = ++lastMessage;
                queues.get(to).put(id, new Copy(branch, durable, new HashSet<>()));
                String text = id + " ".repeat(workload.nextInt(2_000));
                site.producer.send(CoreFixture.message(durable, 4, 0, QUEUES[to], text), work);
                if (workload.nextInt(40) == 0) {
                    branch.hopeless = true;
                    site.producer.send(CoreFixture.message(true, 4, 0, "$none", "x"), work);
                }
            }

            private void take(Site site, @Nullable Known branch) {
                Transaction work = branch == null ? null : branch.work.get(site);
                if (branch != null && work != null) {
                    any(site.takers).take(1 + workload.nextInt(4), branch, work, workload);
                }
            }

            private void end(Site site, @Nullable Known branch) {
                Transaction work = branch == null ? null : branch.work.remove(site);
                if (branch == null || work == null) {
                    return;
                }
                int fate = workload.nextInt(12);
                End how = fate == 0 ? End.FAIL : fate < 3 ? End.SUSPEND : End.SUCCESS;
                branch.hopeless |= how == End.FAIL;
                branch.pending++;
                site.session.session.branches().end(work, how, reply -> {
                    branch.pending--;
                    if (reply.code() != XaCode.OK) {
                        assertThat(branch.hopeless).as("%s", reply).isTrue();
                    }
                });
                if (how == End.SUSPEND) {
                    begin(site, branch, Start.RESUME);
                }
            }

            private void lose(int dice) {
                if (dice >= sites.length) {
                    return;
                }
                Site lost = sites[dice];
                for (Known branch : branches) {
                    branch.hopeless |= branch.work.remove(lost) != null || !branch.prepared;
                    branch.isOver |= branch.pending > 0 && !branch.prepared;
                }
                lost.session.session.close();
                sites[dice] = new Site(core, queues);
            }

            // ---- verbs

            private void decide(Known branch) {
                if (branch.decisionDone) {
                    forget(branch);
                } else if (branch.commitAsked) {
                    commit(branch);
                } else if (branch.rollbackAsked) {
                    rollBack(branch);
                } else if (branch.isInDoubt()) {
                    int dice = workload.nextInt(10);
                    if (dice < 5) {
                        commit(branch);
                    } else if (dice < 7) {
                        rollBack(branch);
                    } else {
                        administer(branch, dice < 9 ? Decision.COMMIT : Decision.ROLL_BACK);
                    }
                } else if (!branch.prepareAsked && !branch.onePhaseAsked) {
                    int dice = workload.nextInt(10);
                    if (dice < 6) {
                        prepare(branch);
                    } else if (dice < 9) {
                        commitAtOnce(branch);
                    } else {
                        rollBack(branch);
                    }
                }
            }

            private Branches verbs() {
                return manager.session.branches();
            }

            private void prepare(Known branch) {
                branch.prepareAsked = true;
                verbs().prepare(branch.xid, reply -> {
                    branch.prepared = reply.code() == XaCode.OK;
                    branch.prepareAsked = !isTooEarly(branch, reply);
                    if (!branch.prepared && branch.prepareAsked) {
                        rolledBack(branch, reply);
                    }
                });
            }

            /** Whether the broker does not know yet that a connection is lost. */
            private static boolean isTooEarly(Known branch, BranchReply<Void> reply) {
                return reply.code() == XaCode.OUT_OF_ORDER && branch.hopeless;
            }

            private void rolledBack(Known branch, BranchReply<Void> reply) {
                assertThat(branch.hopeless).as("%s %s", branch.xid, reply).isTrue();
                assertThat(reply.code().value()).isBetween(100, 107);
                branch.isOver = true;
            }

            private void commitAtOnce(Known branch) {
                branch.onePhaseAsked = true;
                verbs().commit(branch.xid, true, reply -> {
                    if (reply.code() == XaCode.OK) {
                        count("one phase");
                        over(branch, true);
                    } else if (isTooEarly(branch, reply)) {
                        branch.onePhaseAsked = false;
                    } else {
                        rolledBack(branch, reply);
                    }
                });
            }

            private void commit(Known branch) {
                branch.commitAsked = true;
                verbs().commit(branch.xid, false, reply -> {
                    assertThat(reply.code()).isEqualTo(XaCode.OK);
                    count("two phases");
                    over(branch, true);
                });
            }

            private void rollBack(Known branch) {
                branch.rollbackAsked = true;
                verbs().rollback(branch.xid, reply -> {
                    if (isTooEarly(branch, reply)) {
                        branch.rollbackAsked = false;
                    } else {
                        count("rolled back");
                        assertThat(reply.code()).isEqualTo(XaCode.OK);
                        over(branch, false);
                    }
                });
            }

            private void administer(Known branch, Decision decision) {
                branch.decisionAsked = decision;
                Target target = new Target(Operation.Type.BRANCH, branch.xid.toString());
                manager.session.manage(new Operation.EndBranch(target, decision), reply -> {
                    assertThat(reply).isInstanceOf(Reply.Done.class);
                    count("decided by an administrator");
                    branch.decisionDone = true;
                });
            }

            private void forget(Known branch) {
                branch.forgetAsked = true;
                verbs().forget(branch.xid, reply -> {
                    assertThat(reply.code()).isEqualTo(XaCode.OK);
                    over(branch, branch.decisionAsked == Decision.COMMIT);
                });
            }

            private static void over(Known branch, boolean committed) {
                branch.isOver = true;
                branch.committed = committed;
            }
        }
    }

    private static final class Taker implements ConsumerHandler {
        private final Map<Integer, Copy> copies;
        private final Consumer consumer;
        private final List<Integer> ids = new ArrayList<>();
        private boolean opened;
        private int settled;

        Taker(LocalSession session, String queue, Map<Integer, Copy> copies) {
            this.copies = copies;
            this.consumer = session.openConsumer(
                    new ConsumerSpec(queue, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), this);
        }

        void credit(int more) {
            if (opened) {
                consumer.credit(ids.size() + more, false);
            }
        }

        /** Gives the oldest deliveries an outcome in a branch. */
        void take(int most, Known branch, Transaction work, Random workload) {
            int count = Math.min(ids.size() - settled, most);
            if (count == 0) {
                return;
            }
            boolean accepted = workload.nextInt(4) > 0;
            for (int token = settled; token < settled + count && accepted; token++) {
                copy(ids.get(token)).takers.add(branch);
            }
            Outcome outcome = accepted ? Outcome.ACCEPTED : Outcome.RELEASED;
            consumer.settle(settled, settled + count - 1, outcome, work, workload.nextBoolean());
            settled += count;
        }

        private Copy copy(int id) {
            return Objects.requireNonNull(copies.get(id), () -> "message " + id + " is unknown");
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
            assertThat(copy.sender == null || copy.sender.mayBeCommitted())
                    .as("message %d was committed, or may be", id)
                    .isTrue();
            assertThat(copy.takers)
                    .as("who took message %d", id)
                    .noneMatch(taker -> taker.committed || taker.isInDoubt());
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

    /** Everything it sends is in branches, which get the answers. */
    private static final class AnonymousProducer implements ProducerHandler {
        @Override
        public void opened() {}

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            throw new AssertionError("a send in a branch has no outcome of its own");
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
