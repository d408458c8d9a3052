package org.waybill.jms.engine;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: its address, and what its channel is made of. Name and files are looked up on the caller's thread when it is
 * made; {@link #dial} waits for nothing. TLS and WebSocket have no time limit of their own that could be the first to end: who waits
 * for the connection to open gives it up as a whole.
 */
final class Dialling {
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 512 * 1024);
    private static final int MAX_UPGRADE_BYTES = 64 * 1024;

    private final ClientOptions options;
    private final InetAddress address;
    private final @Nullable SslContext tls;

    /** @throws ClientException if the name is unknown, or a file cannot be read */
    Dialling(ClientOptions options) {
        this.options = options;
        TlsOptions secure = options.endpoint().tls();
        this.tls = secure == null ? null : TlsContext.of(secure);
        try {
            this.address = InetAddress.getByName(options.endpoint().host());
        } catch (UnknownHostException e) {
            throw ClientException.of(
                    ClientException.Kind.UNREACHABLE, "cannot connect to " + options + ": unknown host", e);
        }
    }

    /** Whether nobody can listen in on the way. */
    boolean isPrivate() {
        return tls != null || address.isLoopbackAddress();
    }

    /** Connects on this loop; the listener hears of TCP's success or failure, the wire of everything after that. */
    void dial(EventLoop loop, Wire wire, ChannelFutureListener listener) {
        ChannelFuture unused = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, limitMs())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(512, 2 * 1024, 64 * 1024).maxMessagesPerRead(4))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        fill(channel, wire);
                    }
                })
                .connect(new InetSocketAddress(address, options.endpoint().port()))
                .addListener(listener);
    }

    private void fill(Channel channel, Wire wire) {
        ChannelPipeline pipeline = channel.pipeline();
        Endpoint endpoint = options.endpoint();
        if (tls != null) {
            String asked = endpoint.tls() == null ? null : endpoint.tls().serverName();
            SslHandler handler =
                    tls.newHandler(channel.alloc(), asked == null ? endpoint.host() : asked, endpoint.port());
            handler.setHandshakeTimeoutMillis(0);
            pipeline.addLast(handler);
        }
        if (endpoint.webSocketPath() != null) {
            pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_UPGRADE_BYTES));
            pipeline.addLast(new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri(webSocketUri(endpoint))
                    .version(WebSocketVersion.V13)
                    .subprotocol(WebSocketFrames.SUBPROTOCOL)
                    .generateOriginHeader(false)
                    .maxFramePayloadLength(WebSocketFrames.MAX_FRAME_BYTES)
                    .handshakeTimeoutMillis(2L * options.connectTimeoutMs())
                    .build()));
            pipeline.addLast(new WebSocketFrames());
        }
        pipeline.addLast(wire);
    }

    private static URI webSocketUri(Endpoint endpoint) {
        String uri = endpoint.toString();
        return URI.create((endpoint.tls() == null ? "ws" : "wss") + uri.substring(uri.indexOf(':')));
    }

    private int limitMs() {
        return (int) Math.min(options.connectTimeoutMs(), Integer.MAX_VALUE);
    }
}
