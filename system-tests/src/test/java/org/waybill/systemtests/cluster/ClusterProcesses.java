package org.waybill.systemtests.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.load.Servers;
import org.waybill.systemtests.cluster.network.Network;

/**
 * The nodes of a cluster, each a broker of the unzipped distribution in a process of its own, with a configuration, a data directory and an
 * output of its own. There are as many shards as nodes. Nodes are numbered from 1. One thread uses it; {@link #close} ends every node, whatever its state, and no other process.
 */
final class ClusterProcesses implements AutoCloseable {
    /** The cluster's. */
    static final String NAME = "proof";

    /** What all nodes know. */
    static final String SECRET = "a-secret-of-tests-alone";

    private static final String USER = "tester";
    private static final String PASSWORD = "a-password-of-tests";
    private static final Duration TAKEN_IN = Duration.ofSeconds(60);
    private static final Duration PLANNED_STOP = Duration.ofSeconds(60);

    private final Network network;
    private final List<BrokerProcess.Options> options = new ArrayList<>();
    private final List<@Nullable BrokerProcess> running = new ArrayList<>();
    private final List<Integer> linkPorts = new ArrayList<>();
    private final Path users;

    private record Listening(int clients, int link, int election, int linkForPeers, int electionForPeers) {}

    /** Prepares so many nodes and starts none. */
    ClusterProcesses(Network network, int nodes) {
        this(network, nodes, node -> List.of());
    }

    /** The same, each node started behind another command that goes on as what follows it, with the same process id. */
    ClusterProcesses(Network network, int nodes, IntFunction<List<String>> behind) {
        this(network, nodes, behind, node -> "");
    }

    /** The same, with more lines for each node's file; the first ones are the cluster's. */
    ClusterProcesses(Network network, int nodes, String settings) {
        this(network, nodes, node -> List.of(), node -> settings);
    }

    /** The same with both. */
    ClusterProcesses(Network network, int nodes, IntFunction<List<String>> behind, IntFunction<String> settings) {
        this.network = network;
        users = users();
        List<Listening> all =
                IntStream.rangeClosed(1, nodes).mapToObj(this::listening).toList();
        for (int node = 1; node <= nodes; node++) {
            Listening own = all.get(node - 1);
            linkPorts.add(own.link());
            options.add(BrokerProcess.Options.fresh()
                    .withPort(own.clients())
                    .withConfig(configuration(node, all) + settings.apply(node))
                    .withJvmOpts("-Xmx512m -Dhazelcast.local.publicAddress=" + network.host(node) + ":"
                            + own.electionForPeers())
                    .behind(joined(network.command(node), behind.apply(node))));
            running.add(null);
            letIn(options.get(node - 1).data());
        }
    }

