package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Three nodes of a Waybill cluster as three processes of this machine, by the distribution's {@code cluster demo}; the load goes to the first
 * one. All share the processors and the disk, which hosts of their own would not.
 */
final class WaybillClusterBroker implements Broker {
    private static final int SHARDS = 3;
    private static final long SERVES_WITHIN_SECONDS = 60;
    private static final long LOOK_MS = 500;

    /** Which nodes lead the shards. */
    enum Leaders {
        /** Each node leads one, as it comes. */
        SPREAD("waybill-cluster", 0),
        /** The node that the load goes to leads all. */
        NEAR("waybill-cluster-near", 25),
        /** Another node leads all, so that everything is forwarded. */
        FAR("waybill-cluster-far", 50);

        private final String broker;

        /** The first of its ports, counted from the first of all clusters'. */
        final int ports;

        Leaders(String broker, int ports) {
            this.broker = broker;
            this.ports = ports;
        }
    }

    private final Leaders leaders;
    private final WaybillBroker home;
    private final Path data;
    private final int port;

    WaybillClusterBroker(Leaders leaders, Path distribution, Path work, int port) {
        this.leaders = leaders;
        this.home = new WaybillBroker(distribution, work.resolve(leaders.broker), port);
        this.data = work.resolve(leaders.broker).resolve("cluster");
        this.port = port;
    }

    @Override
    public String name() {
        return leaders.broker;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Path data() {
        return data;
    }

    @Override
    public boolean isOneProcess() {
        return false;
    }

    @Override
    public void prepare() throws IOException {
        home.prepare();
    }

    @Override
    public ProcessBuilder launcher(String heap) {
        ProcessBuilder process = new ProcessBuilder(
                home.command(), "cluster", "demo", "--data", data.toString(), "--port", Integer.toString(port));
        process.environment().put("WAYBILL_JVM_OPTS", "-Xms" + heap + " -Xmx" + heap);
        return process;
    }

    @Override
    public List<String> loadArguments() {
        return home.loadArguments();
    }

    /** Waits until all shards have a leader and all replicas, and has the right nodes lead them. */
    @Override
    public void started() throws IOException, InterruptedException {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVES_WITHIN_SECONDS);
        while (!serves()) {
            if (System.nanoTime() - untilNs > 0) {
                throw new IOException(name() + " does not serve: " + status());
            }
            Thread.sleep(LOOK_MS);
        }
        if (leaders != Leaders.SPREAD) {
            String node = leaders == Leaders.NEAR ? "n1" : "n2";
            for (int shard = 0; shard < SHARDS; shard++) {
                cluster("move-leader", Integer.toString(shard), node);
            }
        }
    }

    private boolean serves() {
        try {
            long ok = status().lines()
                    .filter(line -> line.matches("\\s*\\d+\\s+ok\\s.*"))
                    .count();
            return ok == SHARDS;
        } catch (IOException notYet) {
            return false;
        }
    }

    private String status() throws IOException {
        return cluster("status");
    }

    private String cluster(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(home.command(), "cluster"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--port", Integer.toString(port)));
        return Tool.run(command.toArray(String[]::new));
    }
}
