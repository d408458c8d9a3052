package org.waybill.jms.engine;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.Output;

/**
 * Drives a connection's engine: the lock that lets one thread at a time at it, and the turns of the event loop behind it.
 *
 * <p>Callers tell the engine what they want under the lock; what it has to say gathers until the loop's next turn and leaves in one
 * piece. The loop shows the engine what was read, wakes whoever waits for it, and runs callbacks, all of them in order and without
 * the lock.
 *
 * <pre>{@code
 *  DIALLING | TCP, TLS, WebSocket done | UP
 *  any      | the engine is done       | ENDING: the last words are written, the channel is closed
 *  any      | the channel is gone      | GONE: the loop is given back, callbacks run on whose thread they come up
 * }</pre>
 */
final class Driver {
    /** What may wait to be written before senders have to wait. */
    static final int MAX_BACKLOG_BYTES = 1 << 20;

    private static final int INITIAL_BYTES = 4096;

    private final ClientOptions options;
    private final LoopPool.Lease lease = LoopPool.lease();
    private final Wire wire;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    /** Something came, went, opened or ended. */
    private final Condition changed = lock.newCondition();
    /** A sender may have a chance: credit, window, settlements, backlog. */
    private final Condition room = lock.newCondition();

    /** Foreign code to run without the lock, and what to do with the lock held after that. */
    private record Callback(Runnable foreign, @Nullable Runnable then) {}

    private final ArrayDeque<Callback> later = new ArrayDeque<>();
    private final ConnectionEngine engine;
    private ByteArrayOutput filling = new ByteArrayOutput(INITIAL_BYTES);
    private boolean turnComes;
    private boolean ended;
    private boolean cut;
    private boolean gone;
    private @Nullable IOException broken;

    // Used on the loop alone.
    private ByteArrayOutput empty = new ByteArrayOutput(INITIAL_BYTES);
    private @Nullable ScheduledFuture<?> ticking;
    private boolean finished;

    /**
     * Does not start yet, but has leased a loop: {@link #dial} or {@link #gone} is to follow.
     *
     * @param engines makes the engine that writes to the output given
     */
    Driver(ClientOptions options, Function<Output, ConnectionEngine> engines) {
        this.options = options;
        this.wire = new Wire(this, options.endpoint().webSocketPath() != null);
        this.engine = engines.apply((source, offset, length) -> filling.write(source, offset, length));
    }

    /** Starts to connect. */
    void dial(Dialling way) {
        way.dial(lease.loop(), wire, this::dialled);
        lease.loop().execute(this::tick);
    }

    private void dialled(ChannelFuture result) {
        Throwable cause = result.cause();
        if (cause == null) {
            return;
        }
        boolean late = cause instanceof ConnectTimeoutException;
        Throwable plain = cause instanceof ConnectException && cause.getCause() != null ? cause.getCause() : cause;
        broke(new DialException(
                late
                        ? "the server at " + options + " did not answer within " + options.connectTimeoutMs() + " ms"
                        : "cannot connect to " + options + ": " + reason(plain),
                late,
                cause));
        gone();
    }

    /** The engine, for whoever holds the lock. */
    ConnectionEngine engine() {
        return engine;
    }

    // --- the lock

    void lock() {
        lock.lock();
    }

    /** Lets go of the lock. Once the loop is gone, also runs what was put off. */
    void unlock() {
        if (gone) {
            runCallbacks();
        }
        lock.unlock();
    }

    /** Runs what was put off, with the lock free meanwhile. */
    private void runCallbacks() {
        Callback callback;
        while ((callback = later.poll()) != null) {
            lock.unlock();
            try {
                callback.foreign().run();
            } finally {
                lock.lock();
            }
            Runnable then = callback.then();
            if (then != null) {
                then.run();
            }
        }
    }

    /** Puts off foreign code until the loop's turn. */
    void afterwards(Runnable foreign) {
        later.add(new Callback(foreign, null));
        touch();
    }

    /** Puts off foreign code until the loop's turn, and then runs {@code then} with the lock held. */
    void afterwards(Runnable foreign, Runnable then) {
        later.add(new Callback(foreign, then));
        touch();
    }

    /**
     * Lets nothing that is said next overtake the settlements before it, which the engine holds back to merge them: not the discharge
     * of their transaction, not the end of their link, not an answer that is safe only together with what it answers.
     */
    void settleFirst() {
        engine.flush();
    }

    /** The engine was told something: what it has to say is to be written. */
    void touch() {
        if (!turnComes && !gone) {
            turnComes = true;
            lease.loop().execute(this::turn);
        }
    }

    /** For waiting for what has nothing to do with the other waits. */
    Condition condition() {
        return lock.newCondition();
    }

    Condition changed() {
        return changed;
    }

    Condition room() {
        return room;
    }

    /** Whether more waits to be written than is good. */
    boolean isCongested() {
        return filling.size() > MAX_BACKLOG_BYTES;
    }

