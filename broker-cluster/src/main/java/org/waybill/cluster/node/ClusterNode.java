package org.waybill.cluster.node;

import io.vertx.core.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.waybill.cluster.election.Standing;
import org.waybill.cluster.hazelcast.HazelcastElections;
import org.waybill.cluster.hazelcast.HazelcastOptions;
import org.waybill.cluster.hazelcast.Seat;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.link.LinkOptions;
import org.waybill.cluster.link.LinkTls;
import org.waybill.cluster.link.Links;
import org.waybill.cluster.link.Peer;
import org.waybill.cluster.replication.JournalStore;
import org.waybill.cluster.replication.LogStore;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicaSet;
import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.ClusterSettings;
import org.waybill.config.ClusterTls;
import org.waybill.journal.ReplayHandler;
import org.waybill.shard.Follower;
import org.waybill.shard.NodeLink;
import org.waybill.shard.RemoteSessions;
import org.waybill.shard.RemoteShards;
import org.waybill.shard.Shards;

/**
 * A broker as a node of its cluster. Knows which nodes are there and who leads what, founds a new cluster, and hands what links bring to
 * replicas and shards.
 *
 * <p>What nodes say of themselves ({@link Channels#NODES}), big-endian:
 *
 * <pre>
 *  HELLO      u8 1, i64 member, u8 1 if it has nothing yet, i32 shards
 *  LEADS      u8 2, i32 shard, i64 epoch
 *  LEADS_NOT  u8 3, i32 shard
 * </pre>
 */
final class ClusterNode implements Cluster, LinkHandler, NodeLink, RemoteShards {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final byte HELLO = 1;
    private static final byte LEADS = 2;
    private static final byte LEADS_NOT = 3;
    private static final long TICK_NS = 50_000_000;
    private static final long TIMEOUT_S = 20;
    private static final int DISK_SHIFT = 16;

    private final ClusterContext context;
    private final ClusterSettings settings;
    private final ReplicationOptions options;
    private final Shards shards;
    private final List<ShardReplica> replicas = new ArrayList<>();
    private final RemoteSessions sessions;
    private final long self;
    private final Context control;
    private volatile @Nullable Links links;
    private volatile @Nullable Elections elections;
    private volatile boolean stopped;

    // ---- on the control loop
    private final Map<Integer, Hello> hellos = new HashMap<>();
    private final long[] epochs;
    private boolean founded;

    private record Hello(long member, boolean empty) {}

    private ClusterNode(ClusterContext context) {
        this.context = context;
        this.settings = context.settings().cluster().orElseThrow();
        this.options = ReplicationSettings.of(settings);
        this.shards = context.shards();
        this.sessions = new RemoteSessions(shards, this);
        this.self = Members.of(settings.self().id(), disk(context.brokerId()));
        this.control = context.vertx().getOrCreateContext();
        this.epochs = new long[shards.count()];
        for (int i = 0; i < shards.count(); i++) {
            replicas.add(new ShardReplica(context, this, i));
        }
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
        node.connect();
        return node;
    }

    // ---- the start

    private void recover() throws IOException {
        List<ShardReplica.Recovering> recovering = new ArrayList<>();
        long from = Long.MAX_VALUE;
        for (ShardReplica replica : replicas) {
            ShardReplica.Recovering one = replica.recover();
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
            ShardReplica replica = replicas.get(i);
            LogStore.Recovered log = found.get(i);
            JournalStore store = new JournalStore(
                    context.journal(),
                    i,
                    replica.loop(),
                    Follower::isRetained,
                    recovering.get(i).log());
            replica.loop().execute(() -> {
                replica.begin(new Replica(
                        self,
                        options,
                        store,
                        log,
                        (to, message) -> send(to, replica, message),
                        replica,
                        context.clock(),
                        RandomGenerator.of("L64X128MixRandom")));
                replica.replica()
                        .join(settings.nodes().stream()
                                .mapToInt(each -> each.id())
                                .filter(id -> id != settings.self().id())
                                .toArray());
                begun.countDown();
                tick(replica);
            });
        }
        await(begun);
    }

