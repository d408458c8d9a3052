package org.waybill.cluster.node;

import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.broker.StartFailure;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.link.LinkOptions;
import org.waybill.cluster.link.LinkStatus;
import org.waybill.cluster.link.LinkTls;
import org.waybill.cluster.link.Links;
import org.waybill.cluster.link.Peer;
import org.waybill.cluster.link.Precedence;
import org.waybill.cluster.replication.Members;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;
import org.waybill.config.ClusterTls;
import org.waybill.io.Clock;
import org.waybill.io.Invariant;
import org.waybill.shard.NodeLink;
import org.waybill.shard.RemoteSessions;
import org.waybill.shard.RemoteShards;
import org.waybill.shard.Shards;

/**
 * Carries what replicas, sessions, shards and nodes say to those of other nodes, each on its {@linkplain Channels channel}, and hands what
 * comes to them. What is sent to a node that is not there is lost. Any thread sends; what comes is told on the links' loop.
 */
final class Transport implements LinkHandler, NodeLink, RemoteShards {
    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
    private static final long TIMEOUT_S = 20;

    private final ClusterSettings settings;
    private final Shards shards;
    private final RemoteSessions sessions;
    private final List<ShardReplica> replicas;
    private @Nullable Leaders leaders;
    private volatile @Nullable Links links;
    private volatile boolean closed;

    /** Nothing is carried before {@link #open}; the list of replicas may be filled until then. */
    Transport(ClusterSettings settings, Shards shards, List<ShardReplica> replicas) {
        this.settings = settings;
        this.shards = shards;
        this.replicas = replicas;
        this.sessions = new RemoteSessions(shards, this);
    }

    // ---- its life

    /** Listens and begins to dial; blocks. Throws {@link StartFailure}. */
    void open(Vertx vertx, Clock clock, Leaders told) {
        leaders = told;
        ClusterNode self = settings.self();
        try {
            links = Links.start(vertx, options(), this, clock)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            throw new StartFailure(
                    StartFailure.Reason.PORT,
                    "the nodes' port " + self.host() + ":" + self.port() + " cannot be listened on: "
                            + refused.getCause());
        } catch (TimeoutException slow) {
            throw new StartFailure(StartFailure.Reason.PORT, "the nodes' port was not listened on in time");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailure(StartFailure.Reason.PORT, "the start was interrupted");
        }
    }

    /** Ends all links. */
    CompletionStage<Void> close() {
        closed = true;
        Links open = links;
        return open == null
                ? CompletableFuture.completedStage(null)
                : open.stop().toCompletionStage();
    }

    /** Whether this node has left the others for good, because it ends. */
    boolean isClosed() {
        return closed;
    }

    /** What is known of each link; nothing before they are opened. */
    List<LinkStatus> status() {
        Links open = links;
        return open == null ? List.of() : open.status();
    }

    private LinkOptions options() {
        List<Peer> peers = new ArrayList<>();
        settings.nodes().stream()
                .filter(each -> each.id() != settings.self().id())
                .forEach(each -> peers.add(peer(each)));
        ClusterTls tls = settings.tls();
        LinkTls certificates =
                tls == null ? null : new LinkTls(tls.certificate(), tls.key(), tls.trust(), tls.checkNames());
        return LinkOptions.of(settings.name(), peer(settings.self()), peers, settings.secret(), certificates)
                .withSilenceMs(settings.failoverMs());
    }

    private static Peer peer(ClusterNode node) {
        return new Peer(node.id(), node.name(), node.host(), node.port());
    }

    // ---- to other nodes

    /** To a replica of the same shard; what has no entries and no state in it goes before what has. */
    void replicate(long to, int shard, byte[] message, boolean bulk) {
        int node = Members.node(to);
        if (isOther(node)) {
            Precedence precedence = bulk ? Precedence.BULK : Precedence.URGENT;
            send(node, Channels.of(shard, Channels.REPLICATION), message, message.length, precedence);
        }
    }

    /** See {@link Links#bulkRoomBytes}. */
    int replicationRoomBytes(long to) {
        Links open = links;
        int node = Members.node(to);
        return open == null || !isOther(node) ? Integer.MAX_VALUE : open.bulkRoomBytes(node);
    }

    /** See {@link Links#bulkDelayNs}. */
    long replicationDelayNs(long to) {
        Links open = links;
        int node = Members.node(to);
        return open == null || !isOther(node) ? 0 : open.bulkDelayNs(node);
    }

    /** To a node itself. */
    void tell(int node, NodeMessage message) {
        byte[] bytes = message.encode();
        send(node, Channels.NODES, bytes, bytes.length, Precedence.URGENT);
    }

    private boolean isOther(int node) {
        return node != settings.self().id() && isKnown(node);
    }

    private boolean isKnown(int node) {
        return settings.nodes().stream().anyMatch(each -> each.id() == node);
    }

    private void send(int node, int channel, byte[] bytes, int length, Precedence precedence) {
        Links open = links;
        if (open != null) {
            open.send(node, channel, bytes, 0, length, precedence);
        }
    }

    @Override
    public void commands(int node, int shard, byte[] bytes, int length) {
        send(node, Channels.of(shard, Channels.COMMANDS), bytes, length, Precedence.USUAL);
    }

    @Override
    public void answers(int node, int shard, byte[] bytes, int length) {
        send(node, Channels.of(shard, Channels.ANSWERS), bytes, length, Precedence.USUAL);
    }

    @Override
    public boolean isFull(int node) {
        Links open = links;
        return open != null && open.isFull(node);
    }

    @Override
    public void send(int from, int to, byte[] message) {
        int node = shards.leader(to);
        if (node > 0) {
            byte[] bytes = ByteBuffer.allocate(Integer.BYTES + message.length)
                    .putInt(from)
                    .put(message)
                    .array();
            send(node, Channels.of(to, Channels.SHARDS), bytes, bytes.length, Precedence.USUAL);
        }
    }

    /** A shard is not led here any more: sessions of other nodes have nothing more to do with it. */
    void ended(int shard) {
        sessions.ended(shard);
    }

    // ---- from other nodes

    @Override
    public void received(int node, int channel, ByteBuffer payload) {
        try {
            if (Channels.isOfShard(channel)) {
                ofShard(node, Channels.shard(channel), Channels.kind(channel), payload);
            } else {
                leaders().heard(node, NodeMessage.decode(payload));
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
        sessions.drained(node);
        shards.drained(node);
    }

    @Override
    public void connected(int node) {
        leaders().connected(node);
    }

    @Override
    public void disconnected(int node) {
        replicas.forEach(each -> each.lost(node));
        sessions.lost(node);
        shards.lost(node);
        leaders().disconnected(node);
    }

    private Leaders leaders() {
        return Invariant.present(leaders);
    }
}
