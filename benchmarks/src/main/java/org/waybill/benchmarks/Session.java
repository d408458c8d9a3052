package org.waybill.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.load.ProcessStats;

/** One broker in one round: a fresh store, a warm-up, the workloads in a row, stop. */
final class Session {
    /** Qpid JMS itself needs longer to be compiled than the raw driver. */
    private static final int JMS_WARM_FACTOR = 2;

    private final Broker broker;
    private final Timing timing;
    private final Sink sink;
    private @Nullable BrokerProcess process;

    Session(Broker broker, Timing timing, Sink sink) {
        this.broker = broker;
        this.timing = timing;
        this.sink = sink;
    }

    /** Runs the workloads in their order; a workload that fails is reported as such and the next one goes on. */
    void run(Set<Workload> workloads) throws InterruptedException {
        try {
            for (Workload workload : workloads) {
                sink.accept(broker, workload, attempt(workload));
            }
        } finally {
            stop();
        }
    }

    private Map<String, String> attempt(Workload workload) throws InterruptedException {
        try {
            return run(workload);
        } catch (IOException e) {
            stop();
            return Map.of("failed", String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> run(Workload workload) throws IOException, InterruptedException {
        return switch (workload.kind()) {
            case FLOW -> load("flow", warm(), workload, timing.warmSeconds());
            case JMS -> load("jms", warm(), workload, JMS_WARM_FACTOR * timing.warmSeconds());
            case XA -> load("xa", warm(), workload, JMS_WARM_FACTOR * timing.warmSeconds());
            case IDLE -> load("idle", fresh(timing.idleHeap()), workload, 0);
            case QUEUES -> load("queues", fresh(timing.heap()), workload, 0);
            case SCHEDULE -> load("schedule", fresh(timing.heap()), workload, 0);
            case START -> starts();
            case KILL -> kill(workload);
        };
    }

    private Map<String, String> load(String mode, BrokerProcess target, Workload workload, double warmSeconds)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        arguments.add("name=" + workload.id().toLowerCase(Locale.ROOT) + "q");
        arguments.add("warm=" + warmSeconds);
        arguments.add("measure=" + timing.measureSeconds());
        // last, because the last of a key counts
        arguments.addAll(workload.arguments());
        return LoadProcess.run(mode, target, arguments);
    }

    private Map<String, String> starts() throws IOException, InterruptedException {
        Map<String, String> figures = new LinkedHashMap<>();
        BrokerProcess cold = fresh(timing.heap());
        figures.put("ready_ms", Double.toString(cold.readyMs()));
        figures.put("rss_mib", Double.toString(ProcessStats.residentMib(cold.pid())));
        stop();
        figures.put("restart_empty_ms", Double.toString(start(timing.heap()).readyMs()));
        return figures;
    }

    private Map<String, String> kill(Workload workload) throws IOException, InterruptedException {
        if (!broker.isOneProcess()) {
            throw new IOException("one process is killed, and " + broker.name() + " is several");
        }
        List<String> arguments = new ArrayList<>(workload.arguments());
        arguments.add("name=killq");
        arguments.add("file=" + broker.data().resolveSibling("settled.bin"));
        BrokerProcess victim = fresh(timing.heap());
        Map<String, String> figures = new LinkedHashMap<>(LoadProcess.run("kill", victim, arguments));
        victim.awaitEnd();
        process = null;
        BrokerProcess restarted = start(timing.heap());
        figures.put("restart_ms", Double.toString(restarted.readyMs()));
        figures.putAll(LoadProcess.run("verify", restarted, arguments));
        return figures;
    }

    /** The running process; when there is none, a fresh one after the common warm-up. */
    private BrokerProcess warm() throws IOException, InterruptedException {
        BrokerProcess running = process;
        if (running != null && running.alive()) {
            return running;
        }
        BrokerProcess started = fresh(timing.heap());
        String warm = "warm=" + timing.warmUpSeconds() / 2;
        LoadProcess.run("flow", started, List.of("name=warm", warm, "measure=1"));
        LoadProcess.run("flow", started, List.of("name=warmd", warm, "measure=1", "durable=true", "p=2", "q=2", "c=2"));
        return started;
    }

    private BrokerProcess fresh(String heap) throws IOException, InterruptedException {
        stop();
        Folders.delete(broker.data());
        return start(heap);
    }

    private BrokerProcess start(String heap) throws IOException, InterruptedException {
        BrokerProcess started = BrokerProcess.start(broker, heap);
        process = started;
        return started;
    }

    private void stop() throws InterruptedException {
        if (process != null) {
            process.stop();
            process = null;
        }
    }

    /** Takes the figures of a workload as they come. */
    interface Sink {
        void accept(Broker broker, Workload workload, Map<String, String> figures);
    }

    /**
     * How long and with how much heap.
     *
     * @param heap heap of each broker
     * @param idleHeap heap of each broker for idle connections
     * @param warmUpSeconds load before a session's first workload, half of it durable
     * @param warmSeconds load before each measurement
     * @param measureSeconds each measurement
     */
    record Timing(String heap, String idleHeap, double warmUpSeconds, double warmSeconds, double measureSeconds) {}
}
