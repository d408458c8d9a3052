package org.waybill.cluster.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;

/**
 * One proven connection to a peer. Everything but {@link #send} is on the loop of its socket: what others queue is written there, all that
 * has gathered with one flush. Wakes the loop once for what gathers meanwhile, and not at all while the socket takes nothing.
 *
 * <p>On channel {@link Frames#OWN_CHANNEL} links ask each other for an answer at every tick. Little-endian:
 * <pre>
 *   0   u8   1: a question; 2: its answer
 *   1   u64  in an answer what the question had here: the time of whoever asked
 * </pre>
 */
final class Link {
    static final byte QUESTION = 1;
    static final byte ANSWER = 2;
    static final int QUESTION_BYTES = 1 + Long.BYTES;

    /** A peer that takes nothing is given up after so many times what one is given that says nothing. */
    static final int STALL_FACTOR = 5;

    /** Bytes handed to the socket in one go. */
    private static final int BATCH_BYTES = 256 << 10;

    /** What a batch may have beyond that: it ends when it is that long. */
    private static final int OVERRUN_BYTES = 2 * Frames.PIECE_BYTES;

    /** Batches after which others on the loop go on. */
    private static final int MAX_BATCHES = 16;

    private static final long NS_A_MS = 1_000_000;
    private static final long NS_A_MICRO = 1_000;

    private final LinkOptions options;
    private final Peer peer;
    private final Channel channel;
    private final EventLoop loop;
    private final LinkHandler handler;
    private final Clock clock;
    private final Consumer<String> cut;
    private final Frames frames;
    private final SendQueue queue = new SendQueue();
    private final Runnable flush = this::flush;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean full = new AtomicBoolean();
    private volatile boolean closed;
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private volatile long roundTripMicros;
    private boolean received;
    private long heardNs;
    private long tickedNs;

    /** What the socket has to write, when it took something for the last time while it had more than enough. */
    private long stalledBytes;

    private long stalledNs;

    /** @param cut ends the connection for the reason given; called on any thread */
    Link(LinkOptions options, Peer peer, Channel channel, LinkHandler handler, Clock clock, Consumer<String> cut) {
        this.options = options;
        this.peer = peer;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.handler = handler;
        this.clock = clock;
        this.cut = cut;
        this.frames =
                new Frames(options.maxPayloadBytes(), (long) options.maxPayloadBytes() + options.maxQueuedBytes());
        this.heardNs = clock.nanoTime();
        this.tickedNs = heardNs;
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

    long roundTripMicros() {
        return roundTripMicros;
    }

    boolean isFull() {
        return full.get();
    }

    /** Queues a message; false when it is lost already. Any thread. */
    boolean send(int toChannel, byte[] bytes, int offset, int length, boolean isUrgent) {
        if (closed) {
            return false;
        }
        long weight = SendQueue.weight(length);
        long before = queuedBytes.getAndAdd(weight);
        if (before > options.maxQueuedBytes()) {
            closed = true; // from here on nothing goes: what came behind a lost message would be out of order
            cut.accept("more than " + options.maxQueuedBytes() + " bytes wait to be sent");
            return false;
        }
        if (before + weight > options.fullBytes()) {
            full.set(true); // before the message is there: the flush that takes it finds this
        }
        queue.add(toChannel, bytes, offset, length, isUrgent);
        schedule();
        return true;
    }

    private void schedule() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            loop.execute(flush);
        }
    }

    // ---- on the loop

    /** Bytes have come; throws {@link LinkError}. */
    void received(ByteBuf in) {
        heardNs = clock.nanoTime();
        receivedBytes.addAndGet(in.readableBytes());
        received = true;
        frames.take(in, this::message);
    }

    /** Nothing more is to be read at the moment. */
    void readEnd() {
        if (received && !closed) {
            received = false;
            handler.batchEnd(peer.number());
        }
    }

    private void message(int onChannel, ByteBuffer payload) {
        if (closed) {
            return;
        }
        if (onChannel != Frames.OWN_CHANNEL) {
            handler.received(peer.number(), onChannel, payload);
            return;
        }
        ByteBuffer own = payload.order(ByteOrder.LITTLE_ENDIAN);
        byte kind = own.remaining() == QUESTION_BYTES ? own.get(0) : 0;
        switch (kind) {
            case QUESTION -> say(ANSWER, own.getLong(1));
            case ANSWER -> roundTripMicros = Math.max(1, (clock.nanoTime() - own.getLong(1)) / NS_A_MICRO);
            default -> throw new LinkError("it says what no link says");
        }
    }

    private void say(byte kind, long timeNs) {
        byte[] bytes = ByteBuffer.allocate(QUESTION_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(kind)
                .putLong(timeNs)
                .array();
        send(Frames.OWN_CHANNEL, bytes, 0, bytes.length, true);
    }

    /** A heartbeat's time has passed; returns why the link must end, or null. */
    @Nullable
    String tick() {
        long nowNs = clock.nanoTime();
        long lateNs = nowNs - tickedNs - 2 * options.heartbeatMs() * NS_A_MS;
        tickedNs = nowNs;
        if (lateNs > 0) {
            heardNs += lateNs; // this node stood still: what came meanwhile is not read yet
            stalledNs += lateNs;
        }
        if (nowNs - heardNs > options.silenceMs() * NS_A_MS) {
            return "nothing was heard for " + options.silenceMs() + " ms";
        }
        if (channel.isWritable()) {
            stalledBytes = 0;
            say(QUESTION, nowNs);
            return null;
        }
        long waiting = channel.bytesBeforeWritable();
        if (waiting != stalledBytes) {
            stalledBytes = waiting;
            stalledNs = nowNs;
        }
        long patienceMs = STALL_FACTOR * options.silenceMs();
        return nowNs - stalledNs > patienceMs * NS_A_MS ? "it has taken nothing for " + patienceMs + " ms" : null;
    }

    /** The socket takes bytes again. */
    void writable() {
        flush();
    }

    /** Ends it: what waits is lost. */
    void close() {
        closed = true;
        queue.clear();
    }

    /** Writes what waits, as far as the socket takes it. */
    void flush() {
        scheduled.set(false);
        for (int batches = 0; !closed && channel.isWritable(); batches++) {
            if (batches == MAX_BATCHES) {
                schedule();
                return;
            }
            long queued = queuedBytes.get();
            int expected = (int) (queued < BATCH_BYTES ? queued : BATCH_BYTES + OVERRUN_BYTES);
            if (queued == 0 || !write(expected)) {
                return;
            }
        }
        if (!channel.isWritable()) {
            scheduled.set(true); // nobody needs to wake the loop: it comes back when the socket takes bytes again
        }
    }

    private boolean write(int expected) {
        ByteBuf out = options.tls() == null
                ? channel.alloc().directBuffer(expected)
                : channel.alloc().heapBuffer(expected);
        long taken = queue.take(out, BATCH_BYTES);
        int bytes = out.readableBytes();
        if (bytes == 0) {
            out.release();
            return false;
        }
        sentBytes.addAndGet(bytes);
        ChannelFuture unused = channel.writeAndFlush(out, channel.voidPromise());
        long left = queuedBytes.addAndGet(-taken);
        if (left <= options.fullBytes() / 2 && full.compareAndSet(true, false)) {
            handler.drained(peer.number());
        }
        return true;
    }
}
