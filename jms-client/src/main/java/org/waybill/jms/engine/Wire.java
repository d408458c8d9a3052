package org.waybill.jms.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a connection's channel: shows the driver what is read, and writes what it gathered. Used on the channel's loop
 * alone, but for {@link #cut}.
 */
final class Wire extends ChannelInboundHandlerAdapter {
    private final Driver driver;
    private final boolean overWebSocket;
    private volatile @Nullable ChannelHandlerContext context;
    private boolean ready;

    Wire(Driver driver, boolean overWebSocket) {
        this.driver = driver;
        this.overWebSocket = overWebSocket;
    }

    /** Whether bytes may be written, and the socket takes them at once. */
    boolean isWritable() {
        ChannelHandlerContext on = context;
        return ready && on != null && on.channel().isWritable();
    }

    /** Whether bytes may be written, though they may have to wait in memory. */
    boolean isReady() {
        return ready;
    }

    /** Writes a copy of these bytes. */
    void write(byte[] bytes, int length) {
        ChannelHandlerContext on = context;
        if (on != null) {
            ByteBuf copy = on.alloc().directBuffer(length).writeBytes(bytes, 0, length);
            ChannelFuture unused = on.writeAndFlush(copy, on.voidPromise());
        }
    }

    /** Closes once everything is written, with TLS's and the WebSocket's own words of farewell. */
    void finish() {
        ChannelHandlerContext on = context;
        if (on != null) {
            ChannelFuture unused = on.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Closes now. Any thread. */
    void cut() {
        ChannelHandlerContext on = context;
        if (on != null) {
            ChannelFuture unused = on.channel().close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!overWebSocket) {
            ready();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            driver.broke(new IOException("TLS failed: " + Driver.reason(tls.cause()), tls.cause()));
        } else if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            ready();
        }
    }

    private void ready() {
        ready = true;
        driver.wake();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            ByteBuffer bytes = in.nioBufferCount() == 1
                    ? in.internalNioBuffer(in.readerIndex(), in.readableBytes())
                    : in.nioBuffer();
            driver.receive(bytes);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            driver.wake();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ready = false;
        driver.gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        driver.broke(cause instanceof IOException io ? io : new IOException(Driver.reason(cause), cause));
        ChannelFuture unused = ctx.close();
    }
}
