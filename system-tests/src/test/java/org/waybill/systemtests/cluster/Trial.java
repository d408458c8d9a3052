package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.JMSException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.history.History;
import org.waybill.systemtests.cluster.history.HistoryChecker;
import org.waybill.systemtests.cluster.load.Load;
import org.waybill.systemtests.cluster.network.NamespaceNetwork;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/**
 * A cluster under load to which a test does its faults, one after the other; at the end the clients' history is held against the rules. One
 * thread uses it. {@code -Dwaybill.cluster.seed=N} repeats the choices of a run, though not the scheduling of the machine.
 */
final class Trial implements AutoCloseable {
    /** How many sends of every producer show that a cluster serves all of its shards. */
    private static final int SERVED = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** A broker rolls back after 10 s what nobody has decided. */
    private static final Duration ALL_DECIDED = Duration.ofSeconds(20);

    private static final int NETWORK_NUMBER = 230;

    /** In the answer of {@code cluster status}. */
    private static final Pattern ELECTOR = Pattern.compile("^ *n\\d+ +true +\\d+ +(votes|leads) ");

    private static final Pattern SHARD_AT_HOME = Pattern.compile("^ *\\d+ +ok +(n\\d+) +\\1 ");

    private final String name;
    private final long seed = Long.getLong("waybill.cluster.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Network network;
    private final ClusterProcesses cluster;
    private final History history = new History(System::nanoTime);
    private final Path directory = Distribution.newDirectory("history");
    private final Load load;
    private final List<Long> pausesMs = new ArrayList<>();

    /** What lies between the nodes. */
    enum Between {
        PROXIES,
        NAMESPACES;

        private Network network(int nodes) {
            if (this == PROXIES) {
                return new ProxiedNetwork(Ports::free);
            }
            NamespaceNetwork.unavailable().ifPresent(why -> assumeTrue(false, why));
            return new NamespaceNetwork(NETWORK_NUMBER, nodes);
        }
    }

    /** Starts so many nodes, and the load on them. */
    Trial(String name, Between between, int nodes) throws JMSException {
        this(name, between, nodes, node -> List.of());
    }

    /** The same with nodes that have clocks of their own. */
    Trial(String name, Between between, int nodes, IntFunction<List<String>> clocks) throws JMSException {
        this(name, between, nodes, clocks, node -> "");
    }

    /** The same with more lines for each node's file; the first ones are the cluster's. */
    Trial(String name, Between between, int nodes, IntFunction<List<String>> clocks, IntFunction<String> settings)
            throws JMSException {
        this.name = name;
        network = between.network(nodes);
        cluster = new ClusterProcesses(network, nodes, clocks, settings);
        System.out.println(name + ": " + nodes + " nodes, " + between + ", seed " + seed);
        try {
            cluster.start();
            load = new Load(cluster.servers(), history, Load.Size.ALL_CLIENTS, directory);
        } catch (JMSException | RuntimeException | Error e) {
            cluster.close();
            network.close();
            throw e;
        }
        load.start();
        awaitService();
    }

    /** How many rounds each test does; 0 if the cluster is not to be tested, which ends the test. */
    static int rounds() {
        int rounds = Integer.parseInt(Distribution.required("waybill.cluster.rounds"));
        assumeTrue(rounds > 0, "waybill.cluster.rounds is 0");
        return rounds;
    }

    /** How many rounds a test does that belongs to every run: one at least. */
    static int someRounds() {
        return Math.max(1, Integer.parseInt(Distribution.required("waybill.cluster.rounds")));
    }

    /** Ends the test unless the long form is run. */
    static void onlyInLongForm() {
        assumeTrue(
                Boolean.parseBoolean(Distribution.required("waybill.cluster.long")),
                "only with -Plong: waybill.cluster.long");
    }

    ClusterProcesses cluster() {
        return cluster;
    }

    Network network() {
        return network;
    }

    Random random() {
        return random;
    }

    /** Any node. */
    int anyNode() {
        return 1 + random.nextInt(cluster.size());
    }

    /** Waits until every producer has had some more sends settled. */
    void awaitService() {
        awaitService(0);
    }

    /** Waits until nothing shows of former faults: every shard is led by the node that it prefers and is safe, and all nodes elect. */
    void awaitWhole() {
        await("the cluster is whole")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    List<String> status = cluster.cli(1, "cluster", "status").stdout();
                    assertThat(List.of(count(status, ELECTOR), count(status, SHARD_AT_HOME)))
                            .as(String.join("\n", status))
                            .containsOnly((long) cluster.size());
                });
    }

    private static long count(List<String> lines, Pattern pattern) {
        return lines.stream().filter(pattern.asPredicate()).count();
    }

    /** Does something to the cluster from which it must recover by itself, and notes how long a client had nothing settled. */
    void fault(Runnable what) {
        fault(what, Duration.ZERO);
    }

    /** The same, with service watched for that long at least, where the fault shows only after a while. */
    void fault(Runnable what, Duration atLeast) {
        long beganNs = history.nowNs();
        what.run();
        awaitService(beganNs + atLeast.toNanos());
        pausesMs.add(
                Duration.ofNanos(load.longestPauseNs(beganNs, history.nowNs())).toMillis());
    }

    private void awaitService(long untilNs) {
        Map<String, Long> before = load.progress();
        try {
            await("settled sends of every producer")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> load.goesOn(before, SERVED, untilNs));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    name + ": no service; before " + before + ", now " + load.progress() + "\n" + cluster.output(), e);
        }
    }

    /**
     * Ends the load and checks what it saw. What seems lost may be held by a transaction in doubt whose coordinator was lost before it had heard
     * of the commit: it is rolled back soon, and comes then.
     */
    void end() throws JMSException, InterruptedException {
        load.end();
        long untilNs = history.nowNs() + ALL_DECIDED.toNanos();
        while (!HistoryChecker.offences(history).isEmpty() && history.nowNs() < untilNs) {
            load.drain();
        }
        history.dump(directory.resolve("all.history"));
        System.out.println(
                name + ": " + HistoryChecker.summary(history) + "; settled by " + load.settledByMake() + pauses());
        assertThat(HistoryChecker.offences(history))
                .as("seed %d, history in %s, nodes:%n%s", seed, directory, cluster.output())
                .isEmpty();
    }

    private String pauses() {
        if (pausesMs.isEmpty()) {
            return "";
        }
        List<Long> sorted = pausesMs.stream().sorted().toList();
        return "; " + sorted.size() + " faults, nothing settled at a client for " + sorted.get(sorted.size() / 2)
                + " ms in the median, " + sorted.get(sorted.size() - 1) + " ms at worst, in their order " + pausesMs;
    }

    /** Ends everything, whether the trial was ended or not. */
    @Override
    public void close() {
        load.close();
        cluster.close();
        network.close();
    }
}
