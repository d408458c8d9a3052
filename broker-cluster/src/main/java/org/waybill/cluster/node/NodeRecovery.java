package org.waybill.cluster.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.waybill.broker.ClusterContext;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.cluster.replication.LogStore;
import org.waybill.journal.ReplayHandler;

/** Finds what a node's shards have in its journal. */
final class NodeRecovery {
    /** What was found of one shard. */
    record Found(LogRecovery recovery, LogStore.Recovered log) {}

    private NodeRecovery() {}

    /** Replays the journal, which can be started then; returns what was found, by the shards' numbers. Blocks; on any thread. */
    static List<Found> run(ClusterContext context, List<ShardReplica> replicas) throws IOException {
        List<ShardRecovery> recovering = new ArrayList<>();
        long from = Long.MAX_VALUE;
        for (ShardReplica replica : replicas) {
            ShardRecovery one = replica.recover();
            recovering.add(one);
            from = Math.min(from, one.log().replayFrom());
        }
        context.journal().replay(from, new All(recovering));
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            ShardReplica replica = replicas.get(i);
            LogRecovery recovery = recovering.get(i).log();
            found.add(new Found(recovery, recovery.recovered()));
            replica.follower().countLive();
            recovery.restoreLive(context.journal());
            context.journal().registerShard(i, replica.loop());
            context.journal().checkpointed(i, recovery.replayFrom());
        }
        return found;
    }

    /** The journal's frames are told to all: each takes its own. */
    private record All(List<ShardRecovery> each) implements ReplayHandler {
        @Override
        public void frame(int shard, long logIndex, long epoch, long commitIndex) {
            if (shard >= each.size()) {
                throw new IllegalStateException("the journal has entries of shard " + shard
                        + ", but this data directory has " + each.size() + " shards");
            }
            each.forEach(one -> one.frame(shard, logIndex, epoch, commitIndex));
        }

        @Override
        public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
            int start = payload.position();
            each.forEach(one -> one.record(type, position, recordBytes, payload.position(start)));
        }
    }
}