    private static List<String> joined(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private Listening listening(int node) {
        int link = Ports.free();
        int election = Ports.free();
        return new Listening(
                Ports.free(), link, election, network.portForPeers(node, link), network.portForPeers(node, election));
    }

    /** A node knows its own ports, and of the others those that the network gives them. */
    private String configuration(int node, List<Listening> all) {
        StringBuilder yaml = new StringBuilder(
                """
                amqp:
                  host: %s
                journal:
                  segment-bytes: 8388608
                  reserve-bytes: 16777216
                cluster:
                  name: %s
                  node: n%d
                  secret: %s
                  nodes:
                """
                        .formatted(network.host(node), NAME, node, SECRET));
        for (int other = 1; other <= all.size(); other++) {
            Listening there = all.get(other - 1);
            boolean own = other == node;
            yaml.append(
                    "    - { name: n%d, id: %d, host: %s, port: %d, election-port: %d, clients: \"amqp://%s:%d\" }%n"
                            .formatted(
                                    other,
                                    other,
                                    network.host(other),
                                    own ? there.link() : there.linkForPeers(),
                                    own ? there.election() : there.electionForPeers(),
                                    network.host(other),
                                    there.clients()));
        }
        return yaml.toString();
    }

    /** A file of users; a broker that listens beyond loopback must have one. */
    private static Path users() {
        Path directory = Distribution.newDirectory("users");
        Cli.Result added = Cli.runWithInput(PASSWORD + "\n", "user", "add", USER, "--data", directory.toString());
        if (added.exitCode() != 0) {
            throw new AssertionError("no user could be added: " + added.text());
        }
        return directory.resolve("users");
    }

    private void letIn(Path data) {
        try {
            Files.copy(users, data.resolve("users"), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return options.size();
    }

    /** Where clients go. */
    Servers servers() {
        List<String> addresses = new ArrayList<>();
        for (int node = 1; node <= size(); node++) {
            addresses.add(network.host(node) + ":" + options.get(node - 1).port());
        }
        return new Servers(addresses, USER, PASSWORD);
    }

    /** Where a node listens to the others, without what lies between. */
    int linkPort(int node) {
        return linkPorts.get(node - 1);
    }

    /** Calls {@code bin/waybill} with these arguments about a node, as the user that all nodes know. */
    Cli.Result cli(int node, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--host",
                network.host(node),
                "--port",
                String.valueOf(options.get(node - 1).port())));
        all.addAll(List.of("--user", USER, "--password", PASSWORD));
        return Cli.run(all.toArray(String[]::new));
    }

    /** Starts all nodes that do not run, at the same time, and waits until they are ready. */
    void start() {
        List<Integer> started = new ArrayList<>();
        for (int node = 1; node <= size(); node++) {
            if (running.get(node - 1) == null) {
                launch(node);
                started.add(node);
            }
        }
        started.forEach(node -> node(node).awaitReady());
    }

    /** Starts a node; nothing is waited for. */
    void launch(int node) {
        BrokerProcess broker = BrokerProcess.launch(options.get(node - 1));
        running.set(node - 1, broker);
        network.started(node, broker.pid());
    }

    /** Starts a node and waits until it is ready. */
    void start(int node) {
        launch(node);
        node(node).awaitReady();
    }

    /**
     * Waits until a node has been taken in with the empty disk that it was started on, in every shard; until then it is no replica, and no
     * other node may be lost.
     */
    void awaitTakenIn(int node) {
        await("node " + node + " counts for the majority of every shard")
                .atMost(TAKEN_IN)
                .until(() -> node(node).stderrLines().stream()
                                .filter(line -> line.contains("WB3017"))
                                .count()
                        == size());
    }

    /** The process of a node that was started. */
    BrokerProcess node(int node) {
        BrokerProcess broker = running.get(node - 1);
        if (broker == null) {
            throw new IllegalStateException("node " + node + " does not run");
        }
        return broker;
    }

    /** SIGKILL. */
    void kill(int node) {
        node(node).kill();
        running.set(node - 1, null);
    }

    /** SIGKILL for all of them, as close together as can be. */
    void killAll() {
        IntStream.rangeClosed(1, size())
                .filter(node -> running.get(node - 1) != null)
                .forEach(this::kill);
    }

    /** SIGTERM, as an administrator stops a node; says how it ended. */
    int stop(int node) {
        BrokerProcess broker = node(node);
        int exitCode = broker.terminate(PLANNED_STOP);
        running.set(node - 1, null);
        return exitCode;
    }

    /** Gives a node that does not run a new disk, with nothing on it but its users. */
    void replaceDisk(int node) {
        useDisk(node, Distribution.newDirectory("data"));
    }

    /** Lets a node that does not run begin in this directory, which is empty. */
    void useDisk(int node, Path directory) {
        if (running.get(node - 1) != null) {
            throw new IllegalStateException("node " + node + " runs");
        }
        options.set(node - 1, options.get(node - 1).withData(directory));
        letIn(directory);
    }

    /** What all nodes that run have said, for the message of a failure. */
    String output() {
        StringBuilder text = new StringBuilder();
        for (int node = 1; node <= size(); node++) {
            BrokerProcess broker = running.get(node - 1);
            text.append("node ").append(node).append(broker == null ? " does not run" : ":\n" + broker.output());
            text.append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        for (BrokerProcess broker : running) {
            if (broker != null) {
                broker.close();
            }
        }
    }
}
