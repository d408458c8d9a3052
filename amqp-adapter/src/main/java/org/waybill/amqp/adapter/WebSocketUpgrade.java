package org.waybill.amqp.adapter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells AMQP from HTTP by a new connection's first byte. AMQP goes its way and costs nothing more; HTTP must ask for a WebSocket with
 * the sub-protocol {@code amqp} (AMQP WebSocket binding 1.0), at whatever path.
 *
 * <p>A web page's browser says where the page came from, and the page's author is not the browser's user: such a client is let in
 * only if its origin is listed.
 */
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {
    private static final String SUBPROTOCOL = "amqp";
    private static final int MAX_REQUEST_BYTES = 16 * 1024;

    private final List<String> origins;
    private final int maxFrameBytes;
    private boolean upgrading;

    /**
     * For one connection.
     *
     * @param origins the web pages that may connect, {@code https://example.org} for example
     * @param maxFrameBytes the largest WebSocket frame taken
     */
    WebSocketUpgrade(List<String> origins, int maxFrameBytes) {
        this.origins = origins;
        this.maxFrameBytes = maxFrameBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof FullHttpRequest request) {
            try {
                answer(ctx, request);
            } finally {
                request.release();
            }
        } else if (upgrading) {
            ReferenceCountUtil.release(message);
        } else {
            begin(ctx, (ByteBuf) message);
        }
    }

    private void begin(ChannelHandlerContext ctx, ByteBuf first) throws Exception {
        ChannelPipeline pipeline = ctx.pipeline();
        if (first.isReadable() && first.getByte(first.readerIndex()) == 'A') {
            ctx.fireChannelRead(first);
            pipeline.remove(this);
            return;
        }
        upgrading = true;
        HttpServerCodec codec = new HttpServerCodec();
        pipeline.addBefore(ctx.name(), "http", codec);
        pipeline.addBefore(ctx.name(), "http-body", new HttpObjectAggregator(MAX_REQUEST_BYTES));
        codec.channelRead(pipeline.context(codec), first);
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
        String refusal = refusal(request.headers());
        if (refusal != null) {
            refuse(ctx, refusal);
            return;
        }
        WebSocketDecoderConfig limits = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(maxFrameBytes)
                .build();
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory("", SUBPROTOCOL, limits).newHandshaker(request);
        if (handshaker == null) {
            ChannelFuture unused = WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
            return;
        }
        try {
            ChannelFuture unused = handshaker.handshake(ctx.channel(), request);
            ctx.pipeline().replace(this, "websocket", new WebSocketBytes());
        } catch (WebSocketHandshakeException e) {
            refuse(ctx, "not a WebSocket handshake: " + e.getMessage());
        }
    }

    private @Nullable String refusal(HttpHeaders headers) {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (!headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            return "this port speaks AMQP 1.0, also over WebSockets with the sub-protocol amqp";
        }
        if (!headers.containsValue(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL, true)) {
            return "the only WebSocket sub-protocol here is amqp";
        }
        return origin == null || origins.contains(origin) || isOurs(origin, headers.get(HttpHeaderNames.HOST))
                ? null
                : "the origin " + origin + " is not in amqp.websocket.origins";
    }

    /**
     * Whether a page came from where the request goes, as libraries claim that know no origin. That proves something only where no
     * name is involved: whoever has a name can let it lead here.
     */
    private static boolean isOurs(String origin, @Nullable String host) {
        if (host == null || !origin.endsWith("://" + host)) {
            return false;
        }
        String name = host.replaceFirst(":\\d+$", "");
        return name.equals("localhost") || NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    private static void refuse(ChannelHandlerContext ctx, String sentence) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.BAD_REQUEST,
                Unpooled.copiedBuffer(sentence + "\n", StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ChannelFuture unused = ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
}
