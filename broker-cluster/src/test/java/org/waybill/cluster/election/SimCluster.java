package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Nodes that elect, in one thread and on virtual time. One seed is one course of events. */
final class SimCluster {
    static final long MS = 1_000_000;

    private record Event(long atNs, long number, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    final Random random;
    final SimRegisters registers;
    final List<SimNode> nodes = new ArrayList<>();
    private final int size;
    private final int shards;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final long[] heardNs;
    private long nowNs;
    private long scheduled;
    int changes;

    SimCluster(long seed, int size, int shards) {
        this.random = new Random(seed);
        this.size = size;
        this.shards = shards;
        this.heardNs = new long[shards];
        this.registers = new SimRegisters(this, random);
        for (int i = 1; i <= size; i++) {
            nodes.add(new SimNode(this, i, 0.99 + random.nextDouble() / 50, random.nextLong() >> 2));
        }
        after(10 * MS, this::heartbeat);
    }

    Electorate electorate(int self) {
        return new Electorate(self, IntStream.rangeClosed(1, size).boxed().toList(), shards);
    }

    SimNode node(int number) {
        return nodes.get(number - 1);
    }

    long nowNs() {
        return nowNs;
    }

    void at(long atNs, Runnable task) {
        events.add(new Event(atNs, scheduled++, task));
    }

    void after(long ns, Runnable task) {
        at(nowNs + ns, task);
    }

    void start() {
        for (SimNode node : nodes) {
            after(random.nextInt(300) * MS, node::start);
        }
    }

    void runFor(long ms) {
        long untilNs = nowNs + ms * MS;
        while (!events.isEmpty() && events.element().atNs() <= untilNs) {
            Event next = events.remove();
            nowNs = next.atNs();
            next.task().run();
        }
        nowNs = untilNs;
    }

    /** Runs until something holds, and returns after how many milliseconds it did. */
    long runUntil(String what, BooleanSupplier condition) {
        long fromNs = nowNs;
        while (!condition.getAsBoolean()) {
            if (nowNs - fromNs > 30_000 * MS) {
                throw new AssertionError(what + ": " + describe());
            }
            runFor(5);
        }
        return (nowNs - fromNs) / MS;
    }

    // ---- the replicas, roughly

    boolean isFine(SimNode node) {
        return node.up && !node.cutOff && nowNs >= node.frozenUntilNs;
    }

    boolean hasMajority(SimNode node) {
        return isFine(node) && nodes.stream().filter(this::isFine).count() > size / 2;
    }

    /** The node whose replica leads a shard, and may act. */
    @Nullable
    SimNode leader(int shard) {
        SimNode best = null;
        for (SimNode node : nodes) {
            boolean leads = node.replicas.get(shard).leads && hasMajority(node) && !node.replicas.get(shard).stuck;
            if (leads && (best == null || best.replicas.get(shard).epoch < node.replicas.get(shard).epoch)) {
                best = node;
            }
        }
        return best;
    }

    boolean hears(SimNode node, int shard) {
        return isFine(node) && nowNs - node.replicas.get(shard).heardNs < 800 * MS;
    }

    /** Whether whoever has answered a leader holds to it still. */
    boolean isHeld(int shard) {
        return leader(shard) != null && nowNs - heardNs[shard] < 800 * MS;
    }

    void leads(SimNode leader, int shard) {
        changes++;
        for (SimNode node : nodes) {
            if (isFine(node)) {
                node.replicas.get(shard).leads = node == leader;
                node.replicas.get(shard).heardNs = nowNs;
                node.replicas.get(shard).epoch =
                        Math.max(node.replicas.get(shard).epoch, leader.replicas.get(shard).epoch);
            }
        }
        heardNs[shard] = nowNs;
    }

    private void heartbeat() {
        for (int shard = 0; shard < shards; shard++) {
            SimNode leader = leader(shard);
            if (leader != null) {
                heardNs[shard] = nowNs;
                for (SimNode node : nodes) {
                    if (isFine(node)) {
                        node.replicas.get(shard).heardNs = nowNs;
                    }
                    boolean old = node != leader && node.replicas.get(shard).leads;
                    if (old && isFine(node)) {
                        node.replicas.get(shard).leads = false;
                    }
                }
            }
        }
        after(50 * MS, this::heartbeat);
    }

    boolean allLed() {
        return IntStream.range(0, shards).allMatch(shard -> leader(shard) != null);
    }

    Claim claim(int shard) {
        return Claim.decode(registers.value(Election.claimOf(shard)));
    }

    /** Whether what stands in the registers is what is. */
    boolean isTrue(int shard) {
        SimNode leader = leader(shard);
        return leader != null
                && claim(shard).member() == leader.replicas.get(shard).member
                && claim(shard).epoch() >= leader.replicas.get(shard).epoch;
    }

    boolean allTrue() {
        return IntStream.range(0, shards).allMatch(this::isTrue);
    }

    String describe() {
        StringBuilder text = new StringBuilder("at " + nowNs / MS + " ms");
        for (int shard = 0; shard < shards; shard++) {
            text.append(System.lineSeparator())
                    .append("  shard ")
                    .append(shard)
                    .append(' ')
                    .append(claim(shard));
            for (SimNode node : nodes) {
                text.append(node.up ? " " + node.stance(shard) + "@" + node.replicas.get(shard).epoch : " down");
            }
        }
        return text.toString();
    }
}