    /**
     * Waits with the lock held, which is free meanwhile, until {@code done} or for this long.
     *
     * @return whether it is done
     */
    boolean await(Condition condition, long limitMs, BooleanSupplier done) {
        if (done.getAsBoolean()) {
            return true;
        }
        if (limitMs > 0) {
            checkMayWait();
        }
        try {
            long leftNs = TimeUnit.MILLISECONDS.toNanos(limitMs);
            while (!done.getAsBoolean()) {
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = condition.awaitNanos(leftNs);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ClientException.of(ClientException.Kind.INTERRUPTED, "interrupted while waiting for " + options, e);
        }
    }

    /** Throws if the caller is a callback, which would wait for the thread that it is on. */
    void checkMayWait() {
        if (LoopPool.isLoop(Thread.currentThread())) {
            throw new IllegalStateException("waiting in a callback, for the thread that the callback is on");
        }
    }

    // --- the end

    /** The engine is done: what it said last is written, then the channel is closed. */
    void end() {
        ended = true;
        changed.signalAll();
        room.signalAll();
        touch();
    }

    boolean isEnded() {
        return ended;
    }

    /** What broke the line, or null if the peer merely closed it, or the line is well. */
    @Nullable
    IOException broken() {
        return broken;
    }

    /** Ends at once and without a word, if it has not ended. */
    void abort(@Nullable ErrorCondition error) {
        cut = true;
        engine.abort(error);
        wire.cut();
        touch();
    }

    /** As {@link #abort}, unless it ends by itself within this time; waits for nothing. */
    void abortAfter(long limitMs) {
        ScheduledFuture<?> unused = lease.loop().schedule(this::giveUp, limitMs, TimeUnit.MILLISECONDS);
    }

    private void giveUp() {
        lock();
        try {
            abort(null);
        } finally {
            unlock();
        }
    }

    /** Waits for channel and loop to go, which they do after {@link #end}; with the lock free. A stuck one is cut. */
    void join() {
        try {
            if (!over.await(options.closeTimeoutMs(), TimeUnit.MILLISECONDS)) {
                wire.cut();
                boolean unused = over.await(options.closeTimeoutMs(), TimeUnit.MILLISECONDS);
            }
            lease.awaitEnd();
        } catch (InterruptedException e) {
            wire.cut();
            Thread.currentThread().interrupt();
        }
    }

    // --- on the loop

    /** Has a turn come soon. */
    void wake() {
        lock();
        try {
            touch();
        } finally {
            unlock();
        }
    }

    /** Takes what was read. */
    void receive(ByteBuffer input) {
        lock();
        try {
            engine.receive(input);
            touch();
        } finally {
            unlock();
        }
    }

    /** The line broke: the reason for what {@link #gone} says next. */
    void broke(IOException cause) {
        lock();
        try {
            if (!ended && broken == null) {
                broken = cause;
            }
            engine.inputClosed();
        } finally {
            unlock();
        }
    }

    /** There is no channel any more. Gives the loop back, after the last callbacks have run. */
    void gone() {
        lock();
        try {
            engine.inputClosed();
            runCallbacks();
            if (gone) {
                return;
            }
            gone = true;
        } finally {
            unlock();
        }
        if (ticking != null) {
            ticking.cancel(false);
        }
        lease.release();
        over.countDown();
    }

    private void turn() {
        ByteArrayOutput full;
        boolean last;
        lock();
        try {
            turnComes = false;
            engine.flush();
            full = output();
            last = ended && !finished;
        } finally {
            unlock();
        }
        if (full != null) {
            wire.write(full.array(), full.size());
            recycle(full);
        }
        if (last) {
            finished = true;
            if (wire.isReady() && !cut) {
                wire.finish();
            } else {
                wire.cut();
            }
        }
        lock();
        try {
            runCallbacks();
        } finally {
            unlock();
        }
    }

    /** Swaps what was gathered for an empty buffer, if the socket takes it; the last words in any case. */
    private @Nullable ByteArrayOutput output() {
        if (filling.size() == 0 || cut || !(ended ? wire.isReady() : wire.isWritable())) {
            return null;
        }
        ByteArrayOutput full = filling;
        filling = empty;
        if (full.size() > MAX_BACKLOG_BYTES) {
            room.signalAll();
        }
        return full;
    }

    private void recycle(ByteArrayOutput written) {
        if (written.array().length > 2 * MAX_BACKLOG_BYTES) {
            empty = new ByteArrayOutput(INITIAL_BYTES);
        } else {
            written.clear();
            empty = written;
        }
    }

    /** The peer's open came, and with it how often it wants to hear of us. */
    void opened() {
        lease.loop().execute(this::tick);
    }

    private void tick() {
        long nextNs;
        lock();
        try {
            if (gone) {
                return;
            }
            nextNs = engine.tick(System.nanoTime());
            touch();
        } finally {
            unlock();
        }
        if (ticking != null) {
            ticking.cancel(false);
        }
        ticking = nextNs == Long.MAX_VALUE ? null : lease.loop().schedule(this::tick, nextNs, TimeUnit.NANOSECONDS);
    }

    /** An exception's message, or what it is if it has none. */
    static String reason(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
