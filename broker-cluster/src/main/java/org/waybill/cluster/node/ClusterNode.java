package org.waybill.cluster.node;

import java.io.IOException;
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
import java.util.function.Supplier;
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
import org.waybill.cluster.link.Carrier;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.replication.JournalStore;
import org.waybill.cluster.replication.LeaderHint;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.cluster.replication.LogStore;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.ClusterSettings;
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
    private final Supplier<RandomGenerator> chances;
    private volatile @Nullable Elections elections;
    private volatile boolean stopped;

    /**
     * A node of which nothing is recovered yet.
     *
     * @param chances gives each replica its chance, for delays
     */
    ClusterNode(ClusterContext context, ReplicationOptions options, Supplier<RandomGenerator> chances) {
        this.context = context;
        this.settings = context.settings().cluster().orElseThrow();
        this.options = options;
        this.chances = chances;
        this.electorate = new Electorate(
                settings.self().id(),
                settings.nodes().stream().map(each -> each.id()).toList(),
                context.shards().count());
        this.self = member(settings.self().id(), context.brokerId());
        this.transport = new Transport(settings, context.shards(), replicas);
        this.leaders = new Leaders(
                context, transport, replicas, new Succession(options), new Placement(electorate, SETTLE_NS), self);
        for (int i = 0; i < context.shards().count(); i++) {
            replicas.add(new ShardReplica(context, transport, leaders, i, options.tailBytes()));
        }
        transport.tells(leaders);
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
        ClusterSettings settings = context.settings().cluster().orElseThrow();
        ClusterNode node = new ClusterNode(
                context, ReplicationSettings.of(settings), () -> RandomGenerator.of("L64X128MixRandom"));
        try {
            List<NodeRecovery.Found> found = node.recover();
            context.journal().start(context::failed);
            await(node.begin(found));
        } catch (IOException failure) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE, "the journal cannot be used: " + failure.getMessage());
        }
        node.join(Wiring.open(context, node.transport));
        node.elect(node.hazelcast());
        return node;
    }

    // ---- the start, step by step

    /** Finds what is in the journal, which is to be started then. Blocks. */
    List<NodeRecovery.Found> recover() throws IOException {
        return NodeRecovery.run(context, replicas);
    }

    /** Its replicas follow what was found; the latch is free when all of them do. */
    CountDownLatch begin(List<NodeRecovery.Found> found) {
        CountDownLatch begun = new CountDownLatch(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            begin(replicas.get(i), found.get(i).recovery(), found.get(i).log(), begun);
        }
        return begun;
    }

    /** Who is told what the links bring. */
    LinkHandler links() {
        return transport;
    }

    /** Works with the other nodes from now on. */
    void join(Carrier carrier) {
        transport.open(carrier);
        leaders.begin();
    }

    /** Says from now on how its replicas stand; who should lead is told to {@link #hinted}. */
    void elect(Elections running) {
        elections = running;
    }

    /** Somebody should lead a shard. Any thread. */
    void hinted(int shard, LeaderHint hint) {
        ShardReplica replica = replicas.get(shard);
        replica.loop().execute(() -> replica.replica().onHint(hint));
    }

    /** What it has of each shard. */
    List<ShardReplica> replicas() {
        return List.copyOf(replicas);
    }

    private void begin(ShardReplica replica, LogRecovery recovery, LogStore.Recovered found, CountDownLatch begun) {
        int number = replica.number();
        JournalStore store =
                new JournalStore(context.journal(), number, replica.loop(), Follower::isRetained, recovery);
        replica.loop().execute(() -> {
            Replica made = new Replica(self, options, store, found, replica, replica, context.clock(), chances.get());
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

    private Elections hazelcast() {
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
        return HazelcastElections.start(of, context.clock(), this::hinted, Runnable::run);
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
        await(handOver(), "hand-over");
    }

    /** As {@link #leave}, without waiting for it. */
    CompletionStage<Void> handOver() {
        return leaders.leave();
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
