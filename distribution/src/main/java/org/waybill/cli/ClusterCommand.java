package org.waybill.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.waybill.broker.Adoption;
import org.waybill.config.Settings;
import org.waybill.jms.engine.ClientConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill cluster}: sets clusters up, shows them, and moves what their nodes lead. */
@Command(
        name = "cluster",
        description = "Try a cluster on this machine, write the files of one, show it, or move leaders.",
        mixinStandardHelpOptions = true)
final class ClusterCommand implements Runnable {
    private static final List<String> NODE_COLUMNS =
            List.of("name", "connected", "leads", "elector", "round-trip-us", "queued-bytes", "clients");
    private static final List<String> SHARD_COLUMNS =
            List.of("name", "health", "leader", "prefers", "epoch", "commit-index", "replicas");

    private static final long SILENT_MS = 2_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Name one of demo, init, adopt, status, move-leader, accept-loss.");
    }

    @Command(
            name = "demo",
            description = "Run three nodes on this machine, on loopback, until Ctrl-C.",
            mixinStandardHelpOptions = true)
    void demo(
            @Option(
                            names = "--data",
                            paramLabel = "DIR",
                            defaultValue = "waybill-demo",
                            description = "Where all of it is kept; default: ${DEFAULT-VALUE}.")
                    Path directory,
            @Option(
                            names = "--port",
                            paramLabel = "N",
                            defaultValue = "5672",
                            description =
                                    "The first node's AMQP port, the others' follow; 10 and 20 above are the nodes' own. Default: ${DEFAULT-VALUE}.")
                    int port) {
        new ClusterDemo(directory.toAbsolutePath().normalize(), port, out()).run();
    }

    @Command(
            name = "init",
            description = "Write a settings file for each node of a new cluster, with a fresh secret.",
            mixinStandardHelpOptions = true)
    void init(
            @Option(
                            names = "--nodes",
                            paramLabel = "NAME=HOST,...",
                            required = true,
                            description = "The nodes' names and hosts, such as n1=10.0.0.1,n2=10.0.0.2,n3=10.0.0.3.")
                    String nodes,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            defaultValue = "waybill",
                            description = "What tells the cluster apart from others; default: ${DEFAULT-VALUE}.")
                    String name,
            @Option(
                            names = "--out",
                            paramLabel = "DIR",
                            defaultValue = ".",
                            description = "Where to write the files; default: the working directory.")
                    Path directory) {
        for (Path file : ClusterFiles.ofHosts(name, nodes).write(directory)) {
            out().line("wrote " + file);
        }
        out().line("Copy each file to its node, and run there, in the directory that is to hold its data:");
        out().line(
                        "  bin/waybill user add NAME        the same user and password on every node, read from standard input");
        out().line("  bin/waybill start --config FILE");
        out().line(
                        "The files hold the cluster's secret; only their owner may read them. The cluster begins when all nodes"
                                + " are up.");
    }

    @Command(
            name = "adopt",
            description = "Make what a stopped broker without a cluster has kept the beginning of a cluster.",
            mixinStandardHelpOptions = true)
    void adopt(
            @Option(
                            names = "--config",
                            paramLabel = "FILE",
                            required = true,
                            description =
                                    "The settings file of the node that it becomes; names its data directory too.")
                    Path config) {
        Settings settings = Settings.read(config);
        int shards = Adoption.run(settings);
        out().line("What " + settings.dataDirectory() + " holds belongs to the cluster now.");
        out().line("The other nodes' files need shards: " + shards + " and data directories with nothing in them.");
        out().line("Start this node first; each other one counts when its log says WB3017 for every shard.");
    }

    @Command(
            name = "status",
            description = "Show the nodes and shards of the cluster that a broker belongs to.",
            mixinStandardHelpOptions = true)
    void status(
            @Mixin ConnectionOption connection,
            @Option(names = "--json", description = "Print everything that is known, as JSON.") boolean isJson) {
        try (ClientConnection open = connection.connectToManage()) {
            Management management = new Management(open);
            Management.Table nodes = management.query(Management.NODE_OF_CLUSTER, Map.of(), Integer.MAX_VALUE);
            Management.Table shards = management.query(Management.SHARD, Map.of(), Integer.MAX_VALUE);
            if (isJson) {
                Map<String, Object> all = new LinkedHashMap<>();
                all.put("nodes", nodes.entities());
                all.put("shards", shards.entities());
                out().json(all);
            } else {
                out().table(nodes, NODE_COLUMNS);
                out().line("");
                out().table(readable(shards), SHARD_COLUMNS);
            }
        }
    }

    @Command(
            name = "move-leader",
            description = "Have a node lead a shard from now on.",
            mixinStandardHelpOptions = true)
    void moveLeader(
            @Parameters(paramLabel = "SHARD", description = "The shard's number.") int shard,
            @Parameters(paramLabel = "NODE", description = "The node's name.") String node,
            @Mixin ConnectionOption connection) {
        Management.once(
                connection, Management.SHARD, "MOVE-LEADER", Map.of("name", String.valueOf(shard), "node", node));
        out().line("node " + node + " leads shard " + shard);
    }

    @Command(
            name = "accept-loss",
            description = {
                "Let this node vote for a shard again, though it may lack messages that were accepted when a majority of the nodes had them "
                        + "in memory.",
                "Only when a node that might have them will never come back: what no other node has of them is lost."
            },
            mixinStandardHelpOptions = true)
    void acceptLoss(
            @Parameters(paramLabel = "SHARD", description = "The shard's number.") int shard,
            @Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connectToManage()) {
            new Management(open).request(Management.SHARD, "ACCEPT-LOSS", Map.of("name", String.valueOf(shard)));
        }
        out().line("this node votes for shard " + shard + " again");
    }

    /** With each shard's replicas in words. */
    private static Management.Table readable(Management.Table shards) {
        int at = shards.names().indexOf("replicas");
        List<List<?>> rows = new ArrayList<>();
        for (List<?> row : shards.rows()) {
            List<Object> words = new ArrayList<>(row);
            if (row.get(at) instanceof List<?> replicas) {
                words.set(
                        at,
                        String.join(
                                ", ",
                                replicas.stream().map(ClusterCommand::replica).toList()));
            }
            rows.add(words);
        }
        return new Management.Table(shards.names(), rows);
    }

    private static String replica(Object replica) {
        if (!(replica instanceof Map<?, ?> of)) {
            return String.valueOf(replica);
        }
        String lag = Long.valueOf(0).equals(of.get("lag-entries"))
                ? ""
                : " " + of.get("lag-entries") + " entries (" + of.get("lag-bytes") + " bytes) behind";
        String state = Boolean.TRUE.equals(of.get("counts")) ? "" : " not counting yet";
        boolean silent = of.get("answered-ms") instanceof Long ms && (ms < 0 || ms >= SILENT_MS);
        return of.get("node") + (silent ? " silent" : "") + state + (lag.isEmpty() && !silent ? " up to date" : lag);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
