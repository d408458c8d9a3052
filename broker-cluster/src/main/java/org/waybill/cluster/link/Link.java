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
 * has gathered with one flush. Wakes the loop once for what gathers meanwhile, and not at all while the socket takes nothing, or while as
 * much is under way as the peer takes in good time ({@link Pacing}): only what is urgent goes then.
 *
 * <p>On channel {@link Frames#OWN_CHANNEL} links ask each other for an answer, at every tick and among what they send. Little-endian:
 * <pre>
 *   0   u8   1: a question; 2: its answer
 *   1   u64  in an answer what the question had here: the time of whoever asked
 * </pre>
 */
final class Link {
    static final byte QUESTION = 1;
    static final byte ANSWER = 2;
    static final int QUESTION_BYTES = 1 + Long.BYTES;
    private static final int QUESTION_FRAME_BYTES = Frames.HEADER_BYTES + QUESTION_BYTES;

    /** A peer that takes nothing is given up after so many times what one is given that says nothing. */
    static final int STALL_FACTOR = 10;

    /** A tick that comes later than so many heartbeats after the one before shows that this node stood still. */
    private static final int LATE_HEARTBEATS = 2;

    /** Bytes handed to the socket in one go. */
    private static final int BATCH_BYTES = 256 << 10;

    /** What a batch may have beyond that: it ends when it is that long. */
    private static final int OVERRUN_BYTES = 2 * Frames.PIECE_BYTES;

    /** So many frames are in a window at least, so that none takes long. */
    private static final int PIECES_OF_WINDOW = 4;

    /** Batches after which others on the loop go on. */
    private static final int MAX_BATCHES = 16;

    /** A link is full when so many times what may be under way waits, but for this. */
    private static final long FULL_WINDOWS = 2;

    private static final int MIN_FULL_BYTES = 32 << 10;

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
    private final Pacing pacing = new Pacing();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** Whether only what is urgent goes until the peer has answered. */
    private volatile boolean paced;

    private final AtomicBoolean full = new AtomicBoolean();
    private volatile boolean closed;
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private volatile long roundTripMicros;
    private boolean received;
    private long heardNs;
    private long tickedNs;

    /** What the socket has to write, and how often the peer has answered, when one of them changed last. */
    private long stalledBytes;

    private long stalledAnswers;
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
        this.queue.pieceBytes(pieceBytes());
        this.heardNs = clock.nanoTime();
        this.tickedNs = heardNs;
        this.stalledNs = heardNs;
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
        return queue.queuedBytes();
    }

    long roundTripMicros() {
        return roundTripMicros;
    }

    /** So much may wait that is not bulk: on a narrow line what takes some seconds. */
    private long fullBytes() {
        return Math.min(options.fullBytes(), Math.max(MIN_FULL_BYTES, FULL_WINDOWS * pacing.windowBytes()));
    }

    /** How much more bulk may be added before it waits here for longer than it is under way. Any thread. */
    int bulkRoomBytes() {
        return (int) Math.max(0, pacing.windowBytes() - queue.bulkBytes());
    }

    /** How long bulk that is added now takes to be there and answered, as it looks. Any thread. */
    long bulkDelayNs() {
        // half of what goes is bulk if there is enough of both
        double windows = 1 + 2.0 * queue.bulkBytes() / pacing.windowBytes();
        return (long) (roundTripMicros * NS_A_MICRO * windows);
    }

    boolean isFull() {
        return full.get();
    }

    /** Queues a message; false when it is lost already. Any thread. */
    boolean send(int toChannel, byte[] bytes, int offset, int length, Precedence precedence) {
        if (closed) {
            return false;
        }
        long before = queue.add(toChannel, bytes, offset, length, precedence);
        if (before > options.maxQueuedBytes()) {
            closed = true; // from here on nothing goes: what came behind a lost message would be out of order
            cut.accept("more than " + options.maxQueuedBytes() + " bytes wait to be sent");
            return false;
        }
        if (precedence != Precedence.BULK && queue.queuedBytes() - queue.bulkBytes() > fullBytes()) {
            full.set(true); // a flush is to come, and finds this
        }
        if (!paced || precedence == Precedence.URGENT) {
            schedule();
        }
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
        long nowNs = clock.nanoTime();
        String standstill = standstill(nowNs);
        if (standstill != null) {
            throw new LinkError(standstill);
        }
        heardNs = nowNs;
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
            case ANSWER -> answered(own.getLong(1));
            default -> throw new LinkError("it says what no link says");
        }
    }

    private void answered(long askedNs) {
        long nowNs = clock.nanoTime();
        roundTripMicros = Math.max(1, (nowNs - askedNs) / NS_A_MICRO);
        pacing.answered(askedNs, nowNs);
        queue.pieceBytes(pieceBytes());
        if (paced) {
            flush();
        }
    }

    private int pieceBytes() {
        return Math.min(Frames.PIECE_BYTES, pacing.windowBytes() / PIECES_OF_WINDOW);
    }

    private void say(byte kind, long timeNs) {
        byte[] bytes = ByteBuffer.allocate(QUESTION_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(kind)
                .putLong(timeNs)
                .array();
        send(Frames.OWN_CHANNEL, bytes, 0, bytes.length, Precedence.URGENT);
    }

    /**
     * Why the link must end because this node stood still, or null: for so long that the peer may have given it up. Whatever came
     * before is of no use then, and is not handed on: it may be long overtaken by what the peer has done since.
     */
    private @Nullable String standstill(long nowNs) {
        long stoodNs = nowNs - tickedNs;
        long longestNs = (options.silenceMs() - LATE_HEARTBEATS * options.heartbeatMs()) * NS_A_MS;
        return stoodNs > longestNs ? "this node stood still for " + stoodNs / NS_A_MS + " ms" : null;
    }

    /** A heartbeat's time has passed; returns why the link must end, or null. */
    @Nullable
    String tick() {
        long nowNs = clock.nanoTime();
        String standstill = standstill(nowNs);
        if (standstill != null) {
            return standstill;
        }
        long lateNs = nowNs - tickedNs - LATE_HEARTBEATS * options.heartbeatMs() * NS_A_MS;
        tickedNs = nowNs;
        if (lateNs > 0) {
            heardNs += lateNs; // this node stood still: what came meanwhile is not read yet
            stalledNs += lateNs;
        }
        if (nowNs - heardNs > options.silenceMs() * NS_A_MS) {
            return "nothing was heard for " + options.silenceMs() + " ms";
        }
        long waiting = channel.isWritable() ? 0 : channel.bytesBeforeWritable();
        boolean isTaken = waiting == 0 && !pacing.isWaiting();
        if (isTaken || waiting != stalledBytes || pacing.answers() != stalledAnswers) {
            stalledBytes = waiting;
            stalledAnswers = pacing.answers();
            stalledNs = nowNs;
        }
        if (waiting == 0) {
            pacing.asked(nowNs);
            say(QUESTION, nowNs);
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

    /** Writes what waits, as far as the socket and the peer take it. */
    void flush() {
        scheduled.set(false);
        paced = false;
        int batches = 0;
        while (!closed && channel.isWritable() && batches < MAX_BATCHES && write()) {
            batches++;
        }
        if (batches == MAX_BATCHES) {
            schedule();
        } else if (!channel.isWritable()) {
            scheduled.set(true); // nobody needs to wake the loop: it comes back when the socket takes bytes again
        }
        boolean isLow = queue.queuedBytes() - queue.bulkBytes() <= fullBytes() / 2;
        if (isLow && full.compareAndSet(true, false)) {
            handler.drained(peer.number());
        }
    }

    /** Writes a batch; returns whether there may be more to write now. */
    private boolean write() {
        long queued = queue.queuedBytes();
        int room = (int) Math.max(0, Math.min(BATCH_BYTES, pacing.roomBytes()));
        boolean isEmpty = room > 0 ? queued == 0 : !queue.isUrgent();
        if (isEmpty && !pacing.isDue()) {
            pace(queued);
            return false;
        }
        int expected = QUESTION_FRAME_BYTES + (int) Math.min(queued, room + OVERRUN_BYTES);
        ByteBuf out = options.tls() == null
                ? channel.alloc().directBuffer(expected)
                : channel.alloc().heapBuffer(expected);
        if (room > 0) {
            queue.take(out, room);
        } else {
            queue.takeUrgent(out, BATCH_BYTES);
        }
        pacing.sent(out.readableBytes());
        if (pacing.isDue()) {
            ask(out);
        }
        if (!out.isReadable()) {
            out.release(); // who added has not come to it yet, and flushes then
            return false;
        }
        sentBytes.addAndGet(out.readableBytes());
        ChannelFuture unused = channel.writeAndFlush(out, channel.voidPromise());
        return true;
    }

    /** Has what waits, if something does, wait for the peer's next answer unless it is urgent. */
    private void pace(long queued) {
        if (pacing.roomBytes() <= 0 && queued > 0) {
            pacing.limits();
            paced = true;
        }
    }

    /** Puts a question among what is sent: in no message's place, so that it comes when what was written before has. */
    private void ask(ByteBuf out) {
        long nowNs = clock.nanoTime();
        out.writeIntLE(QUESTION_BYTES);
        out.writeIntLE(Frames.OWN_CHANNEL);
        out.writeByte(QUESTION);
        out.writeLongLE(nowNs);
        pacing.asked(nowNs);
    }
}
