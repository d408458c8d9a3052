package org.waybill.cluster.link;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Clock;

/**
 * The links of one node to all its peers. Of two nodes the one with the higher number dials, again and again. Thread-safe; the handler is
 * told on the loops of the sockets.
 */
public final class Links {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);
    private static final long FIRST_WAIT_MS = 50;
    private static final long LONGEST_WAIT_MS = 1_000;

    private final Vertx vertx;
    private final LinkOptions options;
    private final LinkHandler handler;
    private final Clock clock;
    private final Handshake.Key key;
    private final SecureRandom chance = new SecureRandom();
    private final Map<Integer, Slot> slots = new HashMap<>();
    private final AtomicInteger unproven = new AtomicInteger();
    private final NetClient client;
    private final NetServer server;
    private volatile boolean stopped;

    /** What there is of one peer. */
    private static final class Slot {
        final Peer peer;
        final AtomicReference<@Nullable Link> link = new AtomicReference<>();
        final AtomicReference<String> complaint = new AtomicReference<>("");
        volatile long sinceMs;
        final AtomicLong sentBefore = new AtomicLong();
        final AtomicLong receivedBefore = new AtomicLong();

        Slot(Peer peer) {
            this.peer = peer;
        }
    }

    private Links(Vertx vertx, LinkOptions options, LinkHandler handler, Clock clock) {
        this.vertx = vertx;
        this.options = options;
        this.handler = handler;
        this.clock = clock;
        this.key = new Handshake.Key(options);
        for (Peer peer : options.peers()) {
            slots.put(peer.number(), new Slot(peer));
        }
        this.client = vertx.createNetClient(new NetClientOptions()
                .setTcpNoDelay(true)
                .setConnectTimeout((int) options.handshakeMs())
                .setReconnectAttempts(0));
        this.server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
    }

    /** Listens and begins to dial; the future fails when this node's port cannot be listened on. */
    public static Future<Links> start(Vertx vertx, LinkOptions options, LinkHandler handler, Clock clock) {
        Links links = new Links(vertx, options, handler, clock);
        links.server.connectHandler(links::accepted);
        Peer self = options.self();
        return links.server.listen(self.port(), self.host()).map(listening -> {
            for (Peer peer : options.peers()) {
                if (self.number() > peer.number()) {
                    links.dial(links.slot(peer.number()), FIRST_WAIT_MS);
                }
            }
            return links;
        });
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Sends a message to a peer, behind those sent on the same channel with the same urgency before. It is lost when the peer is not there.
     *
     * @param channel 1 or more
     * @param bytes must not change any more
     * @param urgent whether it goes before what is not; for what is short
     */
    public void send(int node, int channel, byte[] bytes, int offset, int length, boolean urgent) {
        Link link = slot(node).link.get();
        if (link != null) {
            link.send(channel, bytes, offset, length, urgent);
        }
    }

    /** Whether so much waits for a peer that more should wait too, until {@link LinkHandler#drained}. */
    public boolean isFull(int node) {
        Link link = slot(node).link.get();
        return link != null && link.isFull();
    }

    /** Whether a peer is there. */
    public boolean isUp(int node) {
        return slot(node).link.get() != null;
    }

    /** What is known of each link. */
    public List<LinkStatus> status() {
        List<LinkStatus> all = new ArrayList<>();
        for (Peer peer : options.peers()) {
            Slot slot = slot(peer.number());
            Link link = slot.link.get();
            all.add(new LinkStatus(
                    peer,
                    link != null,
                    slot.sinceMs,
                    slot.sentBefore.get() + (link == null ? 0 : link.sentBytes()),
                    slot.receivedBefore.get() + (link == null ? 0 : link.receivedBytes()),
                    link == null ? 0 : link.queuedBytes()));
        }
        return all;
    }

    /** Ends all links and listens no more. */
    public Future<Void> stop() {
        stopped = true;
        return server.close().eventually(() -> client.close());
    }

    private Slot slot(int node) {
        Slot slot = slots.get(node);
        if (slot == null) {
            throw new IllegalArgumentException("there is no node " + node + " in the cluster");
        }
        return slot;
    }

    // ---- becoming a link

    private void dial(Slot slot, long waitMs) {
        if (stopped) {
            return;
        }
        Peer peer = slot.peer;
        client.connect(peer.port(), peer.host()).onComplete(result -> {
            if (result.succeeded()) {
                Connection connection = new Connection(result.result(), peer.number());
                connection.whenEnded = () -> dialLater(slot, connection.proven ? FIRST_WAIT_MS : waitMs);
                connection.begin();
            } else {
                dialLater(slot, waitMs);
            }
        });
    }

    private void dialLater(Slot slot, long waitMs) {
        long longer = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        vertx.setTimer(waitMs, timer -> dial(slot, longer));
    }

    private void accepted(NetSocket socket) {
        if (unproven.get() >= options.maxUnproven()) {
            socket.close();
            return;
        }
        new Connection(socket, 0).begin();
    }

    /** One socket, on its loop: first a handshake, then a link. */
    private final class Connection {
        private final NetSocket socket;
        private final Context context = vertx.getOrCreateContext();
        private final Handshake handshake;
        private final long timer;
        private Runnable whenEnded = () -> {};
        private @Nullable Link link;
        private boolean proven;
        private boolean ended;
        private long ticker;

        Connection(NetSocket socket, int peer) {
            this.socket = socket;
            byte[] bytes = new byte[Handshake.CHANCE_BYTES];
            chance.nextBytes(bytes);
            this.handshake = new Handshake(key, options.self().number(), peer, bytes);
            unproven.incrementAndGet();
            this.timer = vertx.setTimer(options.handshakeMs(), late -> socket.close());
        }

        void begin() {
            socket.handler(this::received);
            socket.exceptionHandler(failure -> socket.close());
            socket.closeHandler(closed -> ended());
            write(handshake.begin());
        }

        private void received(Buffer buffer) {
            try {
                Link open = link;
                if (open != null) {
                    open.received(buffer);
                    return;
                }
                write(handshake.take(buffer.getBytes()));
                if (handshake.done()) {
                    open();
                }
            } catch (LinkError wrong) {
                complain(String.valueOf(wrong.getMessage()));
                socket.close();
            }
        }

        private void write(byte[] bytes) {
            if (bytes.length > 0) {
                socket.write(Buffer.buffer(bytes));
            }
        }

        private void open() {
            Slot slot = slots.get(handshake.peer());
            boolean mayDial = slot != null && handshake.peer() > options.self().number() || dialled();
            if (slot == null || !mayDial || stopped) {
                throw new LinkError("node " + handshake.peer() + " is not to dial this one");
            }
            vertx.cancelTimer(timer);
            unproven.decrementAndGet();
            proven = true;
            Link made = new Link(options, slot.peer, socket, context, handler, clock);
            link = made;
            Link before = slot.link.getAndSet(made);
            if (before != null) {
                before.close();
                handler.disconnected(slot.peer.number());
            }
            slot.sinceMs = clock.epochMs();
            slot.complaint.set("");
            LOG.info("WB3001 node {} ({}) is there", slot.peer.name(), slot.peer.number());
            ticker = vertx.setPeriodic(options.heartbeatMs(), tick -> tick(made));
            handler.connected(slot.peer.number());
            byte[] rest = handshake.rest();
            if (rest.length > 0) {
                made.received(Buffer.buffer(rest));
            }
        }

        private boolean dialled() {
            return options.self().number() > handshake.peer();
        }

        private void tick(Link open) {
            String why = open.tick();
            if (why != null) {
                complain(why);
                socket.close();
                ended();
            }
        }

        private void ended() {
            if (ended) {
                return;
            }
            ended = true;
            if (!proven) {
                vertx.cancelTimer(timer);
                unproven.decrementAndGet();
            }
            Link open = link;
            if (open != null) {
                vertx.cancelTimer(ticker);
                open.close();
                Slot slot = slot(open.peer().number());
                slot.sentBefore.addAndGet(open.sentBytes());
                slot.receivedBefore.addAndGet(open.receivedBytes());
                if (slot.link.compareAndSet(open, null)) {
                    slot.sinceMs = clock.epochMs();
                    LOG.warn(
                            "WB3002 node {} ({}) is gone",
                            open.peer().name(),
                            open.peer().number());
                    handler.disconnected(open.peer().number());
                }
            }
            whenEnded.run();
        }

        /** Once for each thing that is wrong with a peer, however often it tries again. */
        private void complain(String what) {
            Slot slot = slots.get(handshake.peer());
            if (slot == null || !what.equals(slot.complaint.getAndSet(what))) {
                LOG.warn("WB3003 the link with {} ended: {}", socket.remoteAddress(), what);
            }
        }
    }
}
