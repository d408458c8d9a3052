package org.waybill.systemtests.cluster.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What holds between each two nodes of a {@link ProxiedNetwork} at present, and the waiting for it. Any thread. */
final class Conditions {
    private record Way(int from, int to) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Way> cut = new HashSet<>();
    private final Map<Integer, Long> lateNs = new HashMap<>();
    private final Map<Integer, Long> bytesPerSecond = new HashMap<>();
    private boolean closed;

    void cut(int from, int to) {
        change(() -> cut.add(new Way(from, to)));
    }

    void delay(int node, long ns) {
        change(() -> lateNs.put(node, ns));
    }

    void limit(int node, long bytes) {
        change(() -> bytesPerSecond.put(node, bytes));
    }

    void heal() {
        change(() -> {
            cut.clear();
            lateNs.clear();
            bytesPerSecond.clear();
        });
    }

    /** Nobody waits here any more. */
    void close() {
        change(() -> closed = true);
    }

    /**
     * Waits until what was said at this time may arrive; false if it never will.
     *
     * @param saidNs when, by {@link System#nanoTime}
     */
    boolean await(int from, int to, long saidNs) throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long leftNs = saidNs + lateNs.getOrDefault(from, 0L) + lateNs.getOrDefault(to, 0L) - System.nanoTime();
                if (cut.contains(new Way(from, to))) {
                    changed.await();
                } else if (leftNs > 0) {
                    changed.await(leftNs, TimeUnit.NANOSECONDS);
                } else {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How long so many bytes take between these two. */
    long durationNs(int from, int to, int bytes) {
        lock.lock();
        try {
            long slowest = Math.min(
                    bytesPerSecond.getOrDefault(from, Long.MAX_VALUE), bytesPerSecond.getOrDefault(to, Long.MAX_VALUE));
            return slowest == Long.MAX_VALUE ? 0 : TimeUnit.SECONDS.toNanos(bytes) / slowest;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
