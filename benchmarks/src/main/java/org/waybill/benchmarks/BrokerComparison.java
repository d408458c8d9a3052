package org.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Command line of the whole-broker runs: runs each broker in turn (A, B, A, B, ...) and prints Markdown tables on
 * standard output, progress on standard error. Exit code 1 when a workload failed, 2 for wrong arguments.
 */
@Command(
        name = "benchmarks/run",
        description = "Drives brokers on this machine with the same load in interleaved rounds and compares them.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class BrokerComparison implements Callable<Integer> {
    private static final int PORTS_PER_BROKER = 3;

    /** Those that are no clusters. */
    private static final int OTHERS = 5;

    @Parameters(
            arity = "1..*",
            paramLabel = "BROKER",
            description =
                    "waybill, waybill-cluster (three nodes, each leads a shard), waybill-cluster-near (the node that the load goes to "
                            + "leads all), waybill-cluster-far (another does), artemis (NIO journal), artemis-aio, relay, "
                            + "relay-journal; ratios are first to other.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "ID",
            description = "W1a, W1b, W2, W2L, W3a, W3b, W3c, W4, W5a, W5b, W7, W11q, W11t, "
                    + "J1, J2, J3, J7, J1L, J2L (Qpid JMS), the same with a w (Waybill's client), XA1, XA8, "
                    + "W9a, W9b, schedule, W10, KILL; all when not given.")
    private List<String> workloadIds = new ArrayList<>();

    @Option(names = "--rounds", description = "Times that each broker has its turn.", defaultValue = "3")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "Load before a session's first workload; 38 or more for figures that count.",
            defaultValue = "40")
    private double warmUpSeconds;

    @Option(names = "--warm", paramLabel = "SECONDS", description = "Load before each measurement.", defaultValue = "6")
    private double warmSeconds;

    @Option(names = "--measure", paramLabel = "SECONDS", description = "Each measurement.", defaultValue = "6")
    private double measureSeconds;

    @Option(names = "--heap", description = "Heap of each broker.", defaultValue = "2g")
    private String heap = "";

    @Option(names = "--idle-heap", description = "Heap of each broker in W9a.", defaultValue = "6g")
    private String idleHeap = "";

    @Option(
            names = "--waybill",
            paramLabel = "PATH",
            description = "Waybill's distribution: the zip, or a folder with it unzipped.",
            defaultValue = "distribution/target")
    private Path waybill = Path.of("");

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Downloads, instances, stores and logs; on the disk that is to be measured.",
            defaultValue = "benchmarks/target/brokers")
    private Path work = Path.of("");

    @Option(names = "--port", description = "First of 90 free ports on loopback.", defaultValue = "22400")
    private int port;

    @Option(names = "--csv", paramLabel = "FILE", description = "Every single figure goes there.")
    private @Nullable Path csv;

    private final Figures figures = new Figures();

    private BrokerComparison() {}

    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new BrokerComparison());
        commandLine.setExecutionExceptionHandler((reason, line, parsed) -> explain(reason, line));
        System.exit(commandLine.execute(arguments));
    }

    /** What a user can cause is one sentence; anything else is a fault of this program and keeps its trace. */
    private static int explain(Exception reason, CommandLine commandLine) throws Exception {
        if (reason instanceof IllegalArgumentException) {
            commandLine.getErr().println(reason.getMessage());
            return ExitCode.USAGE;
        }
        if (reason instanceof IOException) {
            commandLine.getErr().println(reason.getMessage());
            return ExitCode.SOFTWARE;
        }
        throw reason;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<Workload> workloads = workloadIds.isEmpty()
                ? EnumSet.allOf(Workload.class)
                : workloadIds.stream()
                        .map(Workload::of)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Workload.class)));
        List<Broker> brokers = new ArrayList<>();
        for (String name : names) {
            brokers.add(broker(name));
        }
        for (Broker broker : brokers) {
            broker.prepare();
        }
        Session.Timing timing = new Session.Timing(heap, idleHeap, warmUpSeconds, warmSeconds, measureSeconds);
        for (int round = 1; round <= rounds; round++) {
            for (Broker broker : brokers) {
                runSession(broker, round, timing, workloads);
            }
        }
        return report();
    }

    private void runSession(Broker broker, int round, Session.Timing timing, Set<Workload> workloads)
            throws InterruptedException {
        new Session(broker, timing, (b, workload, values) -> record(b, round, workload, values)).run(workloads);
    }

    private void record(Broker broker, int round, Workload workload, Map<String, String> values) {
        System.err.println("round " + round + " " + broker.name() + " " + workload.id() + " " + values);
        figures.add(broker.name(), round, workload, values);
    }

    private int report() throws IOException {
        System.out.println(figures.tables(names));
        if (csv != null) {
            Files.write(csv, figures.csv());
        }
        figures.failures().forEach(failure -> System.out.println("FAILED " + failure));
        return figures.failures().isEmpty() ? 0 : 1;
    }

    private Broker broker(String name) throws IOException {
        Path folder = work.toAbsolutePath().normalize();
        return switch (name) {
            case "waybill" -> new WaybillBroker(distribution(), folder, portOf(0));
            case "artemis" -> new ArtemisBroker(ArtemisBroker.Journal.NIO, folder, portOf(1));
            case "artemis-aio" -> new ArtemisBroker(ArtemisBroker.Journal.AIO, folder, portOf(2));
            case "waybill-cluster" -> cluster(WaybillClusterBroker.Leaders.SPREAD, folder);
            case "waybill-cluster-near" -> cluster(WaybillClusterBroker.Leaders.NEAR, folder);
            case "waybill-cluster-far" -> cluster(WaybillClusterBroker.Leaders.FAR, folder);
            case "relay" -> new RelayBroker(false, folder, portOf(3));
            case "relay-journal" -> new RelayBroker(true, folder, portOf(4));
            default -> throw new IllegalArgumentException("no broker '" + name + "'; see --help");
        };
    }

    private Broker cluster(WaybillClusterBroker.Leaders leaders, Path folder) throws IOException {
        return new WaybillClusterBroker(leaders, distribution(), folder, portOf(OTHERS) + leaders.ports);
    }

    private int portOf(int index) {
        return port + index * PORTS_PER_BROKER;
    }

    /** The path given, or the only zip in it when it is the distribution module's output. */
    private Path distribution() throws IOException {
        if (!Files.isDirectory(waybill)) {
            return waybill;
        }
        try (var zips = Files.newDirectoryStream(waybill, "waybill-*.zip")) {
            var found = zips.iterator();
            return found.hasNext() ? found.next() : waybill;
        }
    }
}
