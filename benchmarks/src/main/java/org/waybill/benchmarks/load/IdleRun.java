package org.waybill.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.waybill.benchmarks.amqp.ClientRole;
import org.waybill.benchmarks.amqp.Connection;
import org.waybill.benchmarks.amqp.EventLoop;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;
import org.waybill.benchmarks.amqp.Terminus;

/** Many idle connections with a session and a receiver with one credit each: W9a. */
final class IdleRun {
    /** Read buffer of an idle connection. */
    static final int BUFFER_BYTES = 4 << 10;

    private static final int GROUP = 32;
    private static final long STEP_LIMIT_MS = 30_000;
    private static final double SETTLE_SECONDS = 1;
    private static final double IDLE_SECONDS = 5;

    private final LoadOptions options;
    private final EventLoop loop;
    private final List<Connection> connections = new ArrayList<>();

    IdleRun(LoadOptions options, EventLoop loop) {
        this.options = options;
        this.loop = loop;
    }

    Result run() throws IOException {
        double heapBefore = HeapProbe.usedMib(options.brokerPid());
        double residentBefore = ProcessStats.residentMib(options.brokerPid());
        Sample start = Sample.take(options.brokerPid());
        long end = start.nanos() + (long) (options.limitSeconds() * 1e9);
        try {
            while (connections.size() < options.connections() && System.nanoTime() < end && !loop.failed()) {
                addGroup(Math.min(GROUP, options.connections() - connections.size()));
            }
        } catch (IOException e) {
            loop.fail(String.valueOf(e.getMessage()));
        }
        Sample made = Sample.take(options.brokerPid());
        turnFor(SETTLE_SECONDS);
        double heapAfter = HeapProbe.usedMib(options.brokerPid());
        double residentAfter = ProcessStats.residentMib(options.brokerPid());
        Sample idle = Sample.take(options.brokerPid());
        turnFor(IDLE_SECONDS);
        Sample idleEnd = Sample.take(options.brokerPid());

        double count = Math.max(1, connections.size());
        Result result = new Result();
        result.put("connections", connections.size());
        result.put("connect_per_s", connections.size() / start.secondsUntil(made));
        result.put("broker_cpu_ms_per_conn", start.brokerCpuUntil(made) * 1e3 / count);
        result.put("rss_kib_per_conn", (residentAfter - residentBefore) * 1024 / count);
        result.put("heap_kib_per_conn", (heapAfter - heapBefore) * 1024 / count);
        result.put("idle_cores", idle.brokerCpuUntil(idleEnd) / idle.secondsUntil(idleEnd));
        result.put("rss_mib", residentAfter);
        String failure = loop.failure();
        return failure == null ? result : result.failed(failure);
    }

    private void addGroup(int size) throws IOException {
        List<Connection> group = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        ClientRole role = new ClientRole(loop, options.user(), options.password(), (first, last, accepted) -> {});
        for (int i = 0; i < size; i++) {
            group.add(loop.connect(options.port(), "bench-idle-" + (connections.size() + i), role));
        }
        loop.await("open and begin", () -> group.stream().allMatch(Connection::ready), STEP_LIMIT_MS);
        Terminus queue = new Terminus(options.address(0), options.capability());
        for (Connection connection : group) {
            links.add(connection.attachReceiver("idle", queue, new LinkListener() {}));
        }
        loop.await("attach", () -> links.stream().allMatch(Link::attached), STEP_LIMIT_MS);
        links.forEach(link -> link.grant(1));
        loop.flush();
        connections.addAll(group);
    }

    private void turnFor(double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end && !loop.failed()) {
            loop.turn(50);
        }
    }
}
