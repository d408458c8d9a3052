package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;

/**
 * One proven connection to a peer. Everything but {@link #send} is on the loop of its socket: what others queue is written there,
 * all that has gathered with one flush, urgent messages between the pieces of long ones.
 */
final class Link {
    /** Bytes handed to the socket in one go. */
    private static final int BATCH_BYTES = 256 << 10;

    private static final long NS_A_MS = 1_000_000;

    private record Message(int channel, byte[] bytes, int offset, int length) {}

    private final LinkOptions options;
    private final Peer peer;
    private final NetSocket socket;
    private final Context context;
    private final LinkHandler handler;
    private final Clock clock;
    private final Frames frames;
    private final Queue<Message> urgent = new ConcurrentLinkedQueue<>();
    private final Queue<Message> bulk = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean full = new AtomicBoolean();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private volatile boolean closed;

    /** The long message of which a part was sent, and how much. */
    private @Nullable Message current;

    private int sent;

    /** Bytes of messages that the last batch was the end of. */
    private long taken;

    private long heardNs;
    private long spokenNs;

    Link(LinkOptions options, Peer peer, NetSocket socket, Context context, LinkHandler handler, Clock clock) {
        this.options = options;
        this.peer = peer;
        this.socket = socket;
        this.context = context;
        this.handler = handler;
        this.clock = clock;
        this.frames = new Frames(options.maxPayloadBytes());
        this.heardNs = clock.nanoTime();
        this.spokenNs = heardNs;
        socket.drainHandler(drained -> flush());
    }

    Peer peer() {
        return peer;
    }

    long sentBytes() {
        return sentBytes.get();
    }

    long receivedBytes() {
        return receivedBytes.get();
    }

    long queuedBytes() {
        return queuedBytes.get();
    }

    boolean isFull() {
        return full.get();
    }

    /** Queues a message. Any thread. */
    void send(int channel, byte[] bytes, int offset, int length, boolean isUrgent) {
        if (closed) {
            return;
        }
        long queued = queuedBytes.addAndGet((long) length + Frames.HEADER_BYTES);
        if (queued > options.fullBytes()) {
            full.set(true);
        }
        (isUrgent ? urgent : bulk).add(new Message(channel, bytes, offset, length));
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            context.runOnContext(task -> {
                scheduled.set(false);
                flush();
            });
        }
    }

    // ---- on the loop

    /** Bytes have come; throws {@link LinkError}. */
    void received(Buffer buffer) {
        if (closed) {
            return;
        }
        heardNs = clock.nanoTime();
        receivedBytes.addAndGet(buffer.length());
        frames.take(buffer.getBytes(), this::message);
        handler.batchEnd(peer.number());
    }

    private void message(int channel, ByteBuffer payload) {
        handler.received(peer.number(), channel, payload);
    }

    /** Time has passed; returns why the link must end, or null. */
    @Nullable
    String tick() {
        long nowNs = clock.nanoTime();
        if (nowNs - heardNs > options.silenceMs() * NS_A_MS) {
            return "nothing was heard for " + options.silenceMs() + " ms";
        }
        if (queuedBytes.get() > options.maxQueuedBytes()) {
            return "more than " + options.maxQueuedBytes() + " bytes wait to be sent";
        }
        if (nowNs - spokenNs >= options.heartbeatMs() * NS_A_MS && queuedBytes.get() == 0) {
            send(Frames.HEARTBEAT, new byte[0], 0, 0, true);
        }
        return null;
    }

    void close() {
        closed = true;
        urgent.clear();
        bulk.clear();
    }

    private void flush() {
        while (!closed && !socket.writeQueueFull()) {
            CompositeByteBuf batch = Unpooled.compositeBuffer(Integer.MAX_VALUE);
            int bytes = gather(batch);
            if (bytes == 0) {
                batch.release();
                break;
            }
            spokenNs = clock.nanoTime();
            sentBytes.addAndGet(bytes);
            socket.write(BufferInternal.buffer((ByteBuf) batch));
            long left = queuedBytes.addAndGet(-taken);
            if (left <= options.fullBytes() / 2 && full.compareAndSet(true, false)) {
                handler.drained(peer.number());
            }
        }
    }

    private int gather(CompositeByteBuf batch) {
        taken = 0;
        int bytes = 0;
        while (bytes < BATCH_BYTES) {
            Message next = urgent.poll();
            if (next != null) {
                bytes += piece(batch, next, 0, next.length);
                taken += next.length + Frames.HEADER_BYTES;
                continue;
            }
            if (current == null) {
                current = bulk.poll();
                sent = 0;
            }
            Message message = current;
            if (message == null) {
                break;
            }
            int length = Math.min(Frames.PIECE_BYTES, message.length - sent);
            bytes += piece(batch, message, sent, length);
            sent += length;
            if (sent == message.length) {
                taken += message.length + Frames.HEADER_BYTES;
                current = null;
            }
        }
        return bytes;
    }

    private static int piece(CompositeByteBuf batch, Message message, int from, int length) {
        boolean more = from + length < message.length;
        batch.addComponent(true, Unpooled.wrappedBuffer(Frames.header(message.channel, length, more)));
        if (length > 0) {
            batch.addComponent(true, Unpooled.wrappedBuffer(message.bytes, message.offset + from, length));
        }
        return Frames.HEADER_BYTES + length;
    }
}
