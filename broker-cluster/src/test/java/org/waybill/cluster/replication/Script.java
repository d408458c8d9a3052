package org.waybill.cluster.replication;

import java.util.stream.LongStream;

/** A simulated cluster that does what a test says, step by step; nothing else goes wrong. Its coordinator is the test. */
final class Script {
    final Simulation simulation;
    private long operations;

    Script(int nodes, int replicas, Mutation mutation) {
        simulation = new Simulation(42, nodes, mutation);
        simulation.setUp(replicas);
        simulation.runFor(200 * Simulation.MS);
    }

    static Script of(int nodes) {
        return new Script(nodes, nodes, Mutation.NONE);
    }

    SimNode node(int number) {
        return simulation.nodes().get(number);
    }

    Replica replica(int number) {
        return node(number).replica();
    }

    /** A node is told to lead, now. */
    void hint(int number) {
        long epoch = LongStream.range(0, simulation.nodes().size())
                .filter(i -> node((int) i).up)
                .map(i -> replica((int) i).epoch())
                .max()
                .orElse(0);
        hint(number, number, epoch + 1);
    }

    /** A node is told that another should lead. */
    void hint(int told, int number, long epoch) {
        SimNode node = node(told);
        node.run(node.life, () -> node.replica().onHint(new LeaderHint(epoch, node(number).member)));
    }

    /** A node is told to lead, until it does. */
    void elect(int number) {
        hint(number);
        simulation.runUntil("node " + number + " leads", () -> replica(number).isLeading());
        simulation.runUntil("node " + number + " acts", () -> replica(number).mayAct());
    }

    /** Proposes an operation of this many bytes; returns its index. */
    long propose(int number, int bytes) {
        SimNode node = node(number);
        long[] index = {0};
        long operation = ++operations;
        node.run(node.life, () -> index[0] = node.machine().operate(operation, Math.max(Long.BYTES, bytes)));
        return index[0];
    }

    long propose(int number) {
        return propose(number, Long.BYTES);
    }

    /** A node's machine begins a checkpoint. */
    void checkpoint(int number) {
        SimNode node = node(number);
        node.run(node.life, () -> node.machine().checkpoint());
    }

    void kill(int number) {
        node(number).stop(false);
    }

    void start(int number) {
        node(number).start();
    }

    void isolate(int number) {
        simulation.network.isolate(number);
    }

    void cut(int from, int to) {
        simulation.network.cut(from, to);
    }

    void join() {
        simulation.network.join();
    }

    void runFor(long ms) {
        simulation.runFor(ms * Simulation.MS);
    }

    void awaitCommitted(int number, long index) {
        simulation.runUntil(
                "node " + number + " has committed " + index,
                () -> replica(number).commitIndex() >= index);
    }

    /** Whether an index holds an entry of this epoch. */
    boolean has(int number, long index, long epoch) {
        return replica(number).log().epochAt(index) == epoch;
    }
}
