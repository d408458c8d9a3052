package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an observer who sees all nodes at once knows, and what must hold of it after every step. */
final class History {
    /** The sum of a state that may have some of what follows already. */
    static final long NOT_EXACT = Long.MIN_VALUE;

    private record Committed(long epoch, long sum, long stateSum) {
        boolean isSame(Committed other) {
            boolean exact = stateSum != NOT_EXACT && other.stateSum != NOT_EXACT;
            return epoch == other.epoch && sum == other.sum && (!exact || stateSum == other.stateSum);
        }
    }

    /** By the leader of which epoch each entry was committed first. */
    private final List<Long> committedIn = new ArrayList<>();

    private final List<Committed> log = new ArrayList<>();
    private final Map<Long, Long> leaders = new HashMap<>();
    private final Map<Long, Long> sworn = new HashMap<>();
    private final Map<String, Long> granted = new HashMap<>();
    private final Set<Long> lost = new HashSet<>();
    private ReplicaSet replicas = ReplicaSet.NOBODY;
    private long barrierEpoch;
    int elections;
    int snapshots;
    int operations;

    ReplicaSet replicas() {
        return replicas;
    }

    long size() {
        return log.size();
    }

    /** A number that any difference in the course of events would change. */
    long digest() {
        return log.hashCode() * 31L + leaders.hashCode();
    }

    /** How many of the members that count have lost their disks. */
    int lostMembers() {
        int count = 0;
        for (long member : replicas.toArray()) {
            if (lost.contains(member)) {
                count++;
            }
        }
        return count;
    }

    int lostDisks() {
        return lost.size();
    }

    void lost(long member) {
        lost.add(member);
    }

    void forgetPromises(long member) {
        sworn.remove(member);
        granted.keySet().removeIf(key -> key.startsWith(member + "/"));
    }

    /** I2: committed prefixes agree. */
    void committed(SimNode node, Entry entry, long sum, long stateSum) {
        int at = (int) entry.index() - 1;
        Committed told = new Committed(entry.epoch(), sum, stateSum);
        if (at < log.size()) {
            require(log.get(at).isSame(told), "I2", "node " + node.number + " has another entry " + entry);
            return;
        }
        require(at == log.size(), "I2", "node " + node.number + " committed " + entry + " before those before it");
        log.add(told);
        committedIn.add(node.replica().epoch());
        if (entry.type() == Entry.BARRIER) {
            barrierEpoch = Math.max(barrierEpoch, entry.epoch());
        } else if (entry.type() == SimMachine.OPERATION) {
            operations++;
        }
        ReplicaSet set = entry.replicaSet();
        if (set != null) {
            replicas = set;
        }
    }

    /** I9: a snapshot or a checkpoint is the state at its index. */
    void restored(SimNode node, long index, long sum, long stateSum) {
        snapshots++;
        if (index == 0) {
            return;
        }
        Committed known = log.get((int) index - 1);
        require(
                known.isSame(new Committed(known.epoch(), sum, stateSum)),
                "I9",
                "node " + node.number + " restored another state of " + index);
    }

    void leading(SimNode node, long epoch) {
        elections++;
        require(leaders.get(epoch) == node.member, "I3", "epoch " + epoch + " is led by two");
    }

    /** I5: what was promised is remembered. */
    void started(SimNode node, Promise promise) {
        require(
                promise.epoch() >= sworn.getOrDefault(node.member, 0L),
                "I5",
                "node " + node.number + " has promised " + sworn.get(node.member) + " and remembers " + promise);
    }

    void sent(SimNode node, int to, Message message) {
        if (message instanceof Message.AppendReply m && m.result() != Message.AppendResult.OUTDATED) {
            sworn.merge(node.member, m.epoch(), Math::max);
        }
        if (message instanceof Message.PromiseReply m && m.granted() && !m.trial()) {
            sworn.merge(node.member, m.epoch(), Math::max);
            Long before = granted.putIfAbsent(node.member + "/" + m.epoch(), (long) to);
            require(before == null || before == to, "R1", "node " + node.number + " promised " + m.epoch() + " twice");
        }
    }

    /** I3, I4, I16, after every step. */
    void check(Simulation simulation) {
        for (SimNode node : simulation.nodes()) {
            if (node.up && !node.frozen() && node.replica().role() == Role.LEADER) {
                check(node, node.replica());
            }
        }
    }

    private void check(SimNode node, Replica replica) {
        Long known = leaders.putIfAbsent(replica.epoch(), node.member);
        require(known == null || known == node.member, "I3", "epoch " + replica.epoch() + " has two leaders");
        int before = known == null ? log.size() : 0;
        while (before > 0 && committedIn.get(before - 1) >= replica.epoch()) {
            before--;
        }
        if (before > 0) {
            require(
                    replica.log().epochAt(before) == log.get(before - 1).epoch(),
                    "I4",
                    "node " + node.number + " leads epoch " + replica.epoch() + " without entry " + before);
        }
        if (replica.mayAct()) {
            require(
                    replica.epoch() >= barrierEpoch,
                    "I16",
                    "node " + node.number + " acts in epoch " + replica.epoch() + " after the barrier of "
                            + barrierEpoch);
        }
    }

    static void require(boolean condition, String invariant, String what) {
        if (!condition) {
            throw new AssertionError(invariant + ": " + what);
        }
    }
}
