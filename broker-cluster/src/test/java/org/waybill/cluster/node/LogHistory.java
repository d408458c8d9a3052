package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.replication.Entry;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Message;
import org.waybill.cluster.replication.MessageCodec;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicaProbe;
import org.waybill.cluster.replication.Role;

/** What was committed in each shard, as an observer knows who sees all replicas at once, and what must hold of it after every step: I2 to I5, I16. */
final class LogHistory {
    private static final int NEAR = 40;
    private static final int UNKNOWN = 0;

    /** An entry of which this is known; what a node has no more in memory is not looked at there. */
    private record Committed(long epoch, int sum) {
        boolean isSame(Committed other) {
            return (epoch == UNKNOWN || other.epoch == UNKNOWN || epoch == other.epoch)
                    && (sum == UNKNOWN || other.sum == UNKNOWN || sum == other.sum);
        }
    }

    /** One shard's. */
    private static final class Of {
        final List<Committed> log = new ArrayList<>();
        /** By the leader of which epoch each entry was committed first. */
        final List<Long> committedIn = new ArrayList<>();

        final Map<Long, Long> leaders = new HashMap<>();
        final Map<Long, Long> began = new HashMap<>();
        final Map<Long, Long> sworn = new HashMap<>();
        final Map<String, Long> granted = new HashMap<>();
        /** Up to where each node's entries have been looked at in this life. */
        final Map<Integer, Long> seen = new HashMap<>();

        /** The highest of which a leader has committed its barrier. */
        long barrierEpoch;
    }

    private final List<Of> shards = new ArrayList<>();
    private final MessageCodec codec = new MessageCodec();

    LogHistory() {
        for (int i = 0; i < World.SHARDS; i++) {
            shards.add(new Of());
        }
    }

    /** How many leaders there have been. */
    int elections() {
        return shards.stream().mapToInt(of -> of.leaders.size()).sum();
    }

    /** A number that any difference in the course of events would change. */
    long digest() {
        long digest = 0;
        for (Of of : shards) {
            digest = digest * 31 + of.log.hashCode();
            digest = digest * 31 + of.leaders.hashCode();
        }
        return digest;
    }

    void crashed(WorldNode node) {
        shards.forEach(of -> of.seen.remove(node.id()));
    }

    /** Whether a node has nearly all that is committed, and is a member where all that are members are on the nodes there are. */
    boolean isNear(WorldNode node) {
        for (int shard = 0; shard < World.SHARDS; shard++) {
            Replica replica = node.replica(shard);
            if (replica == null
                    || shards.get(shard).log.size() - replica.commitIndex() > NEAR
                    || !node.isWhole(replica.replicas())) {
                return false;
            }
        }
        return true;
    }

    /** Whether all members that a node knows of are on the nodes and disks that there are. */
    boolean isSeated(WorldNode node) {
        for (int shard = 0; shard < World.SHARDS; shard++) {
            Replica replica = node.replica(shard);
            if (replica == null || !node.isWhole(replica.replicas())) {
                return false;
            }
        }
        return true;
    }

    /** Something has happened on a node's shard. */
    void check(WorldNode node, int shard) {
        Replica replica = node.replica(shard);
        if (replica == null) {
            return;
        }
        Of of = shards.get(shard);
        started(of, node, replica);
        for (long i = of.seen.getOrDefault(node.id(), 0L) + 1; i <= replica.commitIndex(); i++) {
            committed(of, node, replica, i);
        }
        of.seen.put(node.id(), replica.commitIndex());
        if (replica.role() == Role.LEADER) {
            leads(of, node, shard, replica);
        }
    }

    /** I5: what was promised is remembered. */
    private static void started(Of of, WorldNode node, Replica replica) {
        if (of.seen.putIfAbsent(node.id(), 0L) == null) {
            long sworn = of.sworn.getOrDefault(replica.self(), 0L);
            WorldHistory.require(
                    replica.epoch() >= sworn,
                    "I5",
                    "node " + node.id() + " has promised " + sworn + " and remembers " + replica.epoch());
        }
    }

    /** I2: committed prefixes agree. */
    private static void committed(Of of, WorldNode node, Replica replica, long index) {
        Committed told = told(replica, index);
        int at = (int) index - 1;
        if (at == of.log.size()) {
            of.log.add(told);
            of.committedIn.add(replica.epoch());
            return;
        }
        WorldHistory.require(at < of.log.size(), "I2", "node " + node.id() + " has committed nothing before " + index);
        Committed known = of.log.get(at);
        WorldHistory.require(known.isSame(told), "I2", "node " + node.id() + " has another entry at " + index);
        if (known.sum == UNKNOWN) {
            of.log.set(at, told);
        }
    }

    private static Committed told(Replica replica, long index) {
        Entry entry = ReplicaProbe.entry(replica, index);
        if (entry == null) {
            return new Committed(ReplicaProbe.epochAt(replica, index), UNKNOWN);
        }
        return new Committed(entry.epoch(), entry.records().hashCode());
    }

    /** I3, I4, I16. */
    private static void leads(Of of, WorldNode node, int shard, Replica replica) {
        long epoch = replica.epoch();
        Long known = of.leaders.putIfAbsent(epoch, replica.self());
        WorldHistory.require(
                known == null || known == replica.self(),
                "I3",
                "shard " + shard + " epoch " + epoch + " has two leaders");
        if (replica.isLeading()) {
            of.barrierEpoch = Math.max(of.barrierEpoch, epoch);
        }
        if (of.began.putIfAbsent(epoch, replica.self()) == null) {
            int before = of.log.size();
            while (before > 0 && of.committedIn.get(before - 1) >= epoch) {
                before--;
            }
            if (before > 0) {
                WorldHistory.require(
                        ReplicaProbe.epochAt(replica, before) == of.log.get(before - 1).epoch,
                        "I4",
                        "node " + node.id() + " leads shard " + shard + " in epoch " + epoch + " without entry "
                                + before);
            }
        }
        WorldHistory.require(
                !replica.mayAct() || epoch >= of.barrierEpoch,
                "I16",
                "node " + node.id() + " acts for shard " + shard + " in epoch " + epoch + " after the barrier of "
                        + of.barrierEpoch);
    }

    /** A node says something: an answer to a candidate or a leader binds it. */
    void sent(int node, int channel, byte[] bytes) {
        if (!Channels.isOfShard(channel) || Channels.kind(channel) != Channels.REPLICATION) {
            return;
        }
        Of of = shards.get(Channels.shard(channel));
        Message message = codec.decode(bytes);
        if (message instanceof Message.AppendReply reply && reply.result() != Message.AppendResult.OUTDATED) {
            of.sworn.merge(reply.from(), reply.epoch(), Math::max);
        }
        if (message instanceof Message.PromiseReply reply && reply.granted() && !reply.trial()) {
            of.sworn.merge(reply.from(), reply.epoch(), Math::max);
            long to = Members.node(MessageCodec.to(bytes));
            @Nullable Long before = of.granted.putIfAbsent(reply.from() + "/" + reply.epoch(), to);
            WorldHistory.require(
                    before == null || before == to, "R1", "node " + node + " promised " + reply.epoch() + " twice");
        }
    }
}
