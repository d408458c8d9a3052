package org.waybill.jms.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/**
 * Bytes to binary WebSocket frames and back (AMQP WebSocket binding 1.0, section 2.4): the stream of bytes is cut without regard to
 * AMQP's frames.
 */
final class WebSocketFrames extends ChannelDuplexHandler {
    /** The sub-protocol's name. */
    static final String SUBPROTOCOL = "amqp";

    /** The largest frame that is taken. */
    static final int MAX_FRAME_BYTES = 1 << 24;

    /** The largest frame that is sent: what common servers take by default. */
    private static final int MAX_SENT_BYTES = 32 * 1024;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        if (message instanceof BinaryWebSocketFrame || message instanceof ContinuationWebSocketFrame) {
            ctx.fireChannelRead(((WebSocketFrame) message).content());
        } else {
            ReferenceCountUtil.release(message);
            throw new IOException("the server sent something else than binary WebSocket frames");
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf bytes)) {
            ChannelFuture unused = ctx.write(message, promise);
            return;
        }
        while (bytes.readableBytes() > MAX_SENT_BYTES) {
            ChannelFuture unused = ctx.write(new BinaryWebSocketFrame(bytes.readRetainedSlice(MAX_SENT_BYTES)));
        }
        ChannelFuture unused =
                bytes.isReadable() ? ctx.write(new BinaryWebSocketFrame(bytes), promise) : ctx.write(bytes, promise);
    }
}