    /** The journal's frames are told to all: each takes its own. */
    private record All(List<ShardReplica.Recovering> each) implements ReplayHandler {
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
            replica.loop().schedule(TICK_NS, () -> tick(replica));
        }
    }

    private void connect() {
        List<Peer> peers = new ArrayList<>();
        settings.nodes().stream()
                .filter(each -> each.id() != settings.self().id())
                .forEach(each -> peers.add(peer(each)));
        try {
            links = Links.start(context.vertx(), linkOptions(peers), this, context.clock())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw new StartFailure(
                    StartFailure.Reason.PORT,
                    "the nodes' port " + settings.self().host() + ":"
                            + settings.self().port() + " cannot be listened on: " + refused.getCause());
        } catch (TimeoutException slow) {
            throw new StartFailure(StartFailure.Reason.PORT, "the nodes' port was not listened on in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailure(StartFailure.Reason.PORT, "the start was interrupted");
        }
        control.runOnContext(begun -> hellos.keySet().forEach(this::greet));
        elections = elect();
    }

    private Elections elect() {
        List<Seat> seats = settings.nodes().stream()
                .map(each -> new Seat(each.id(), each.host(), each.electionPort()))
                .toList();
        ElectionOptions times = ElectionOptions.of(TimeUnit.MILLISECONDS.toNanos(settings.failoverMs()));
        HazelcastOptions usually =
                HazelcastOptions.of(settings.name(), settings.self().id(), seats, shards.count());
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

    /** How a shard's replica stands at this moment. On its loop. */
    void observe(int shard, Replica replica) {
        Elections running = elections;
        if (running != null) {
            running.observe(shard, Standing.of(replica));
        }
    }

    private LinkOptions linkOptions(List<Peer> peers) {
        ClusterTls tls = settings.tls();
        LinkTls certificates =
                tls == null ? null : new LinkTls(tls.certificate(), tls.key(), tls.trust(), tls.checkNames());
        return LinkOptions.of(settings.name(), peer(settings.self()), peers, settings.secret(), certificates);
    }

    private static Peer peer(org.waybill.config.ClusterNode node) {
        return new Peer(node.id(), node.name(), node.host(), node.port());
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // ---- the end

    @Override
    public void leave() {
        CountDownLatch left = new CountDownLatch(replicas.size());
        for (ShardReplica replica : replicas) {
            replica.loop().execute(() -> {
                handOver(replica.replica());
                left.countDown();
            });
        }
        await(left);
    }

    /** To any other member: the one that has most will do. */
    private static void handOver(Replica replica) {
        ReplicaSet set = replica.replicas();
        for (int i = 0; i < set.size(); i++) {
            if (set.member(i) != replica.leader() && replica.handOver(set.member(i))) {
                return;
            }
        }
    }

    @Override
    public void stop() {
        stopped = true;
        Elections running = elections;
        Links open = links;
        if (running != null) {
            await(running.close(), "elections");
        }
        if (open != null) {
            await(open.stop().toCompletionStage(), "links");
        }
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

    // ---- to other nodes

    private void send(long to, ShardReplica replica, org.waybill.cluster.replication.Message message) {
        Links open = links;
        int node = Members.node(to);
        if (open != null && node != settings.self().id() && isKnown(node)) {
            byte[] bytes = replica.encode(to, message);
            boolean unused =
                    open.send(node, Channels.of(replica.number(), Channels.REPLICATION), bytes, 0, bytes.length, false);
        }
    }

    private String nameOf(int node) {
        return settings.nodes().stream()
                .filter(each -> each.id() == node)
                .map(each -> each.name())
                .findFirst()
                .orElse(String.valueOf(node));
    }

    private boolean isKnown(int node) {
        return settings.nodes().stream().anyMatch(each -> each.id() == node);
    }

    private void send(int node, int channel, byte[] bytes, int length) {
        Links open = links;
        if (open != null) {
            open.send(node, channel, bytes, 0, length, false);
        }
    }

    @Override
    public void commands(int node, int shard, byte[] bytes, int length) {
        send(node, Channels.of(shard, Channels.COMMANDS), bytes, length);
    }

    @Override
    public void answers(int node, int shard, byte[] bytes, int length) {
        send(node, Channels.of(shard, Channels.ANSWERS), bytes, length);
    }

    @Override
    public void send(int from, int to, byte[] message) {
        int node = shards.leader(to);
        if (node > 0) {
            byte[] bytes = ByteBuffer.allocate(Integer.BYTES + message.length)
                    .putInt(from)
                    .put(message)
                    .array();
            send(node, Channels.of(to, Channels.SHARDS), bytes, bytes.length);
        }
    }

    // ---- from other nodes

    @Override
    public void received(int node, int channel, ByteBuffer payload) {
        try {
            if (Channels.isOfShard(channel)) {
                ofShard(node, Channels.shard(channel), Channels.kind(channel), payload);
            } else {
                control.runOnContext(heard -> ofNode(node, payload));
            }
        } catch (IllegalArgumentException malformed) {
            LOG.warn("WB3021 node {} sent what cannot be read: {}", node, malformed.getMessage());
        }
    }

    private void ofShard(int node, int shard, int kind, ByteBuffer payload) {
        if (shard >= replicas.size()) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
        switch (kind) {
            case Channels.REPLICATION -> replicas.get(shard).receive(whole(payload));
            case Channels.COMMANDS -> sessions.commands(node, shard, payload);
            case Channels.ANSWERS -> shards.answers(shard, payload);
            default -> {
                if (shards.isLedHere(shard)) {
                    int from = payload.getInt();
                    shards.here(shard).receive(from, rest(payload));
                }
            }
        }
    }

    @SuppressWarnings("ByteBufferBackingArray") // a link gives each message in an array of its own
    private static byte[] whole(ByteBuffer payload) {
        return payload.array();
    }

    private static byte[] rest(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    @Override
    public void batchEnd(int node) {
        // everything was handed over at once
    }

    @Override
    public void drained(int node) {
        // what waits has its own bounds
    }

    @Override
    public void connected(int node) {
        control.runOnContext(there -> {
            hellos.put(node, new Hello(Members.NONE, false));
            greet(node);
        });
    }

    @Override
    public void disconnected(int node) {
        sessions.lost(node);
        shards.lost(node);
        control.runOnContext(gone -> hellos.remove(node));
    }

    private void greet(int node) {
        boolean empty = replicas.stream().allMatch(ShardReplica::isEmpty);
        ByteBuffer hello = ByteBuffer.allocate(14)
                .put(HELLO)
                .putLong(self)
                .put((byte) (empty ? 1 : 0))
                .putInt(replicas.size());
        send(node, Channels.NODES, hello.array(), hello.capacity());
        for (int i = 0; i < replicas.size(); i++) {
            if (shards.isLedHere(i)) {
                announce(node, i, epochs[i]);
            }
        }
    }

    private void announce(int node, int shard, long epoch) {
        byte[] bytes =
                ByteBuffer.allocate(13).put(LEADS).putInt(shard).putLong(epoch).array();
        send(node, Channels.NODES, bytes, bytes.length);
    }

    private void ofNode(int node, ByteBuffer in) {
        byte kind = in.get();
        if (kind == HELLO) {
            hello(node, new Hello(in.getLong(), in.get() != 0), in.getInt());
        } else if (kind == LEADS) {
            int shard = in.getInt();
            long epoch = in.getLong();
            if (isShard(shard) && epoch >= epochs[shard]) {
                epochs[shard] = epoch;
                LOG.info("WB3023 shard {}: node {} leads, epoch {}", shard, nameOf(node), epoch);
                shards.leadsElsewhere(shard, node, this);
            }
        } else if (kind == LEADS_NOT) {
            int shard = in.getInt();
            if (isShard(shard) && shards.leader(shard) == node) {
                shards.leaderless(shard);
            }
        }
    }

    private boolean isShard(int number) {
        return number >= 0 && number < replicas.size();
    }

    private void hello(int node, Hello hello, int shardsThere) {
        if (shardsThere != replicas.size()) {
            LOG.error(
                    "WB3024 node {} has {} shards and this one {}: both need the same, see the setting shards",
                    nameOf(node),
                    shardsThere,
                    replicas.size());
            return;
        }
        hellos.put(node, hello);
        found();
    }

    /**
     * A new cluster begins when all of its nodes are there and none has anything: a node that has lost what it had must not take itself for
     * a new one. The node with the lowest id begins it, and names all as members; the others hear of it as of any entry.
     */
    private void found() {
        boolean lowest = settings.nodes().stream()
                .allMatch(each -> each.id() >= settings.self().id());
        boolean all = hellos.size() == settings.nodes().size() - 1
                && hellos.values().stream().allMatch(each -> each.empty && each.member != Members.NONE);
        if (founded || !lowest || !all || !replicas.stream().allMatch(ShardReplica::isEmpty)) {
            return;
        }
        founded = true;
        long[] members = new long[settings.nodes().size()];
        int count = 0;
        members[count++] = self;
        for (Hello hello : hellos.values()) {
            members[count++] = hello.member;
        }
        LOG.info("WB3022 all nodes are there and have nothing: a new cluster begins");
        ReplicaSet first = ReplicaSet.of(members);
        replicas.forEach(each -> each.loop().execute(() -> each.replica().bootstrap(first)));
    }

    // ---- from the shards

    /** A shard is led here from now on. On its loop. */
    void leads(int shard, long epoch) {
        control.runOnContext(leads -> {
            if (epoch >= epochs[shard]) {
                epochs[shard] = epoch;
                shards.leadsHere(shard);
                hellos.keySet().forEach(node -> announce(node, shard, epoch));
            }
        });
    }

    /** A shard is not led here any more. On its loop. */
    void leadsNot(int shard) {
        if (shards.isLedHere(shard)) {
            shards.leaderless(shard);
        }
        sessions.ended(shard);
        control.runOnContext(ended -> hellos.keySet().forEach(node -> {
            byte[] bytes = ByteBuffer.allocate(5).put(LEADS_NOT).putInt(shard).array();
            send(node, Channels.NODES, bytes, bytes.length);
        }));
    }
}
