package org.waybill.benchmarks.load;

import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.waybill.benchmarks.amqp.ClientRole;
import org.waybill.benchmarks.amqp.Connection;
import org.waybill.benchmarks.amqp.Decoder;
import org.waybill.benchmarks.amqp.EventLoop;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;
import org.waybill.benchmarks.amqp.Terminus;

/**
 * Many scheduled messages: stores them with delivery times that are spread over the measurement, idles, and measures how late
 * each comes and what waiting costs.
 */
final class ScheduleRun implements ClientRole.Settlements, LinkListener {
    private static final long STEP_LIMIT_MS = 60_000;
    private static final double AFTER_SECONDS = 5;

    private final LoadOptions options;
    private final EventLoop loop;
    private final Decoder decoder = new Decoder();
    private final Histogram lateness = new Histogram(3);
    private long settled;
    private long received;
    private long early;

    ScheduleRun(LoadOptions options, EventLoop loop) {
        this.options = options;
        this.loop = loop;
    }

    Result run() throws IOException {
        ClientRole role = new ClientRole(loop, options.user(), options.password(), this);
        Connection connection = loop.connect(options.port(), "bench-schedule", role);
        loop.await("open and begin", connection::ready, STEP_LIMIT_MS);
        Terminus queue = new Terminus(options.name(), options.capability());
        Link receiver = connection.attachReceiver("receiver", queue, this);
        Link sender = connection.attachSender("sender", queue, new LinkListener() {});
        loop.await("attach", () -> receiver.attached() && sender.credit() > 0, STEP_LIMIT_MS);
        receiver.grant(options.credit());
        int count = options.connections();
        long firstMs = System.currentTimeMillis() + (long) ((options.warmUpSeconds() + options.limitSeconds()) * 1e3);
        send(connection, sender, count, firstMs);
        Sample stored = Sample.take(options.brokerPid());
        turnFor(options.warmUpSeconds());
        Sample idle = Sample.take(options.brokerPid());
        long leftMs = firstMs - System.currentTimeMillis();
        turnFor(leftMs / 1e3 + options.measureSeconds() + AFTER_SECONDS);
        Sample end = Sample.take(options.brokerPid());
        Result result = new Result();
        result.put("stored", settled).put("received", received).put("early", early);
        result.latency("late", lateness);
        result.put("idle_cores", stored.brokerCpuUntil(idle) / stored.secondsUntil(idle));
        result.put("broker_cpu_s", idle.brokerCpuUntil(end));
        String failure = loop.failure();
        return failure == null ? result : result.failed(failure);
    }

    private void send(Connection connection, Link sender, int count, long firstMs) throws IOException {
        MessageTemplate message = new MessageTemplate(options.bodyBytes(), options.durable(), false, true);
        long epochMs = System.currentTimeMillis();
        long nanos = System.nanoTime();
        double stepMs = options.measureSeconds() * 1e3 / count;
        for (int sent = 0; sent < count; ) {
            while (sent < count && sender.credit() > 0 && connection.peerWindow() > 0 && sent - settled < RING) {
                // not in the order of their times
                long dueMs = firstMs + (long) ((long) sent * SPREAD % count * stepMs);
                message.deliveryTime(dueMs);
                connection.sendMessage(sender, message.stamped(nanos + (dueMs - epochMs) * 1_000_000, sent, 0));
                sent++;
            }
            loop.flush();
            loop.turn(1);
        }
        loop.await("settlements", () -> settled >= count, STEP_LIMIT_MS);
    }

    /** Unsettled sends. */
    private static final int RING = 1_000;

    /** A prime that divides no round number: neighbours in time are no neighbours in the queue. */
    private static final long SPREAD = 7_919;

    private void turnFor(double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end && !loop.failed()) {
            loop.flush();
            loop.turn(10);
        }
    }

    @Override
    public void onTransfer(Link link, byte[] in, int from, int to) {
        MessageTemplate.seekStamp(decoder.at(in, from));
        long lateNs = System.nanoTime() - decoder.u64();
        received++;
        // the clock of delivery times counts whole milliseconds
        if (lateNs < -1_000_000) {
            early++;
        }
        lateness.recordValue(Math.max(0, lateNs));
        link.accept(link.transferId());
        if (link.credit() <= options.credit() / 2) {
            link.sendAccepted();
            link.grant(options.credit());
        }
    }

    @Override
    public void onSettled(long first, long last, boolean accepted) {
        settled += last - first + 1;
    }
}
