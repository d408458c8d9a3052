package org.waybill.cluster.node;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.cluster.link.Carrier;
import org.waybill.cluster.link.LinkHandler;
import org.waybill.cluster.link.LinkStatus;
import org.waybill.cluster.link.Precedence;
import org.waybill.cluster.replication.Members;
import org.waybill.config.ClusterSettings;
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

    private final ClusterSettings settings;
    private final Shards shards;
    private final RemoteSessions sessions;
    private final List<ShardReplica> replicas;
    private @Nullable Leaders leaders;
    private volatile @Nullable Carrier links;
    private volatile boolean closed;

    /** Nothing is carried before {@link #open}; the list of replicas may be filled until then. */
    Transport(ClusterSettings settings, Shards shards, List<ShardReplica> replicas) {
        this.settings = settings;
        this.shards = shards;
        this.replicas = replicas;
        this.sessions = new RemoteSessions(shards, this);
    }

    // ---- its life

    /** Who is told what concerns nodes; before anything comes. */
    void tells(Leaders told) {
        leaders = told;
    }

    /** Sends from now on. */
    void open(Carrier carrier) {
        links = carrier;
    }

    /** Ends all links. */
    CompletionStage<Void> close() {
        closed = true;
        Carrier open = links;
        return open == null ? CompletableFuture.completedStage(null) : open.close();
    }

    /** Whether this node has left the others for good, because it ends. */
    boolean isClosed() {
        return closed;
    }

    /** What is known of each link; nothing before they are opened. */
    List<LinkStatus> status() {
        Carrier open = links;
        return open == null ? List.of() : open.status();
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

    /** See {@link Carrier#bulkRoomBytes}. */
    int replicationRoomBytes(long to) {
        Carrier open = links;
        int node = Members.node(to);
        return open == null || !isOther(node) ? Integer.MAX_VALUE : open.bulkRoomBytes(node);
    }

    /** See {@link Carrier#bulkDelayNs}. */
    long replicationDelayNs(long to) {
        Carrier open = links;
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
        Carrier open = links;
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
        Carrier open = links;
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
