package org.waybill.jms.engine;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that all connections of this JVM share: few daemon threads, which are there while at least one connection is.
 *
 * <p>Any thread. A loop's thread starts with its first task; when the last lease is given back, all loops end.
 */
final class LoopPool {
    private static final int MAX_LOOPS = 4;
    private static final long END_MS = 5_000;
    private static final ReentrantLock LOCK = new ReentrantLock();
    private static @Nullable LoopPool current;

    private final List<Loop> loops = new ArrayList<>();
    private int leases;
    private int next;

    /** A loop thread, told from all others by its class. */
    private static final class LoopThread extends FastThreadLocalThread {
        LoopThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    /** A loop and the one thread that it ever has. */
    private static final class Loop implements ThreadFactory {
        private final String name;
        private final EventLoop events;
        private volatile @Nullable Thread thread;

        Loop(String name) {
            this.name = name;
            this.events = new SingleThreadIoEventLoop(null, (ThreadFactory) this, NioIoHandler.newFactory());
        }

        @Override
        public Thread newThread(Runnable task) {
            Thread made = new LoopThread(task, name);
            thread = made;
            return made;
        }

        void end() {
            Future<?> unused = events.shutdownGracefully(0, END_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** The right to use a loop, until it is given back. */
    static final class Lease {
        private final LoopPool pool;
        private final Loop loop;

        private Lease(LoopPool pool, Loop loop) {
            this.pool = pool;
            this.loop = loop;
        }

        EventLoop loop() {
            return loop.events;
        }

        /** Gives the loop back, once. If it was the last one in use, its thread ends soon. */
        void release() {
            LOCK.lock();
            try {
                pool.leases--;
                if (pool.leases == 0) {
                    current = null;
                    pool.loops.forEach(Loop::end);
                }
            } finally {
                LOCK.unlock();
            }
        }

        /** Waits, after {@link #release}, for the threads to end, if they do. */
        void awaitEnd() throws InterruptedException {
            if (loop.events.isShuttingDown()) {
                for (Loop each : pool.loops) {
                    Thread thread = each.thread;
                    if (thread != null) {
                        thread.join(END_MS);
                    }
                }
            }
        }
    }

    /** Whether this thread is a loop's, which must not wait for one. */
    static boolean isLoop(Thread thread) {
        return thread instanceof LoopThread;
    }

    /** Leases the next loop in turn. */
    static Lease lease() {
        LOCK.lock();
        try {
            LoopPool pool = current;
            if (pool == null) {
                pool = new LoopPool();
                current = pool;
            }
            pool.leases++;
            return new Lease(pool, pool.next());
        } finally {
            LOCK.unlock();
        }
    }

    private Loop next() {
        if (loops.size() < Math.min(MAX_LOOPS, Runtime.getRuntime().availableProcessors())) {
            loops.add(new Loop("waybill-client-loop-" + (loops.size() + 1)));
            return loops.get(loops.size() - 1);
        }
        return loops.get(next++ % loops.size());
    }
}
