package org.waybill.jms.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
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
 * Drives a connection's engine: the lock that lets one thread at a time at it, the thread that reads and the thread that writes.
 *
 * <p>The reader never writes, so that a peer which waits for us to read is always read from. What callers have to say is gathered
 * while the writer is busy and leaves in one piece.
 */
final class Driver {
    /** What may wait to be written before senders have to wait. */
    static final int MAX_BACKLOG_BYTES = 1 << 20;

    private static final int READ_BYTES = 64 * 1024;

    private final Line line;
    private final long timeoutMs;
    private final ReentrantLock lock = new ReentrantLock();
    /** For the writer: something to write, or the end. */
    private final Condition work = lock.newCondition();
    /** Something came, went, opened or ended. */
    private final Condition changed = lock.newCondition();
    /** A sender may have a chance: credit, window, settlements, backlog. */
    private final Condition room = lock.newCondition();

    /** Foreign code to run without the lock, and what to do with the lock held after that. */
    private record Callback(Runnable foreign, Runnable then) {}

    private final ArrayDeque<Callback> later = new ArrayDeque<>();
    private final Thread reader;
    private final Thread writer;
    private final ConnectionEngine engine;
    private ByteArrayOutput filling = new ByteArrayOutput(4096);
    private boolean touched;
    private boolean ended;
    private @Nullable IOException broken;

    /**
     * Does not start yet.
     *
     * @param engines makes the engine that writes to the output given
     */
    Driver(Line line, String name, long timeoutMs, Function<Output, ConnectionEngine> engines) {
        this.line = line;
        this.timeoutMs = timeoutMs;
        this.engine = engines.apply((source, offset, length) -> filling.write(source, offset, length));
        this.reader = thread(this::read, name + " reader");
        this.writer = thread(this::write, name + " writer");
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        reader.start();
    }

    /** The engine, for whoever holds the lock. */
    ConnectionEngine engine() {
        return engine;
    }

    // --- the lock

    void lock() {
        lock.lock();
    }

    /** Lets go of the lock, then runs what was put off. */
    void unlock() {
        Callback callback;
        while ((callback = later.poll()) != null) {
            lock.unlock();
            try {
                callback.foreign().run();
            } finally {
                lock.lock();
            }
            callback.then().run();
        }
        lock.unlock();
    }

    /** Puts off foreign code until the lock is free. */
    void afterwards(Runnable foreign) {
        afterwards(foreign, () -> {});
    }

    /** Puts off foreign code until the lock is free, and then runs {@code then} with the lock held. */
    void afterwards(Runnable foreign, Runnable then) {
        later.add(new Callback(foreign, then));
    }

    /** The engine was told something: what it has to say is to be written. */
    void touch() {
        touched = true;
        work.signal();
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
            throw ClientException.of(ClientException.Kind.INTERRUPTED, "interrupted while waiting for " + line, e);
        }
    }

    /** Throws if the caller is a callback, which would wait for the thread that it is on. */
    void checkMayWait() {
        if (isOurs(Thread.currentThread())) {
            throw new IllegalStateException("waiting in a callback, for the thread that the callback is on");
        }
    }

    private boolean isOurs(Thread thread) {
        return thread == reader || thread == writer;
    }

    // --- the end

    /** The engine is done: what it said last is written, then the line is closed. */
    void end() {
        ended = true;
        work.signal();
        changed.signalAll();
        room.signalAll();
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
        engine.abort(error);
        line.cut();
    }

    /** Waits for the threads to go, which they do after {@link #end}; with the lock free. A stuck one is cut loose. */
    void join() {
        boolean interrupted = !join(writer);
        line.cut();
        interrupted |= !join(reader);
        interrupted |= !join(writer);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean join(Thread thread) {
        try {
            thread.join(timeoutMs);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    // --- the threads

    private void read() {
        byte[] buffer = new byte[READ_BYTES];
        try {
            line.greet();
            writer.start();
            int waitMs = tick();
            int count;
            while ((count = line.read(buffer, waitMs)) >= 0) {
                if (count > 0) {
                    receive(ByteBuffer.wrap(buffer, 0, count));
                }
                waitMs = tick();
            }
            inputClosed(null);
        } catch (IOException e) {
            inputClosed(e);
        } finally {
            if (!writer.isAlive()) {
                line.cut();
            }
        }
    }

    private void receive(ByteBuffer input) {
        lock();
        try {
            engine.receive(input);
            wakeWriter();
        } finally {
            unlock();
        }
    }

    /** Answers how long to read before the next tick. */
    private int tick() {
        lock();
        try {
            long nextNs = engine.tick(System.nanoTime());
            wakeWriter();
            long nextMs = TimeUnit.NANOSECONDS.toMillis(nextNs);
            return nextMs >= Integer.MAX_VALUE ? 0 : (int) Math.max(1, nextMs);
        } finally {
            unlock();
        }
    }

    private void wakeWriter() {
        if (filling.size() > 0) {
            work.signal();
        }
    }

    private void inputClosed(@Nullable IOException cause) {
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

    private void write() {
        ByteArrayOutput leaving = new ByteArrayOutput(4096);
        try {
            while ((leaving = next(leaving)) != null) {
                line.write(leaving.array(), leaving.size());
            }
        } catch (IOException e) {
            inputClosed(e);
        } finally {
            line.finish();
        }
    }

    /** Waits for output and swaps it for what has been written; null at the end. */
    private @Nullable ByteArrayOutput next(ByteArrayOutput written) {
        ByteArrayOutput empty = written;
        if (written.array().length > MAX_BACKLOG_BYTES) {
            empty = new ByteArrayOutput(4096);
        } else {
            written.clear();
        }
        lock();
        try {
            while (true) {
                if (touched) {
                    touched = false;
                    engine.flush();
                }
                if (filling.size() > 0) {
                    ByteArrayOutput full = filling;
                    filling = empty;
                    if (full.size() > MAX_BACKLOG_BYTES) {
                        room.signalAll();
                    }
                    return full;
                }
                if (ended) {
                    return null;
                }
                work.awaitUninterruptibly();
            }
        } finally {
            unlock();
        }
    }
}
