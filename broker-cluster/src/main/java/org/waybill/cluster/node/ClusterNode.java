package org.waybill.cluster.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.broker.Cluster;
import org.waybill.broker.ClusterContext;
import org.waybill.broker.StartFailure;
import org.waybill.cluster.election.ElectionOptions;
import org.waybill.cluster.election.Elections;
import org.waybill.cluster.election.Electorate;
import org.waybill.cluster.election.Standing;
import org.waybill.cluster.hazelcast.HazelcastElections;
import org.waybill.cluster.hazelcast.HazelcastOptions;
import org.waybill.cluster.hazelcast.Seat;
import org.waybill.cluster.replication.JournalStore;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.cluster.replication.LogStore;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.ClusterSettings;
import org.waybill.journal.ReplayHandler;
import org.waybill.shard.Follower;
import org.waybill.spi.BrokerError;

/** A broker as a node of its cluster: what it is made of, from its start to its end. */
final class ClusterNode implements Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long TICK_NS = 50_000_000;
    private static final long TIMEOUT_S = 20;
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int DISK_SHIFT = 16;

    private final ClusterContext context;
    private final ClusterSettings settings;
    private final ReplicationOptions options;
    private final Electorate electorate;
    private final List<ShardReplica> replicas = new ArrayList<>();
    private final Transport transport;
    private final Leaders leaders;
    private final long self;
    private volatile @Nullable Elections elections;
    private volatile boolean stopped;

    private ClusterNode(ClusterContext context) {
        this.context = context;
        this.settings = context.settings().cluster().orElseThrow();
        this.options = ReplicationSettings.of(settings);
        this.electorate = new Electorate(
                settings.self().id(),
                settings.nodes().stream().map(each -> each.id()).toList(),
                context.shards().count());
        this.self = member(settings.self().id(), context.brokerId());
        this.transport = new Transport(settings, context.shards(), replicas);
        this.leaders = new Leaders(
                context, transport, replicas, new Succession(options), new Placement(electorate, SETTLE_NS), self);
        for (int i = 0; i < context.shards().count(); i++) {
            replicas.add(new ShardReplica(context, transport, leaders, i));
        }
    }

    /** The name of what a node is with this data directory. */
    static long member(int node, String brokerId) {
        return Members.of(node, disk(brokerId));
    }

    /** 48 bits by which a data directory is known. */
    private static long disk(String brokerId) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < brokerId.length(); i++) {
            hash = (hash ^ brokerId.charAt(i)) * 0x100000001B3L;
        }
        long disk = (hash ^ hash >>> DISK_SHIFT) & 0xFFFFFFFFFFFFL;
        return disk == 0 ? 1 : disk;
    }

    static ClusterNode start(ClusterContext context) {
        ClusterNode node = new ClusterNode(context);
        try {
            node.recover();
        } catch (IOException failure) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE, "the journal cannot be used: " + failure.getMessage());
        }
        node.transport.open(context.vertx(), context.clock(), node.leaders);
        node.leaders.begin();
        node.elections = node.elect();
        return node;
    }

    // ---- the start

    private void recover() throws IOException {
        List<ShardRecovery> recovering = new ArrayList<>();
        long from = Long.MAX_VALUE;
        for (ShardReplica replica : replicas) {
            ShardRecovery one = replica.recover();
            recovering.add(one);
            from = Math.min(from, one.log().replayFrom());
        }
        context.journal().replay(from, new All(recovering));
        List<LogStore.Recovered> found = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            ShardReplica replica = replicas.get(i);
            found.add(recovering.get(i).log().recovered());
            replica.follower().countLive();
            recovering.get(i).log().restoreLive(context.journal());
            context.journal().registerShard(i, replica.loop());
            context.journal().checkpointed(i, recovering.get(i).log().replayFrom());
        }
        context.journal().start(context::failed);
        CountDownLatch begun = new CountDownLatch(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            begin(replicas.get(i), recovering.get(i).log(), found.get(i), begun);
        }
        await(begun);
    }

    private void begin(ShardReplica replica, LogRecovery recovery, LogStore.Recovered found, CountDownLatch begun) {
        int number = replica.number();
        JournalStore store =
                new JournalStore(context.journal(), number, replica.loop(), Follower::isRetained, recovery);
        replica.loop().execute(() -> {
            Replica made = new Replica(
                    self,
                    options,
                    store,
                    found,
                    replica,
                    replica,
                    context.clock(),
                    RandomGenerator.of("L64X128MixRandom"));
            made.order(electorate.order(number));
            made.coordinated(this::isCoordinated);
            replica.begin(made);
            made.join(electorate.nodes().stream()
                    .mapToInt(Integer::intValue)
                    .filter(id -> id != electorate.self())
                    .toArray());
            begun.countDown();
            tick(replica);
        });
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

    private void tick(ShardReplica replica) {
        if (!stopped) {
            replica.tick();
            Elections running = elections;
            if (running != null) {
                running.observe(replica.number(), Standing.of(replica.replica()));
            }
            replica.loop().schedule(TICK_NS, () -> tick(replica));
        }
    }

    private boolean isCoordinated() {
        Elections running = elections;
        return running != null && running.answers();
    }

    private Elections elect() {
        List<Seat> seats = settings.nodes().stream()
                .map(each -> new Seat(each.id(), each.host(), each.electionPort()))
                .toList();
        ElectionOptions times = ElectionOptions.of(TimeUnit.MILLISECONDS.toNanos(settings.failoverMs()));
        HazelcastOptions usually =
                HazelcastOptions.of(settings.name(), settings.self().id(), seats, replicas.size());
        HazelcastOptions of = new HazelcastOptions(
                usually.cluster(),
                usually.self(),
                usually.seats(),
                usually.shards(),
                times,
                usually.resetMs(),
                usually.restartMs());
        return HazelcastElections.start(
                of,
                context.clock(),
                (shard, hint) -> {
                    ShardReplica replica = replicas.get(shard);
                    replica.loop().execute(() -> replica.replica().onHint(hint));
                },
                Runnable::run);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // ---- administration

    @Override
    public CompletionStage<List<Map<String, Object>>> nodes() {
        Elections running = elections;
        return leaders.nodes(running == null ? List.of() : running.status().electors());
    }

    @Override
    public CompletionStage<List<Map<String, Object>>> shards() {
        return leaders.shards();
    }

    @Override
    public CompletionStage<Optional<BrokerError>> moveLeader(int shard, String node) {
        Optional<org.waybill.config.ClusterNode> to = settings.nodes().stream()
                .filter(each -> each.name().equals(node))
                .findFirst();
        if (to.isEmpty()) {
            return refused("the cluster has no node " + node);
        } else if (isUnknown(shard)) {
            return unknown(shard);
        }
        return leaders.move(shard, to.get().id());
    }

    @Override
    public CompletionStage<Optional<BrokerError>> acceptLoss(int shard) {
        if (isUnknown(shard)) {
            return unknown(shard);
        }
        CompletableFuture<Optional<BrokerError>> done = new CompletableFuture<>();
        ShardReplica replica = replicas.get(shard);
        replica.loop().execute(() -> done.complete(replica.acceptLoss()));
        return done;
    }

    private boolean isUnknown(int shard) {
        return shard < 0 || shard >= replicas.size();
    }

    private CompletionStage<Optional<BrokerError>> unknown(int shard) {
        return refused("the shards are 0 to " + (replicas.size() - 1) + ", not " + shard);
    }

    private static CompletionStage<Optional<BrokerError>> refused(String why) {
        return CompletableFuture.completedStage(Optional.of(new BrokerError(BrokerError.Code.NOT_FOUND, why)));
    }

    // ---- the end

    @Override
    public void leave() {
        await(leaders.leave(), "hand-over");
    }

    @Override
    public void stop() {
        stopped = true;
        Elections running = elections;
        if (running != null) {
            await(running.close(), "elections");
        }
        await(transport.close(), "links");
    }

    private static void await(CompletionStage<?> end, String what) {
        try {
            end.toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warn("WB3020 the {} did not end cleanly: {}", what, failure.toString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
