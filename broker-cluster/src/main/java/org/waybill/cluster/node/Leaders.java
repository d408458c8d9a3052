package org.waybill.cluster.node;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.broker.ClusterContext;
import org.waybill.cluster.election.Elector;
import org.waybill.cluster.replication.LeaderHint;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.ReplicaSet;
import org.waybill.cluster.replication.ReplicaStatus;
import org.waybill.cluster.replication.Role;
import org.waybill.config.ClusterSettings;
import org.waybill.io.Loop;
import org.waybill.shard.Shards;
import org.waybill.spi.BrokerError;

/**
 * Who leads what, as the nodes tell each other; founds a new cluster, and moves leaderships to where they are to be. Everything happens on
 * a loop of its own, but for what is said to be of any thread.
 */
final class Leaders {
    private static final Logger LOG = LoggerFactory.getLogger(Leaders.class);
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TICKS_PER_REPORT = 5;
    private static final long MOVE_NS = TimeUnit.SECONDS.toNanos(10);
    /** A shard that was to be led elsewhere within this time is not moved again because of slow links: they may all be. */
    private static final long RESTLESS_NS = TimeUnit.SECONDS.toNanos(60);
    /** In which a cluster's first leader asks to lead: above that of its first entry. */
    private static final long FIRST_EPOCH = 2;

    private final ClusterContext context;
    private final ClusterSettings settings;
    private final Transport transport;
    private final Shards shards;
    private final List<ShardReplica> replicas;
    private final Succession succession;
    private final long self;
    private final Loop loop;
    /** Nodes that are about to end; any thread. */
    private final Set<Integer> leavers = ConcurrentHashMap.newKeySet();

    // ---- on the loop
    private final Placement placement;
    private final Overview overview;
    private final Set<Integer> there = new HashSet<>();
    private final Map<Integer, NodeMessage.Hello> hellos = new HashMap<>();
    private final Moves moves;
    private final long[] epochs;
    /** When somebody said last where a shard is to be led. */
    private final long[] wishedNs;

    private boolean founded;
    private boolean leaving;
    private long ticks;

    /** The list of replicas may be filled until {@link #begin}. */
    Leaders(
            ClusterContext context,
            Transport transport,
            List<ShardReplica> replicas,
            Succession succession,
            Placement placement,
            long self) {
        this.context = context;
        this.settings = context.settings().cluster().orElseThrow();
        this.transport = transport;
        this.shards = context.shards();
        this.replicas = replicas;
        this.succession = succession;
        this.self = self;
        this.loop = context.loop();
        this.epochs = new long[shards.count()];
        this.wishedNs = new long[shards.count()];
        Arrays.fill(wishedNs, context.clock().nanoTime() - RESTLESS_NS);
        this.overview = new Overview(settings, shards.count(), shards::leader);
        this.placement = placement;
        this.moves = new Moves(placement);
    }

    /** Time passes from now on. Any thread. */
    void begin() {
        loop.execute(() -> {
            // those that were there before anything could be sent
            there.forEach(this::greet);
            tick();
        });
    }

    private void tick() {
        if (!leaving) {
            long nowNs = context.clock().nanoTime();
            for (int shard = 0; shard < epochs.length; shard++) {
                place(shard, nowNs);
            }
            moves.expire(nowNs, overview::nameOf);
            if (ticks++ % TICKS_PER_REPORT == 0) {
                tellReplicas();
            }
            loop.schedule(TICK_NS, this::tick);
        }
    }

    /** What the leaders on this node know of the other replicas, for all nodes: management may ask any of them. */
    private void tellReplicas() {
        for (ShardReplica replica : replicas) {
            if (shards.isLedHere(replica.number())) {
                replica.loop().execute(() -> {
                    ReplicaStatus status = replica.replica().status();
                    if (replica.replica().isHeldUp()) {
                        yieldLead(replica);
                    }
                    if (status.role() == Role.LEADER) {
                        NodeMessage.Replicas now = replicas(replica.number(), status);
                        loop.execute(() -> {
                            take(settings.self().id(), now);
                            tellAll(now);
                        });
                    }
                });
            }
        }
    }

    private static NodeMessage.Replicas replicas(int shard, ReplicaStatus status) {
        return new NodeMessage.Replicas(
                shard,
                status.epoch(),
                status.commitIndex(),
                status.others().stream()
                        .map(other -> new NodeMessage.Replica(
                                Members.node(other.member()),
                                other.counts(),
                                other.snapshot(),
                                other.lagEntries(),
                                other.lagBytes(),
                                other.answeredNs() == ReplicaStatus.NEVER
                                        ? -1
                                        : TimeUnit.NANOSECONDS.toMillis(other.answeredNs())))
                        .toList());
    }

