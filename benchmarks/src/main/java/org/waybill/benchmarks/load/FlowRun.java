package org.waybill.benchmarks.load;

import java.io.IOException;
import org.waybill.benchmarks.amqp.EventLoop;

/** Producers, queues and consumers at full or fixed rate: W1 to W4. */
final class FlowRun {
    private static final int DRAIN_ROUNDS = 20;

    private final LoadOptions options;
    private final Load load;

    FlowRun(LoadOptions options, EventLoop loop) {
        this.options = options;
        load = new Load(options, loop);
    }

    Result run() throws IOException {
        for (int i = 0; i < options.consumers(); i++) {
            load.addConsumer(new Consumer(load.tally(), options.credit(), null));
        }
        for (int i = 0; i < options.producers(); i++) {
            load.addProducer(null);
        }
        load.run(options.warmUpSeconds());
        Tally tally = load.tally();
        Sample start = Sample.take(options.brokerPid());
        tally.measure(true);
        load.run(options.measureSeconds());
        tally.measure(false);
        Sample end = Sample.take(options.brokerPid());
        double residentMib = ProcessStats.residentMib(options.brokerPid());
        drain();

        double seconds = start.secondsUntil(end);
        Result result = new Result();
        result.put("recv_per_s", tally.measuredReceived() / seconds);
        result.put("settled_per_s", tally.measuredSettled() / seconds);
        tally.putLatencies(result);
        result.put("broker_cpu_s_per_m", start.brokerCpuUntil(end) * 1e6 / Math.max(1, tally.measuredReceived()));
        start.putCosts(end, result);
        result.put("rss_mib", residentMib).put("leftover", tally.backlog());
        load.putFailure(result);
        return result;
    }

    /** Empties the queues, so that the next workload finds none of this one's messages. */
    private void drain() throws IOException {
        load.stopSending();
        Tally tally = load.tally();
        long before = -1;
        for (int i = 0; i < DRAIN_ROUNDS && tally.receivedCount() != before; i++) {
            before = tally.receivedCount();
            load.run(0.25);
        }
    }
}
