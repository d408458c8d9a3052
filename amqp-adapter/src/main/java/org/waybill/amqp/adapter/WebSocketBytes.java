package org.waybill.amqp.adapter;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Bytes to binary WebSocket frames and back. The stream of bytes is cut without regard to AMQP's frames (AMQP WebSocket binding 1.0,
 * section 2.4), neither are those looked for in what comes.
 */
final class WebSocketBytes extends ChannelDuplexHandler {
    private boolean closed;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof BinaryWebSocketFrame || message instanceof ContinuationWebSocketFrame) {
            ctx.fireChannelRead(((WebSocketFrame) message).content());
        } else if (message instanceof PingWebSocketFrame ping) {
            ChannelFuture unused = ctx.writeAndFlush(new PongWebSocketFrame(ping.content()));
        } else if (message instanceof PongWebSocketFrame) {
            ReferenceCountUtil.release(message);
        } else {
            ReferenceCountUtil.release(message);
            close(ctx, ctx.newPromise());
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean isBytes = message instanceof ByteBuf bytes && bytes.isReadable();
        ChannelFuture unused = ctx.write(isBytes ? new BinaryWebSocketFrame((ByteBuf) message) : message, promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closed || !ctx.channel().isActive()) {
            ChannelFuture unused = ctx.close(promise);
            return;
        }
        closed = true;
        ChannelFuture unused = ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                .addListener(sent -> end(ctx, promise));
    }

    private static void end(ChannelHandlerContext ctx, ChannelPromise promise) {
        ChannelFuture unused = ctx.close(promise);
    }
}
