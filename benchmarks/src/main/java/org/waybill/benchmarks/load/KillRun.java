package org.waybill.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import org.waybill.benchmarks.amqp.EventLoop;

/**
 * KILL, in two runs with a restart of the broker between them: the first sends durable messages, kills the broker's
 * process in the middle and keeps the ids the broker had accepted; the second drains the queue and looks for each.
 */
final class KillRun {
    /** After the kill: time for what is on its way to arrive. */
    private static final double LINGER_SECONDS = 2;

    /** A drained queue is one that gave nothing for this long. */
    private static final double QUIET_SECONDS = 8;

    private final LoadOptions options;
    private final Load load;

    KillRun(LoadOptions options, EventLoop loop) {
        this.options = options;
        load = new Load(options, loop);
    }

    /** Loads and kills; only a process that the options name is ever killed. */
    Result kill() throws IOException {
        IdSet settled = new IdSet(options.producers());
        for (int i = 0; i < options.producers(); i++) {
            load.addProducer(settled);
        }
        load.run(options.measureSeconds());
        boolean early = load.loop().failed();
        // SIGKILL on Linux
        ProcessHandle.of(options.brokerPid()).ifPresent(ProcessHandle::destroyForcibly);
        load.run(LINGER_SECONDS);
        settled.write(Path.of(options.file()));
        Result result = new Result();
        result.put("sent", load.tally().sentCount());
        if (early) {
            load.putFailure(result);
        }
        return result;
    }

    /** Drains and compares with what was settled before the kill. */
    Result verify() throws IOException {
        IdSet settled = IdSet.read(Path.of(options.file()));
        IdSet seen = new IdSet(settled.producers());
        Consumer consumer = new Consumer(load.tally(), options.credit(), seen);
        load.addConsumer(consumer);
        long limit = System.nanoTime() + (long) (options.limitSeconds() * 1e9);
        long before;
        do {
            before = load.tally().receivedCount();
            long count = before;
            load.run(QUIET_SECONDS, () -> load.tally().receivedCount() > count);
        } while (load.tally().receivedCount() > before
                && System.nanoTime() < limit
                && !load.loop().failed());
        Result result = new Result();
        result.put("settled_ids", settled.size());
        result.put("found", seen.size());
        result.put("lost", settled.countMissingFrom(seen));
        result.put("duplicates", consumer.duplicates());
        result.put("unsettled_but_kept", seen.countMissingFrom(settled));
        load.putFailure(result);
        return result;
    }
}
