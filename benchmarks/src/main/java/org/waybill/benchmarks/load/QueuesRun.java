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

/** Many queues with a message each: W9b. */
final class QueuesRun implements ClientRole.Settlements {
    private static final int GROUP = 100;
    private static final long STEP_LIMIT_MS = 30_000;

    private final LoadOptions options;
    private final EventLoop loop;
    private final MessageTemplate message;
    private long settled;

    QueuesRun(LoadOptions options, EventLoop loop) {
        this.options = options;
        this.loop = loop;
        this.message = new MessageTemplate(options.bodyBytes(), options.durable(), false, false);
    }

    Result run() throws IOException {
        ClientRole role = new ClientRole(loop, options.user(), options.password(), this);
        Connection connection = loop.connect(options.port(), "bench-queues", role);
        loop.await("open and begin", connection::ready, STEP_LIMIT_MS);
        double heapBefore = HeapProbe.usedMib(options.brokerPid());
        double residentBefore = ProcessStats.residentMib(options.brokerPid());
        Sample start = Sample.take(options.brokerPid());
        long end = start.nanos() + (long) (options.limitSeconds() * 1e9);
        int made = 0;
        while (made < options.connections() && System.nanoTime() < end && !loop.failed()) {
            int size = Math.min(GROUP, options.connections() - made);
            makeGroup(connection, made, size);
            made += size;
        }
        Sample stop = Sample.take(options.brokerPid());
        double residentAfter = ProcessStats.residentMib(options.brokerPid());
        double heapAfter = HeapProbe.usedMib(options.brokerPid());
        double count = Math.max(1, made);
        Result result = new Result();
        result.put("queues", made);
        result.put("queues_per_s", made / start.secondsUntil(stop));
        result.put("broker_cpu_ms_per_queue", start.brokerCpuUntil(stop) * 1e3 / count);
        result.put("rss_kib_per_queue", (residentAfter - residentBefore) * 1024 / count);
        result.put("heap_kib_per_queue", (heapAfter - heapBefore) * 1024 / count);
        result.put("rss_mib", residentAfter);
        String failure = loop.failure();
        return failure == null ? result : result.failed(failure);
    }

    private void makeGroup(Connection connection, int from, int size) throws IOException {
        List<Link> links = new ArrayList<>();
        for (int i = from; i < from + size; i++) {
            Terminus queue = new Terminus(options.name() + i, options.capability());
            links.add(connection.attachSender("sender-" + i, queue, new LinkListener() {}));
        }
        loop.await("attach", () -> links.stream().allMatch(link -> link.credit() > 0), STEP_LIMIT_MS);
        long all = settled + size;
        for (Link link : links) {
            connection.sendMessage(link, message.stamped(System.nanoTime(), from, 0));
        }
        loop.flush();
        loop.await("settlements", () -> settled >= all, STEP_LIMIT_MS);
        links.forEach(connection::detach);
        loop.flush();
        loop.await("detach", () -> links.stream().allMatch(Link::gone), STEP_LIMIT_MS);
    }

    @Override
    public void onSettled(long first, long last, boolean accepted) {
        settled += last - first + 1;
    }
}
