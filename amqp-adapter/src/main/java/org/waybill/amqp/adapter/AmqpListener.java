package org.waybill.amqp.adapter;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.WebSocketSettings;
import org.waybill.io.Clock;

/**
 * The acceptor of one event loop: takes its share of the connections to the adapter's ports and keeps the loop's timer. Deployed once
 * for each event loop.
 */
final class AmqpListener extends VerticleBase {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 512 * 1024);
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(512, 2 * 1024, 64 * 1024).maxMessagesPerRead(4);
    /** What a client may put into one WebSocket frame besides a whole AMQP frame. */
    private static final int MAX_WEB_SOCKET_BYTES = 1 << 20;

    private final Shared shared;
    private final Clock clock;
    private final int maxConnections;
    private final List<NetServerOptions> options;
    private final @Nullable WebSocketSettings webSocket;
    private final List<NetServer> servers = new ArrayList<>();
    private @Nullable ConnectionLoop loop;

    /**
     * One of one event loop.
     *
     * @param options one for each port to listen on
     * @param webSocket whom to let in over WebSockets, or null for nobody
     */
    AmqpListener(
            Shared shared,
            Clock clock,
            int maxConnections,
            List<NetServerOptions> options,
            @Nullable WebSocketSettings webSocket) {
        this.shared = shared;
        this.clock = clock;
        this.maxConnections = maxConnections;
        this.options = options;
        this.webSocket = webSocket;
    }

    @Override
    public Future<?> start() {
        ConnectionLoop own = new ConnectionLoop(shared, shared.context().currentLoop(), clock.nanoTime());
        loop = own;
        vertx.setPeriodic(ConnectionLoop.SWEEP_MS, id -> own.sweep(clock.nanoTime()));
        List<Future<NetServer>> listening = new ArrayList<>();
        for (NetServerOptions each : options) {
            NetServer server = vertx.createNetServer(each).connectHandler(socket -> accept(own, socket));
            servers.add(server);
            listening.add(server.listen());
        }
        return Future.all(listening);
    }

    /** The servers, in the order of the options. */
    List<NetServer> servers() {
        return servers;
    }

    /** Closes the connections of this loop; called on any thread. */
    Future<Void> closeConnections() {
        io.vertx.core.Promise<Void> gone = io.vertx.core.Promise.promise();
        context.runOnContext(v -> java.util.Objects.requireNonNull(loop).stop(gone::complete));
        return gone.future();
    }

    private void accept(ConnectionLoop own, NetSocket accepted) {
        ChannelHandlerContext context = ((NetSocketInternal) accepted).channelHandlerContext();
        Channel channel = context.channel();
        if (own.isStopping() || shared.counters().connections.get() >= maxConnections) {
            shared.counters().connectionsRefused.increment();
            if (!own.isStopping()) {
                own.warn("WB-A001", name(channel), "turned away, there are " + maxConnections + " connections");
            }
            ChannelFuture unused = channel.close();
            return;
        }
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        channel.config().setRecvByteBufAllocator(READS);
        if (channel.pipeline().get("chunkedWriter") != null) {
            channel.pipeline().remove("chunkedWriter");
        }
        Socket socket = new Socket(context);
        AmqpConnection connection = new AmqpConnection(own, socket, name(channel), isLocal(channel), clock.nanoTime());
        socket.connection(connection);
        own.add(connection);
        channel.pipeline().addBefore(context.name(), "amqp", socket);
        if (webSocket != null) {
            int maxFrameBytes = MAX_WEB_SOCKET_BYTES + shared.limits().maxFrameBytes();
            channel.pipeline().addBefore("amqp", "upgrade", new WebSocketUpgrade(webSocket.origins(), maxFrameBytes));
        }
    }

    private static String name(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress() + ":" + remote.getPort()
                : String.valueOf(channel.remoteAddress());
    }

    private static boolean isLocal(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress().isLoopbackAddress();
    }
}
