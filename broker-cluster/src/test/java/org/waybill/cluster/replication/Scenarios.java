package org.waybill.cluster.replication;

/** Courses of events that chance seldom finds, for the tests of the rules and of their mutations. */
final class Scenarios {
    private Scenarios() {}

    /** Figure 8 of the Raft paper: an old entry on a majority is not committed, and may still be replaced. */
    static void figureEight(Mutation mutation) {
        Script script = new Script(3, 3, mutation);
        script.elect(0);
        script.awaitCommitted(1, script.propose(0));
        script.awaitCommitted(2, script.replica(0).lastIndex());
        script.isolate(0);
        long old = script.propose(0, 300);
        script.runFor(50);
        script.kill(0);
        script.join();
        // node 2 leads with node 1, and its barrier gets nowhere
        script.runFor(1_000);
        script.hint(2);
        script.simulation.runUntil("node 2 leads", () -> script.replica(2).role() == Role.LEADER);
        script.isolate(2);
        script.runFor(50);
        script.kill(2);
        // node 0 leads with node 1, which gets the old entry and not the barrier behind it
        script.join();
        script.start(0);
        script.runFor(1_000);
        script.hint(0);
        script.simulation.runUntil(
                "node 1 has the old entry", () -> script.replica(1).lastIndex() >= old);
        script.cut(0, 1);
        script.runFor(50);
        script.kill(0);
        // node 2's log is of a higher epoch than node 1's: the old entry goes
        script.start(2);
        script.join();
        script.runFor(1_000);
        script.elect(2);
        script.start(0);
        script.awaitCommitted(0, script.replica(2).lastIndex());
        script.awaitCommitted(1, script.replica(2).lastIndex());
    }

    /** A donor that has promised itself to another candidate, and has its entries, does not serve the former one. */
    static void donorMovesOn(Mutation mutation) {
        Script script = new Script(3, 3, mutation);
        script.elect(1);
        script.awaitCommitted(2, script.propose(1));
        script.isolate(0);
        script.awaitCommitted(2, script.propose(1));
        script.runFor(300);
        script.kill(1);
        script.kill(2);
        script.start(1);
        script.start(2);
        script.runFor(1_000);
        // node 0 gets the promise of node 1, and cannot fetch
        script.join();
        script.cut(0, 2);
        script.cut(2, 0);
        script.hint(0);
        script.simulation.runUntil(
                "node 0 asks for promises", () -> script.replica(0).role() == Role.CANDIDATE);
        long epoch = script.replica(0).epoch();
        script.simulation.runUntil(
                "node 1 has promised", () -> script.replica(1).epoch() == epoch);
        script.cut(0, 1);
        script.hint(2);
        script.simulation.runUntil("node 2 leads", () -> script.replica(2).isLeading());
        script.join();
        script.cut(0, 2);
        script.cut(2, 0);
        script.runFor(3_000);
        script.join();
        script.runFor(3_000);
        int leader = script.replica(2).isLeading() ? 2 : script.replica(1).isLeading() ? 1 : 0;
        script.awaitCommitted(0, script.propose(leader));
    }

    /** A leader that is outdated, and does not know, takes nothing away from those who have promised a higher epoch. */
    static void outdatedLeaderWritesOn(Mutation mutation) {
        Script script = new Script(3, 3, mutation);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        script.runFor(100);
        script.isolate(0);
        script.propose(0);
        script.propose(0);
        script.runFor(950);
        script.hint(1);
        script.simulation.runUntil("node 1 leads", () -> script.replica(1).isLeading());
        long index = script.propose(1);
        script.simulation.runUntil(
                "node 2 has it", () -> script.replica(2).log().forcedIndex() >= index);
        script.cut(1, 2);
        script.awaitCommitted(1, index);
        script.join();
        script.cut(1, 2);
        script.cut(0, 1);
        script.cut(1, 0);
        script.runFor(1_300);
        script.kill(1);
        script.join();
        script.runFor(1_000);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
    }

    /** A checkpoint of a leader that shows what nobody will ever commit is not ended when others have come in its place. */
    static void checkpointOfADeposedLeader(Mutation mutation) {
        Script script = new Script(3, 3, mutation);
        script.elect(0);
        script.awaitCommitted(0, script.propose(0));
        script.isolate(0);
        script.propose(0);
        script.checkpoint(0);
        script.runFor(1_200);
        script.elect(1);
        script.propose(1);
        long index = script.propose(1);
        script.join();
        script.awaitCommitted(0, index);
        script.runFor(500);
        script.kill(0);
        script.start(0);
        script.awaitCommitted(0, index);
    }

    /** A snapshot that shows what is not committed is not given away, even if that is never committed then. */
    static void snapshotOfUncommitted(Mutation mutation) {
        Script script = catchingUpWithoutMajority(mutation);
        script.simulation.runUntil(
                "node 2 has a snapshot", () -> script.replica(2).commitIndex() > 200);
        script.isolate(0);
        script.runFor(1_200);
        script.elect(1);
        script.propose(1);
        script.awaitCommitted(2, script.propose(1));
    }

    /** Node 0 leads and cannot commit without node 2, which needs a snapshot, which would show what is not committed. */
    static Script catchingUpWithoutMajority(Mutation mutation) {
        Script script = behindTheTail(mutation);
        script.cut(0, 1);
        script.cut(1, 0);
        script.propose(0);
        script.start(2);
        return script;
    }

    /** Node 0 leads, with node 1; node 2 is down, and lacks more than is kept for it. */
    static Script behindTheTail(Mutation mutation) {
        Script script = new Script(3, 3, mutation);
        script.elect(0);
        script.kill(2);
        for (int i = 0; i < 200; i++) {
            script.propose(0, 60);
            script.runFor(2);
        }
        script.awaitCommitted(1, script.replica(0).lastIndex());
        return script;
    }

    /** A set does not grow by two at once: majorities of three and of five need not meet. */
    static void growsByTwo(Mutation mutation) {
        Script script = new Script(5, 3, mutation);
        script.elect(0);
        script.awaitCommitted(2, script.propose(0));
        script.simulation.nodes().forEach(node -> {
            if (node.number == 1 || node.number == 2) {
                script.cut(0, node.number);
            }
        });
        SimNode leader = script.node(0);
        leader.run(leader.life, () -> {
            leader.replica().admit(3);
            leader.replica().admit(4);
        });
        // a leader that is not heard by two of its three, and two that ask to count while it sleeps
        leader.frozenUntilNs = script.simulation.nowNs() + 400 * Simulation.MS;
        script.runFor(900);
        for (int other : new int[] {0, 3, 4}) {
            for (int old : new int[] {1, 2}) {
                script.cut(other, old);
                script.cut(old, other);
            }
        }
        script.runFor(1_500);
        script.hint(1);
        script.simulation.runUntil("node 1 leads", () -> script.replica(1).isLeading());
        script.propose(1);
        script.runFor(500);
        script.join();
        script.runFor(3_000);
    }
}
