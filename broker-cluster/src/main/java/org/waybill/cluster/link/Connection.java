package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One socket, on its loop: first a handshake, then a link. Sits in the channel's pipeline behind TLS, if there is TLS. */
final class Connection extends ChannelInboundHandlerAdapter {
    /** Characters of a reason, which may quote what the other side has sent. */
    private static final int MAX_REASON = 1_500;

    private final Links links;
    private final Channel channel;
    private final @Nullable Slot dialled;
    private final Handshake handshake;
    private final long order;
    private final long beganNs;
    private @Nullable Link link;
    private boolean ended;

    /**
     * @param dialled whom it was dialled to, or null if it was accepted
     * @param order greater than that of all connections before
     */
    Connection(Links links, Channel channel, @Nullable Slot dialled, byte[] nonce, long order, long beganNs) {
        this.links = links;
        this.channel = channel;
        this.dialled = dialled;
        this.order = order;
        this.beganNs = beganNs;
        this.handshake = new Handshake(links.local(), dialled == null ? null : dialled.peer, nonce, this::vouch);
    }

    @Nullable
    Slot dialled() {
        return dialled;
    }

    Channel channel() {
        return channel;
    }

    long order() {
        return order;
    }

    long beganNs() {
        return beganNs;
    }

    @Nullable
    Link link() {
        return link;
    }

    /** The number of whom it is with as far as that is said, 0 if it is not. */
    int speaker() {
        return handshake.speaker();
    }

    /** The other side's address, without the port of whoever dialled. */
    String address() {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : String.valueOf(channel.remoteAddress());
    }

    /** Says what is to be said first. */
    void begin() {
        say(handshake.begin());
    }

    private @Nullable String vouch(Peer peer) {
        Certificates certificates = links.certificates();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return certificates == null || tls == null
                ? null
                : certificates.vouch(tls.engine().getSession(), peer);
    }

    private void say(byte[] bytes) {
        if (bytes.length > 0) {
            ChannelFuture unused = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            Link proven = link;
            if (ended) {
                return;
            } else if (proven != null) {
                proven.received(in);
            } else {
                negotiate(in);
            }
        } catch (LinkError wrong) {
            end(String.valueOf(wrong.getMessage()));
        } finally {
            in.release();
        }
    }

    private void negotiate(ByteBuf in) {
        byte[] bytes = new byte[in.readableBytes()];
        in.readBytes(bytes);
        Handshake.Step step = handshake.take(bytes);
        say(step.say());
        if (step.refusal() != null) {
            end(step.refusal());
        } else if (handshake.isDone()) {
            Link proven = links.proven(this, handshake.proven());
            link = proven;
            if (proven != null) {
                links.open(this, proven);
                proven.received(Unpooled.wrappedBuffer(handshake.rest()));
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Link proven = link;
        if (proven != null) {
            proven.readEnd();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Link proven = link;
        if (proven != null && channel.isWritable()) {
            proven.writable();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(link == null ? handshake.whyBroken() : "the other side ended the connection");
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        end("the connection failed: " + cause.getMessage());
    }

    /** Ends it on its loop, whatever thread this is. */
    void cut(String why) {
        Future<?> unused = channel.eventLoop().submit(() -> end(why));
    }

    /** Closes it, and lets the links know, once. */
    void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        links.ended(this, why.length() <= MAX_REASON ? why : why.substring(0, MAX_REASON));
        ChannelFuture unused = channel.close();
    }
}
