package org.waybill.cluster.link;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Clock;
import org.waybill.io.Invariant;

/**
 * The links of one node to all its peers, on an event loop of their own choice. Of two nodes the one with the higher number dials, again and
 * again. Thread-safe; the handler is told on the loop.
 */
public final class Links implements Carrier {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);
    private static final long FIRST_WAIT_MS = 50;
    private static final long LONGEST_WAIT_MS = 1_000;
    private static final long NS_A_MS = 1_000_000;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final RecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(2 << 10, 16 << 10, 256 << 10);

    private final LinkOptions options;
    private final LinkHandler handler;
    private final Clock clock;
    private final Handshake.Local local;
    private final @Nullable Certificates certificates;
    private final SecureRandom chance = new SecureRandom();
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();
    private final ContextInternal context;
    private final EventLoop loop;
    private final NetClient client;
    private final NetServer server;

    // Only on the loop.
    private final Set<Connection> unproven = new LinkedHashSet<>();
    private final Complaints complaints = new Complaints();
    private @Nullable ScheduledFuture<?> ticker;
    private long connections;
    private boolean stopped;

    private Links(Vertx vertx, LinkOptions options, LinkHandler handler, Clock clock) {
        this.options = options;
        this.handler = new GuardedHandler(handler, this::failed);
        this.clock = clock;
        this.certificates = options.tls() == null ? null : new Certificates(options.tls());
        for (Peer peer : options.peers()) {
            slots.put(peer.number(), new Slot(peer, new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS, chance)));
        }
        this.local = new Handshake.Local(
                new Secret(options.cluster(), options.secret()),
                options.self().number(),
                Hello.table(options),
                this::peer);
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.loop = context.nettyEventLoop();
        this.client = vertx.createNetClient(new NetClientOptions()
                .setTcpNoDelay(true)
                .setConnectTimeout((int) options.handshakeMs())
                .setReconnectAttempts(0));
        this.server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
    }

    /**
     * Listens and begins to dial; the future fails when this node's port cannot be listened on. Takes some tens of milliseconds, and reads
     * the certificates' files: not for an event loop. Throws {@link IllegalArgumentException} for options that cannot be.
     */
    public static Future<Links> start(Vertx vertx, LinkOptions options, LinkHandler handler, Clock clock) {
        Links links = new Links(vertx, options, handler, clock);
        Promise<Links> started = Promise.promise();
        links.context.runOnContext(now -> links.begin().onComplete(started));
        return started.future();
    }

    private Future<Links> begin() {
        Peer self = options.self();
        return server.connectHandler(this::accepted)
                .listen(self.port(), self.host())
                .map(listening -> {
                    ticker = loop.scheduleWithFixedDelay(
                            this::tick, options.heartbeatMs(), options.heartbeatMs(), TimeUnit.MILLISECONDS);
                    for (Slot slot : slots.values()) {
                        if (self.number() > slot.peer.number()) {
                            dial(slot);
                        }
                    }
                    return this;
                })
                .recover(failure -> client.close().transform(closed -> Future.failedFuture(failure)));
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public boolean send(int node, int channel, byte[] bytes, int offset, int length, Precedence precedence) {
        Invariant.check(channel > Frames.OWN_CHANNEL, "channels of messages begin with 1");
        Invariant.check(length <= options.maxPayloadBytes(), "a message is longer than links carry");
        Link link = slot(node).link;
        return link != null && link.send(channel, bytes, offset, length, precedence);
    }

    @Override
    public boolean isFull(int node) {
        Link link = slot(node).link;
        return link != null && link.isFull();
    }

    @Override
    public int bulkRoomBytes(int node) {
        Link link = slot(node).link;
        return link == null ? Integer.MAX_VALUE : link.bulkRoomBytes();
    }

    @Override
    public long bulkDelayNs(int node) {
        Link link = slot(node).link;
        return link == null ? 0 : link.bulkDelayNs();
    }

    /** Whether a peer is there. */
    public boolean isUp(int node) {
        return slot(node).link != null;
    }

    @Override
    public List<LinkStatus> status() {
        return slots.values().stream().map(Slot::status).toList();
    }

    @Override
    public CompletionStage<Void> close() {
        return stop().toCompletionStage();
    }

    /** Ends all links, with what waits and the network takes at once, and listens no more. */
    public Future<Void> stop() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(now -> {
            stopped = true;
            if (ticker != null) {
                ticker.cancel(false);
            }
            List.copyOf(unproven).forEach(each -> each.end("this node stops"));
            for (Slot slot : slots.values()) {
                Connection connection = slot.connection;
                Link link = slot.link;
                if (connection != null && link != null) {
                    link.flush();
                    connection.end("this node stops");
                }
            }
            server.close().eventually(client::close).onComplete(done);
        });
        return done.future();
    }

    private Slot slot(int node) {
        Slot slot = slots.get(node);
        if (slot == null) {
            throw new IllegalArgumentException("there is no node " + node + " in the cluster");
        }
        return slot;
    }

    private @Nullable Peer peer(int node) {
        Slot slot = slots.get(node);
        return slot == null ? null : slot.peer;
    }

    // ---- on the loop: becoming a link

    Handshake.Local local() {
        return local;
    }

    @Nullable
    Certificates certificates() {
        return certificates;
    }

    private void dial(Slot slot) {
        if (stopped) {
            return;
        }
        Peer peer = slot.peer;
        client.connect(peer.port(), peer.host()).onComplete(result -> {
            if (result.succeeded()) {
                connect(result.result(), slot);
                return;
            }
            String why = "it cannot be reached at " + peer.host() + ":" + peer.port() + ": "
                    + result.cause().getMessage();
            slot.lastEnd = why;
            if (complaints.isNews(peer.number(), why, clock.nanoTime())) {
                LOG.info("WB3005 no link with node {} yet: {}", peer, why);
            }
            dialLater(slot);
        });
    }

    private void dialLater(Slot slot) {
        if (!stopped) {
            ScheduledFuture<?> unused = loop.schedule(() -> dial(slot), slot.backoff.nextMs(), TimeUnit.MILLISECONDS);
        }
    }

    /** Whoever came first makes room: an honest node proves itself at once, and silent ones cannot keep it out. */
    private void accepted(NetSocket socket) {
        List<Connection> others =
                unproven.stream().filter(each -> each.dialled() == null).toList();
        if (others.size() >= options.maxUnproven()) {
            others.get(0).end("it had not proven who it is when too many others came");
        }
        connect(socket, null);
    }

    private void connect(NetSocket socket, @Nullable Slot dialled) {
        ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = last.channel();
        Invariant.check(channel.eventLoop() == loop, "links have one loop");
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        channel.config().setRecvByteBufAllocator(READS);
        byte[] nonce = new byte[Hello.NONCE_BYTES];
        chance.nextBytes(nonce);
        Connection connection = new Connection(this, channel, dialled, nonce, ++connections, clock.nanoTime());
        unproven.add(connection);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(last.name(), "link", connection);
        if (certificates != null) {
            pipeline.addFirst("tls", certificates.handler(channel.alloc(), dialled != null, options.handshakeMs()));
        }
        if (stopped) {
            connection.end("this node stops");
        } else {
            connection.begin();
        }
    }

    /** The other side has proven to be the peer; returns the link to be, or null if the connection has ended. */
    @Nullable
    Link proven(Connection connection, Peer peer) {
        Slot slot = slot(peer.number());
        Connection before = slot.connection;
        if (before != null && before.order() > connection.order()) {
            connection.end("a newer connection is there");
            return null;
        }
        if (before != null) {
            before.end("a newer connection takes its place");
        }
        unproven.remove(connection);
        return new Link(options, slot.peer, connection.channel(), handler, clock, connection::cut);
    }

    /** The link is the peer's from now on. */
    void open(Connection connection, Link link) {
        Slot slot = slot(link.peer().number());
        slot.connection = connection;
        slot.sinceMs = clock.epochMs();
        slot.upNs = clock.nanoTime();
        slot.link = link;
        complaints.over(slot.peer.number());
        LOG.info("WB3001 node {} is there", slot.peer);
        handler.connected(slot.peer.number());
    }

    /** A connection has ended, whatever it was. */
    void ended(Connection connection, String why) {
        unproven.remove(connection);
        Slot dialled = connection.dialled();
        Link link = connection.link();
        if (link == null) {
            complain(connection, why);
        } else {
            gone(slot(link.peer().number()), link, why);
        }
        if (dialled != null) {
            dialLater(dialled);
        }
    }

    private void complain(Connection connection, String why) {
        int node = connection.speaker();
        Slot slot = slots.get(node);
        if (slot != null && slot.link == null) {
            slot.lastEnd = why;
        }
        if (!stopped && complaints.isNews(node, why, clock.nanoTime())) {
            String who = slot == null ? "somebody" : "node " + slot.peer;
            LOG.warn("WB3003 no link with {} at {}: {}", who, connection.address(), why);
        }
    }

    private void gone(Slot slot, Link link, String why) {
        link.close();
        slot.lastEnd = why;
        slot.link = null;
        slot.connection = null;
        slot.sinceMs = clock.epochMs();
        slot.sentBefore.addAndGet(link.sentBytes());
        slot.receivedBefore.addAndGet(link.receivedBytes());
        if (clock.nanoTime() - slot.upNs > LONGEST_WAIT_MS * NS_A_MS) {
            slot.backoff.reset();
        }
        if (!stopped) {
            LOG.warn("WB3002 node {} is gone: {}", slot.peer, why);
        }
        handler.disconnected(slot.peer.number());
    }

    /** The handler has thrown something. */
    private void failed(int node, RuntimeException error) {
        if (complaints.isNews(node, error.toString(), clock.nanoTime())) {
            LOG.error("WB3004 what node {} sent could not be handled", slot(node).peer, error);
        }
        Connection connection = slot(node).connection;
        if (connection != null) {
            connection.end("what it sent could not be handled: " + error);
        }
    }

    private void tick() {
        long nowNs = clock.nanoTime();
        for (Connection each : List.copyOf(unproven)) {
            if (nowNs - each.beganNs() > options.handshakeMs() * NS_A_MS) {
                each.end("it did not prove who it is within " + options.handshakeMs() + " ms");
            }
        }
        for (Slot slot : slots.values()) {
            Link link = slot.link;
            Connection connection = slot.connection;
            String why = link == null ? null : link.tick();
            if (why != null && connection != null) {
                connection.end(why);
            }
        }
    }
}
