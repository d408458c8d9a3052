package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whole nodes and their clients in one thread, on virtual time: production code from sessions to journals, on simulated disks, a network
 * and registers that do everything they may. One seed is one course of events; the same seed is the same course.
 */
final class World {
    static final long MS = 1_000_000;
    static final int SHARDS = 3;

    private static final long PATIENCE_MS = 60_000;
    /** What could not be moved to the dead letters is tried again after ten seconds. */
    private static final long SETTLE_MS = 13_000;

    private static final boolean TRACE = Boolean.getBoolean("waybill.trace");

    private record Event(long atNs, long number, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<WorldNode> nodes = new ArrayList<>();
    private final Random random;
    private final WorldNetwork network;
    private final WorldRegisters registers;
    private final WorldHistory history = new WorldHistory();
    private final LogHistory logs = new LogHistory();
    private final WorldClients clients;
    private final WorldFaults faults;
    private long nowNs;
    private long scheduled;
    private long steps;
    private boolean calm = true;

    World(long seed, int size) {
        this.random = new Random(seed);
        this.network = new WorldNetwork(this, size);
        this.registers = new WorldRegisters(this);
        for (int i = 0; i < size; i++) {
            nodes.add(new WorldNode(this, i + 1, size));
        }
        this.clients = new WorldClients(this);
        this.faults = new WorldFaults(this);
    }

    Random random() {
        return random;
    }

    List<WorldNode> nodes() {
        return nodes;
    }

    WorldNetwork network() {
        return network;
    }

    WorldRegisters registers() {
        return registers;
    }

    /** Whether some node may have refused messages since then, because its disk was full. */
    boolean wasFullSince(long ns) {
        return nodes.stream().anyMatch(node -> node.wasFullSince(ns));
    }

    WorldHistory history() {
        return history;
    }

    LogHistory logs() {
        return logs;
    }

    WorldClients clients() {
        return clients;
    }

    long nowNs() {
        return nowNs;
    }

    long steps() {
        return steps;
    }

    /** Whether nothing goes wrong, before the first fault and after the last. */
    boolean isCalm() {
        return calm;
    }

    /** A cluster begins, works for some seconds with faults, then without: everything must be as its clients were told by then. */
    void run() {
        begin();
        clients.begin();
        forMs(200 + random.nextInt(1_000));
        calm = false;
        faults.next();
        forMs(4_000 + random.nextInt(10_000));
        heal();
        until("every shard is led and all replicas have everything", this::isWhole);
        clients.finish();
        until("clients have all their answers", clients::isDone);
        clients.leave();
        forMs(SETTLE_MS);
        new WorldInspection(this).run();
        faults.moveEveryLeader();
    }

    /** All nodes start, and a cluster begins. */
    void begin() {
        nodes.forEach(WorldNode::start);
        until("a cluster begins", this::isLed);
    }

    private void heal() {
        trace(() -> "no more faults");
        calm = true;
        network.heal();
        registers.mood(WorldRegisters.Mood.SOUND);
        nodes.forEach(WorldNode::heal);
    }

    /** Whether each shard is led, and every node knows by whom. */
    private boolean isLed() {
        for (int shard = 0; shard < SHARDS; shard++) {
            int number = shard;
            if (nodes.stream().noneMatch(node -> node.leads(number))
                    || nodes.stream().anyMatch(node -> !node.knowsLeader(number))) {
                return false;
            }
        }
        return true;
    }

    private boolean isWhole() {
        return isLed() && nodes.stream().allMatch(node -> logs.isNear(node));
    }

    // ---- time

    void at(long atNs, Runnable task) {
        events.add(new Event(atNs, scheduled++, task));
    }

    void after(long ns, Runnable task) {
        at(nowNs + ns, task);
    }

    void forMs(long ms) {
        long untilNs = nowNs + ms * MS;
        while (!events.isEmpty() && events.element().atNs() <= untilNs) {
            step();
        }
        nowNs = untilNs;
    }

    /** Runs until something holds; fails if it does not within a minute. */
    void until(String what, BooleanSupplier condition) {
        long deadlineNs = nowNs + PATIENCE_MS * MS;
        while (!condition.getAsBoolean()) {
            WorldHistory.require(nowNs < deadlineNs, "progress", what + System.lineSeparator() + describe());
            forMs(20);
        }
        trace(() -> what);
    }

    private void step() {
        Event next = events.remove();
        nowNs = Math.max(nowNs, next.atNs());
        steps++;
        next.task().run();
    }

    void trace(Supplier<String> what) {
        if (TRACE) {
            System.out.printf("%,15d us %s%n", nowNs / 1_000, what.get());
        }
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (WorldNode node : nodes) {
            text.append(node.describe()).append(System.lineSeparator());
        }
        return text.append(clients.describe()).toString();
    }
}
