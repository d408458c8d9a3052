package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A cluster in one thread, on virtual time: production code on simulated disks, a network and a coordinator that do everything
 * they may. One seed is one course of events; the same seed is the same course.
 */
final class Simulation {
    static final long MS = 1_000_000;

    private static final long TICK_NS = 50 * MS;
    private static final long POLL_NS = 200 * MS;

    private record Event(long atNs, long number, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final Random random;
    private final Mutation mutation;
    private final History history = new History();
    private final List<SimNode> nodes = new ArrayList<>();
    private final SimCoordinator coordinator = new SimCoordinator();
    private final SimCoordinator.View[] views;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final MessageCodec codec = new MessageCodec();
    final SimNetwork network;
    private final Faults faults;
    private long nowNs;
    private long scheduled;
    private long operations;
    private boolean calm;
    /** How many operations want to know when they are received. */
    private final int inMemoryPerMille;

    long steps;

    Simulation(long seed, int size, Mutation mutation) {
        this.random = new Random(seed);
        this.mutation = mutation;
        this.network = new SimNetwork(size);
        this.views = new SimCoordinator.View[size];
        for (int i = 0; i < size; i++) {
            nodes.add(new SimNode(this, i, random));
            views[i] = new SimCoordinator.View();
        }
        this.faults = new Faults(this, coordinator);
        this.inMemoryPerMille = random.nextBoolean() ? 0 : random.nextInt(1_000);
    }

    Random random() {
        return random;
    }

    Mutation mutation() {
        return mutation;
    }

    History history() {
        return history;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    long nowNs() {
        return nowNs;
    }

    int[] others(int number) {
        return IntStream.range(0, nodes.size()).filter(i -> i != number).toArray();
    }

    /** A life of some seconds with faults, then a time without: everything that was lost must have been found by then. */
    void run(long chaosNs) {
        setUp(random.nextBoolean() ? 3 : nodes.size());
        work();
        after(500 * MS, faults::next);
        runUntil(chaosNs);
        heal();
        converge();
    }

    /** The first replicas begin the log; all else is scheduled from here. */
    void setUp(int replicas) {
        long[] first =
                nodes.stream().limit(replicas).mapToLong(node -> node.member).toArray();
        for (SimNode node : nodes) {
            node.start();
            if (node.number < replicas) {
                node.run(node.life, () -> node.replica().bootstrap(ReplicaSet.of(first)));
            }
            tick(node);
        }
    }

    /** Whether the coordinator answers. */
    boolean isCoordinated() {
        return coordinator.mood != SimCoordinator.Mood.SILENT;
    }

    /** The coordinator is asked, and clients have something to do. */
    void work() {
        nodes.forEach(this::poll);
        propose();
    }

    void runUntil(long untilNs) {
        Event next = events.peek();
        while (next != null && next.atNs() <= untilNs) {
            events.poll();
            nowNs = Math.max(nowNs, next.atNs());
            steps++;
            next.task().run();
            next = events.peek();
        }
        nowNs = Math.max(nowNs, untilNs);
    }

    void runFor(long ns) {
        runUntil(nowNs + ns);
    }

    void at(long atNs, Runnable task) {
        events.add(new Event(atNs, scheduled++, task));
    }

    void after(long ns, Runnable task) {
        at(nowNs + ns, task);
    }

    boolean isCalm() {
        return calm;
    }

    void crash(SimNode node, boolean powerLoss) {
        if (node.up) {
            node.stop(powerLoss);
            after(100 * MS + random.nextInt(2_000) * MS, () -> restart(node));
        }
    }

    void restart(SimNode node) {
        if (!node.up) {
            node.start();
        }
    }

    void send(SimNode from, int bornIn, long toMember, Message message) {
        if (!from.up || from.life != bornIn) {
            return;
        }
        int to = Members.node(toMember);
        if (nowNs > Long.getLong("waybill.trace", Long.MAX_VALUE / MS) * MS) {
            System.out.println(nowNs / 1000 + " " + from.number + " to " + to + " " + message);
        }
        history.sent(from, to, message);
        byte[] bytes = codec.encode(0, toMember, message);
        int copies = network.copies(from.number, to, random);
        for (int i = 0; i < copies; i++) {
            after(network.delayNs(random), () -> deliver(from.number, to, bytes));
        }
    }

    private void deliver(int from, int to, byte[] bytes) {
        SimNode node = nodes.get(to);
        if (node.up && !network.isCut(from, to)) {
            node.run(node.life, () -> node.replica().onMessage(MessageCodec.to(bytes), codec.decode(bytes)));
        }
    }

    /** Runs until something holds; fails if it does not within a minute. */
    void runUntil(String what, BooleanSupplier condition) {
        long deadlineNs = nowNs + 60_000 * MS;
        while (!condition.getAsBoolean()) {
            History.require(nowNs < deadlineNs && !events.isEmpty(), "progress", what + ": " + describe());
            runUntil(Math.max(nowNs, events.element().atNs()));
        }
    }

    private void tick(SimNode node) {
        after(TICK_NS - 5 * MS + random.nextInt(10_000_000), () -> {
            if (node.up) {
                node.run(node.life, () -> node.replica().tick());
            }
            tick(node);
        });
    }

    private void poll(SimNode node) {
        after(POLL_NS, () -> {
            if (node.up && !node.frozen()) {
                SimCoordinator.Lease lease = coordinator.poll(node, views[node.number], random);
                if (lease != null && lease.leader() != Members.NONE) {
                    node.run(node.life, () -> node.replica().onHint(new LeaderHint(lease.epoch(), lease.leader())));
                } else if (lease != null && mutation.deletesWithoutHint()) {
                    node.stop(false);
                    node.replaceDisk();
                    node.start();
                }
            }
            poll(node);
        });
    }

    /** Whoever believes to lead gets some operations at a time; sometimes many at once. */
    private void propose() {
        after((5 + random.nextInt(60)) * MS, () -> {
            for (SimNode node : nodes) {
                if (node.up && !node.frozen()) {
                    node.run(node.life, () -> operate(node, random.nextInt(10) == 0 ? 12 : 1));
                }
            }
            propose();
        });
    }

    private void operate(SimNode node, int count) {
        Replica replica = node.replica();
        for (int i = 0; i < count && replica.isLeading() && replica.mayAct() && !replica.isBacklogged(); i++) {
            boolean inMemory = inMemoryPerMille > random.nextInt(1_000);
            node.machine().operate(++operations, Long.BYTES + random.nextInt(60), inMemory);
        }
    }

    /** No more faults; everybody is up and hears everybody. */
    void heal() {
        calm = true;
        network.heal();
        coordinator.mood = SimCoordinator.Mood.SOUND;
        for (SimNode node : nodes) {
            node.frozenUntilNs = 0;
            node.diskStalls = false;
            node.disk.usableSpaceBytes(Long.MAX_VALUE / 2);
            node.disk.crashBefore(Long.MAX_VALUE / 2);
            restart(node);
        }
    }

    /** Within a bounded time one leads, everybody who counts has everything, and new operations are committed. */
    private void converge() {
        long deadlineNs = nowNs + 30_000 * MS;
        boolean done = false;
        while (!done && nowNs < deadlineNs) {
            runFor(500 * MS);
            acceptLoss();
            done = isConverged();
        }
        History.require(done, "progress", "30 s after the last fault: " + describe());
        long before = history.operations;
        runFor(2_000 * MS);
        History.require(history.operations > before, "progress", "nothing is committed any more: " + describe());
    }

    /** A disk is gone for ever, and with it perhaps the only vote that those who remain are waiting for. */
    private void acceptLoss() {
        if (history.lostMembers() > 0) {
            history.forgive();
            nodes.stream()
                    .filter(node -> node.up)
                    .forEach(node -> node.run(node.life, () -> node.replica().acceptLoss()));
        }
    }

    private boolean isConverged() {
        long leaders = nodes.stream()
                .filter(node ->
                        node.up && node.replica().isLeading() && node.replica().mayAct())
                .count();
        boolean seated = Arrays.stream(history.replicas().toArray())
                .allMatch(member -> nodes.get(Members.node(member)).member == member);
        boolean near = nodes.stream()
                .filter(node -> history.replicas().contains(node.member))
                .allMatch(node -> node.up && history.size() - node.machine().index() < 40);
        return leaders == 1 && seated && near;
    }

    String describe() {
        StringBuilder text = new StringBuilder("committed " + history.size() + ", replicas " + history.replicas());
        for (SimNode node : nodes) {
            text.append(System.lineSeparator()).append("  node ").append(node.number);
            if (node.up) {
                Replica replica = node.replica();
                text.append(" member ").append(node.member);
                text.append(' ').append(replica.role()).append(" epoch ").append(replica.epoch());
                text.append(" follows ")
                        .append(replica.leader())
                        .append(" log ")
                        .append(replica.lastIndex());
                text.append(" commit ")
                        .append(replica.commitIndex())
                        .append(" of ")
                        .append(replica.replicas());
            } else {
                text.append(" is down");
            }
        }
        return text.toString();
    }
}