    /** See {@link org.waybill.spi.ClusterAdministration#nodes}. Any thread. */
    CompletionStage<List<Map<String, Object>>> nodes(List<Elector> electors) {
        return CompletableFuture.supplyAsync(() -> overview.nodes(transport.status(), electors), loop);
    }

    /** See {@link org.waybill.spi.ClusterAdministration#shards}. Any thread. */
    CompletionStage<List<Map<String, Object>>> shards() {
        return CompletableFuture.supplyAsync(
                () -> overview.shards(placement, epochs, context.clock().nanoTime()), loop);
    }

    // ---- placement

    private void place(int shard, long nowNs) {
        if (shards.isLedHere(shard) && placement.isDue(shard, nowNs)) {
            int node = placement.preferred(shard);
            ShardReplica replica = replicas.get(shard);
            replica.loop().execute(() -> {
                if (succession.handOver(replica.replica(), node)) {
                    LOG.info(
                            "WB3025 shard {}: handed over to node {}, which is to lead it",
                            shard,
                            overview.nameOf(node));
                }
            });
        }
    }

    /** Has a node lead a shard from now on. Answers when it does, or why it does not within ten seconds. Any thread. */
    CompletionStage<Optional<BrokerError>> move(int shard, int node) {
        CompletableFuture<Optional<BrokerError>> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (node != settings.self().id() && !there.contains(node)) {
                done.complete(failed("node " + overview.nameOf(node) + " is not connected to this node"));
                return;
            }
            long nowNs = context.clock().nanoTime();
            declare(shard, moves.begin(shard, node, nowNs + MOVE_NS, done));
            conclude(shard);
        });
        return done;
    }

    /** This node's links are too slow for it to lead a shard: another one is to. On the shard's loop. */
    private void yieldLead(ShardReplica replica) {
        int node = Members.node(succession.fittest(replica.replica(), other -> !leavers.contains(other)));
        loop.execute(() -> {
            int shard = replica.number();
            long nowNs = context.clock().nanoTime();
            if (there.contains(node) && nowNs - wishedNs[shard] > RESTLESS_NS) {
                LOG.warn(
                        "WB3028 shard {}: what is sent here takes long, because the links of this node are slow: node {} is to lead it from now on",
                        shard,
                        overview.nameOf(node));
                declare(shard, placement.next(shard, node));
            }
        });
    }

    /** All nodes are to know a wish, this one too. */
    private void declare(int shard, Placement.Wish wish) {
        tellAll(prefers(shard, wish));
        take(shard, wish);
    }

    private static NodeMessage.Prefers prefers(int shard, Placement.Wish wish) {
        return new NodeMessage.Prefers(shard, wish.node(), wish.version());
    }

    /** Returns whether it is news. */
    private boolean take(int shard, Placement.Wish wish) {
        boolean isNews = isShard(shard) && placement.wish(shard, wish);
        if (isNews) {
            wishedNs[shard] = context.clock().nanoTime();
            place(shard, context.clock().nanoTime());
        }
        return isNews;
    }

    /**
     * Another node says a wish. Who said it first may have ended before all nodes had heard of it, so each passes on what it had not heard,
     * and who says what is overridden is told by what.
     */
    private void heard(int from, NodeMessage.Prefers said) {
        int shard = said.shard();
        Placement.Wish wish = new Placement.Wish(said.node(), said.version());
        if (take(shard, wish)) {
            tellAll(said);
            moves.heard(shard, wish).ifPresent(again -> declare(shard, again));
        } else {
            Placement.Wish known = placement.wishes().get(shard);
            if (known != null && !known.equals(wish)) {
                transport.tell(from, prefers(shard, known));
            }
        }
    }

    /** A shard has a leader that it had not. */
    private void conclude(int shard) {
        int leader = shards.leader(shard);
        int node = leader == 0 ? settings.self().id() : leader;
        moves.led(shard, node);
    }

    static Optional<BrokerError> failed(String why) {
        return Optional.of(new BrokerError(BrokerError.Code.PRECONDITION_FAILED, why));
    }

    /** Hands over what is led here, as far as there is somebody to take it; nothing comes back afterwards. Any thread. */
    CompletionStage<Void> leave() {
        Runnable begin = () -> {
            leaving = true;
            tellAll(new NodeMessage.Leaves());
        };
        return CompletableFuture.runAsync(begin, loop)
                .thenCompose(begun -> CompletableFuture.allOf(replicas.stream()
                        .map(replica -> CompletableFuture.runAsync(
                                () -> succession.handOver(replica.replica(), node -> !leavers.contains(node)),
                                task -> replica.loop().execute(task)))
                        .toArray(CompletableFuture<?>[]::new)));
    }

    // ---- from the shards

    /** A shard is led here from now on. On its loop. */
    void leads(int shard, long epoch) {
        loop.execute(() -> {
            if (leaving) {
                ShardReplica replica = replicas.get(shard);
                replica.loop().execute(() -> succession.handOver(replica.replica(), node -> !leavers.contains(node)));
            }
            if (epoch >= epochs[shard]) {
                epochs[shard] = epoch;
                shards.leadsHere(shard);
                tellAll(new NodeMessage.Leads(shard, epoch));
                conclude(shard);
            }
        });
    }

    /** A shard is not led here any more. On its loop. */
    void leadsNot(int shard) {
        if (shards.isLedHere(shard)) {
            shards.leaderless(shard);
        }
        transport.ended(shard);
        loop.execute(() -> tellAll(new NodeMessage.LeadsNot(shard)));
    }

    // ---- from other nodes

    /** A node is there. Any thread. */
    void connected(int node) {
        loop.execute(() -> {
            there.add(node);
            leavers.remove(node);
            placement.connected(node, context.clock().nanoTime());
            greet(node);
        });
    }

    /** A node is gone. Any thread. */
    void disconnected(int node) {
        loop.execute(() -> {
            there.remove(node);
            hellos.remove(node);
            placement.disconnected(node);
        });
    }

    /** A node says something. Any thread. */
    void heard(int node, NodeMessage message) {
        loop.execute(() -> take(node, message));
    }

    private void take(int node, NodeMessage message) {
        if (message instanceof NodeMessage.Hello hello) {
            hello(node, hello);
        } else if (message instanceof NodeMessage.Leads leads) {
            leadsElsewhere(node, leads);
        } else if (message instanceof NodeMessage.LeadsNot leadsNot) {
            int shard = leadsNot.shard();
            if (isShard(shard) && shards.leader(shard) == node) {
                shards.leaderless(shard);
            }
        } else if (message instanceof NodeMessage.Prefers wish) {
            heard(node, wish);
        } else if (message instanceof NodeMessage.Replicas replicas) {
            overview.heard(replicas, context.clock().nanoTime());
        } else if (message instanceof NodeMessage.Leaves) {
            leavers.add(node);
            placement.disconnected(node);
        }
    }

    private void leadsElsewhere(int node, NodeMessage.Leads leads) {
        int shard = leads.shard();
        if (isShard(shard) && leads.epoch() >= epochs[shard]) {
            epochs[shard] = leads.epoch();
            LOG.info("WB3023 shard {}: node {} leads, epoch {}", shard, overview.nameOf(node), leads.epoch());
            shards.leadsElsewhere(shard, node, leads.epoch(), transport);
            conclude(shard);
        }
    }

    private boolean isShard(int number) {
        return number >= 0 && number < epochs.length;
    }

    private void greet(int node) {
        transport.tell(node, new NodeMessage.Hello(self, isEmpty(), replicas.size()));
        for (int i = 0; i < replicas.size(); i++) {
            if (shards.isLedHere(i)) {
                transport.tell(node, new NodeMessage.Leads(i, epochs[i]));
            }
        }
        placement.wishes().forEach((shard, wish) -> transport.tell(node, prefers(shard, wish)));
    }

    private void tellAll(NodeMessage message) {
        there.forEach(node -> transport.tell(node, message));
    }

    private boolean isEmpty() {
        return replicas.stream().allMatch(ShardReplica::isEmpty);
    }

    private void hello(int node, NodeMessage.Hello hello) {
        if (hello.shards() != replicas.size()) {
            LOG.error(
                    "WB3024 node {} has {} shards and this one {}: both need the same, see the setting shards",
                    overview.nameOf(node),
                    hello.shards(),
                    replicas.size());
            return;
        }
        hellos.put(node, hello);
        found();
    }

    // ---- the beginning

    /**
     * A new cluster begins when all of its nodes are there and none has anything: a node that has lost what it had must not take itself for
     * a new one. The node with the lowest id begins it, and names all as members; the others hear of it as of any entry. It leads every
     * shard first, and hands each over to the node that is to lead it as soon as that counts.
     */
    private void found() {
        boolean lowest = settings.nodes().stream()
                .allMatch(each -> each.id() >= settings.self().id());
        boolean all = hellos.size() == settings.nodes().size() - 1
                && hellos.values().stream().allMatch(NodeMessage.Hello::empty);
        if (founded || !lowest || !all || !isEmpty()) {
            return;
        }
        founded = true;
        long[] members = new long[settings.nodes().size()];
        int count = 0;
        members[count++] = self;
        for (NodeMessage.Hello hello : hellos.values()) {
            members[count++] = hello.member();
        }
        LOG.info("WB3022 all nodes are there and have nothing: a new cluster begins");
        ReplicaSet first = ReplicaSet.of(members);
        replicas.forEach(each -> each.loop().execute(() -> {
            each.replica().bootstrap(first);
            each.replica().onHint(new LeaderHint(FIRST_EPOCH, self));
        }));
        placement.settled(context.clock().nanoTime());
    }
}
