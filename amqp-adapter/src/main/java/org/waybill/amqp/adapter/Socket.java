package org.waybill.amqp.adapter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Output;

/**
 * The bytes of one connection. Sits in the channel's pipeline, shows each read to the connection and gathers what the engine
 * writes in pooled buffers, which it holds only between a write and the flush that ends the turn.
 */
final class Socket extends ChannelInboundHandlerAdapter implements Output {
    private static final int MIN_CHUNK_BYTES = 512;
    private static final int CHUNK_BYTES = 64 * 1024;

    /** Unsent bytes beyond which nothing more is read from a client that does not read its own socket. */
    private static final long MAX_UNSENT_BYTES = 16L << 20;

    private final Channel channel;
    private final ChannelHandlerContext context;
    private @Nullable AmqpConnection connection;
    private @Nullable ByteBuf gathered;
    private int expectedBytes = MIN_CHUNK_BYTES;
    private boolean unflushed;
    private boolean reading;
    private boolean closing;

    /** @param context the place in the pipeline in front of which this handler is put */
    Socket(ChannelHandlerContext context) {
        this.context = context;
        this.channel = context.channel();
    }

    /** Whom the bytes are for; set before the first read. */
    void connection(AmqpConnection owner) {
        connection = owner;
    }

    private AmqpConnection connection() {
        return java.util.Objects.requireNonNull(connection);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!closing) {
                reading = true;
                connection()
                        .received(
                                in.nioBufferCount() == 1
                                        ? in.internalNioBuffer(in.readerIndex(), in.readableBytes())
                                        : in.nioBuffer());
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (reading) {
            reading = false;
            connection().readEnd();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            channel.config().setAutoRead(true);
            connection().writable();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        dropGathered();
        connection().disconnected();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection().failed(cause);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        if (closing) {
            return;
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            ByteBuf chunk = gathered;
            if (chunk == null) {
                chunk = channel.alloc().directBuffer(Math.min(CHUNK_BYTES, Math.max(expectedBytes, left)), CHUNK_BYTES);
                gathered = chunk;
            }
            int fits = Math.min(left, chunk.maxWritableBytes());
            chunk.writeBytes(source, at, fits);
            at += fits;
            left -= fits;
            if (chunk.maxWritableBytes() == 0) {
                pass();
            }
        }
    }

    private void pass() {
        ByteBuf chunk = gathered;
        if (chunk != null) {
            gathered = null;
            unflushed = true;
            expectedBytes = Math.max(MIN_CHUNK_BYTES, chunk.readableBytes());
            ChannelFuture unused = context.write(chunk, context.voidPromise());
        }
    }

    /** Sends what was written. Once for each read and each batch of answers. */
    void flush() {
        pass();
        if (unflushed) {
            unflushed = false;
            context.flush();
            if (channel.bytesBeforeWritable() > MAX_UNSENT_BYTES) {
                channel.config().setAutoRead(false);
            }
        }
    }

    /** Reads no more, or goes on. */
    void reads(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** Whether the socket takes more at once. What is written while it does not waits in memory. */
    boolean isTls() {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    boolean isWebSocket() {
        return channel.pipeline().get(WebSocketBytes.class) != null;
    }

    boolean writable() {
        return channel.isWritable();
    }

    /**
     * Sends what was written, then tells the peer that nothing more comes. Its own bytes are dropped from here on; {@link #close}
     * ends what it does not end itself.
     */
    void finish() {
        if (closing) {
            return;
        }
        pass();
        closing = true;
        unflushed = false;
        ChannelPromise sent = context.newPromise();
        ChannelFuture unused = context.writeAndFlush(Unpooled.EMPTY_BUFFER, sent.addListener(done -> endOutput()));
        channel.config().setAutoRead(true);
    }

    /** A half-open TCP stream lets the peer read our last words; TLS and WebSockets have no such thing that clients know. */
    private void endOutput() {
        if (channel instanceof DuplexChannel duplex && !isTls() && !isWebSocket()) {
            ChannelFuture unused = duplex.shutdownOutput();
        } else {
            ChannelFuture unused = context.close();
        }
    }

    /** Closes the socket now. */
    void close() {
        closing = true;
        dropGathered();
        ChannelFuture unused = context.close();
    }

    private void dropGathered() {
        ByteBuf chunk = gathered;
        if (chunk != null) {
            gathered = null;
            chunk.release();
        }
    }
}
