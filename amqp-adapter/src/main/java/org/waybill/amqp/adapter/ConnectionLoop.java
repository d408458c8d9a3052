package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.amqp.engine.Codec;
import org.waybill.io.Loop;

/**
 * The connections of one event loop and what they share: a codec, the one timer that minds all their deadlines, and the bound on log
 * lines about them. Used on that loop alone.
 */
final class ConnectionLoop {
    /** How often deadlines are looked at; no deadline is kept more exactly than this. */
    static final long SWEEP_MS = 250;

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLoop.class);
    private static final int MAX_LOG_LINES_PER_SWEEP = 5;
    private static final long PAUSE_NS = 10_000_000;
    private static final int MAX_PAUSE_CHECKS = 100;
    private static final int MAX_LOGGED_CHARS = 300;

    private final Shared shared;
    private final Loop loop;
    private final Codec codec = new Codec();
    private final List<AmqpConnection> connections = new ArrayList<>();
    private final List<AmqpConnection> paused = new ArrayList<>();
    private int pauseChecks;
    private @Nullable Runnable whenEmpty;
    private long nowNs;
    private int logLinesLeft = MAX_LOG_LINES_PER_SWEEP;
    private long logLinesDropped;

    ConnectionLoop(Shared shared, Loop loop, long nowNs) {
        this.shared = shared;
        this.loop = loop;
        this.nowNs = nowNs;
    }

    Shared shared() {
        return shared;
    }

    Loop loop() {
        return loop;
    }

    Codec codec() {
        return codec;
    }

    boolean isStopping() {
        return whenEmpty != null;
    }

    /** Closes all connections and takes no more; {@code done} is run once the last one is gone. */
    void stop(Runnable done) {
        whenEmpty = done;
        List.copyOf(connections).forEach(AmqpConnection::stop);
        endIfEmpty();
    }

    private void endIfEmpty() {
        Runnable done = whenEmpty;
        if (done != null && connections.isEmpty()) {
            done.run();
        }
    }

    void add(AmqpConnection connection) {
        connection.place(connections.size());
        connections.add(connection);
        shared.counters().connections.incrementAndGet();
    }

    /** Forgets a connection; the last one takes its place. */
    void remove(AmqpConnection connection) {
        int place = connection.place();
        AmqpConnection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(place, last);
            last.place(place);
        }
        shared.counters().connections.decrementAndGet();
        endIfEmpty();
    }

    /** Reads no more from a connection until there is memory again, or for a second: it is slowed down, never stopped. */
    void pause(AmqpConnection connection) {
        paused.add(connection);
        if (paused.size() == 1) {
            pauseChecks = 0;
            loop.schedule(PAUSE_NS, this::resume);
        }
    }

    private void resume() {
        if (shared.context().memoryTight() && ++pauseChecks < MAX_PAUSE_CHECKS) {
            loop.schedule(PAUSE_NS, this::resume);
            return;
        }
        List<AmqpConnection> resumed = List.copyOf(paused);
        paused.clear();
        resumed.forEach(AmqpConnection::resume);
    }

    /** The time at the last sweep. */
    long nowNs() {
        return nowNs;
    }

    /** Looks at the deadlines of all connections. Called every {@link #SWEEP_MS}. */
    void sweep(long now) {
        nowNs = now;
        for (int i = connections.size() - 1; i >= 0; i--) {
            connections.get(i).tick(now);
        }
        if (logLinesDropped > 0) {
            LOG.warn("WB-A009 {} more lines about AMQP clients were not written", logLinesDropped);
            logLinesDropped = 0;
        }
        logLinesLeft = MAX_LOG_LINES_PER_SWEEP;
    }

    /** Writes one line about a client, if not too many were written just now. The text may be the client's: it is kept to a line. */
    void warn(String id, String peer, String what) {
        if (logLinesLeft == 0) {
            logLinesDropped++;
            return;
        }
        logLinesLeft--;
        LOG.warn("{} {}: {}", id, peer, line(what));
    }

    private static String line(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_LOGGED_CHARS));
        for (int i = 0; i < text.length() && line.length() < MAX_LOGGED_CHARS; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? '?' : c);
        }
        return line.toString();
    }

    /** A deadline that lies {@code ms} after {@code nowNs}. */
    static long deadline(long nowNs, long ms) {
        return nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
    }
}
