package org.waybill.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.ClientRole;
import org.waybill.benchmarks.amqp.Connection;
import org.waybill.benchmarks.amqp.EventLoop;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;
import org.waybill.benchmarks.amqp.Terminus;

/** Producers and consumers on one loop, turned by the calling thread. */
final class Load {
    private static final long SET_UP_LIMIT_MS = 30_000;

    private final LoadOptions options;
    private final EventLoop loop;
    private final Tally tally;
    private final List<Producer> producers = new ArrayList<>();
    private int consumers;
    private boolean sending = true;

    Load(LoadOptions options, EventLoop loop) {
        this.options = options;
        this.loop = loop;
        this.tally = new Tally(options.fanOut());
    }

    Tally tally() {
        return tally;
    }

    EventLoop loop() {
        return loop;
    }

    /** Adds a producer; with a set of ids, what the broker accepts is added to it. */
    void addProducer(@Nullable IdSet settledIds) throws IOException {
        int id = producers.size();
        Producer producer = new Producer(options, tally, id, settledIds);
        Connection connection = connect("bench-producer-" + id, producer);
        Link link = connection.attachSender("producer-" + id, node(id), producer);
        loop.await("attach of a producer", link::attached, SET_UP_LIMIT_MS);
        producer.attached(link, options.transaction() == 0 ? null : coordinator(connection));
        producers.add(producer);
    }

    private Link coordinator(Connection connection) throws IOException {
        Link link = connection.attachCoordinator("coordinator", new LinkListener() {});
        loop.await("attach to the coordinator", () -> link.attached() && link.credit() > 0, SET_UP_LIMIT_MS);
        return link;
    }

    /** Adds a consumer, which gets its credit at once. */
    void addConsumer(Consumer consumer) throws IOException {
        int id = consumers++;
        Connection connection = connect("bench-consumer-" + id, (first, last, accepted) -> {});
        Link link = connection.attachReceiver("consumer-" + id, source(id), consumer);
        loop.await("attach of a consumer", link::attached, SET_UP_LIMIT_MS);
        link.grant(options.credit());
        loop.flush();
    }

    private Terminus node(int index) {
        return new Terminus(options.address(index), options.topic() ? "topic" : options.capability());
    }

    private Terminus source(int index) {
        Terminus node = node(index);
        return new Terminus(node.address(), node.capability(), options.selector(index), options.durableSubscriptions());
    }

    private Connection connect(String container, ClientRole.Settlements settlements) throws IOException {
        // unique, as a broker may allow a container id only once and a former run's connection may linger
        String unique = container + "-" + Long.toHexString(System.nanoTime());
        ClientRole role = new ClientRole(loop, options.user(), options.password(), settlements);
        Connection connection = loop.connect(options.port(), unique, role);
        loop.await("open and begin", connection::ready, SET_UP_LIMIT_MS);
        return connection;
    }

    /** No producer sends from now on. */
    void stopSending() {
        sending = false;
    }

    /** Runs the load for that long, or until the condition holds or the run has failed. */
    void run(double seconds, BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        boolean bounded = consumers > 0;
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            if (loop.failed() || done.getAsBoolean()) {
                return;
            }
            boolean again = false;
            for (int i = 0; sending && i < producers.size(); i++) {
                again |= producers.get(i).pump(now, bounded);
            }
            loop.flush();
            long untilEndMs = Math.min(50, Math.max(1, (end - now) / 1_000_000));
            loop.turn(again ? 0 : options.ratePerSecond() > 0 ? 1 : untilEndMs);
        }
    }

    void run(double seconds) throws IOException {
        run(seconds, () -> false);
    }

    /** Puts why the run failed, if it did. */
    void putFailure(Result result) {
        String failure = loop.failure();
        if (failure != null) {
            result.failed(failure);
        }
    }
}
