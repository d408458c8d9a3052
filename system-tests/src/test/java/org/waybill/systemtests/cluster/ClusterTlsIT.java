package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.Trial.Between;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/** Nodes that show each other certificates, which are made by the very commands that {@code docs/clustering.md} prints. */
final class ClusterTlsIT {
    private static final int NODES = 3;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path MANUAL = Path.of("..", "docs", "clustering.md");
    private static final String SECTION = "\n## Certificates\n";
    private static final String FENCE = "\n```\n";

    private static Path ofTheCluster;
    private static Path ofStrangers;

    @BeforeAll
    static void makeCertificates() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "The manual's commands need openssl.");
        ofTheCluster = made();
        ofStrangers = made();
    }

    private static Path made() throws IOException {
        Path directory = Distribution.newDirectory("certificates");
        String section = Files.readString(MANUAL).split(SECTION, 2)[1];
        String printed = section.split(FENCE, 3)[1];
        try (OtherProcess shell = OtherProcess.start(List.of("sh", "-euc", "cd " + directory + "\n" + printed))) {
            assertThat(shell.endsWithin(SOON)).as(shell.output()).isTrue();
        }
        return directory;
    }

    private static String tls(int node, Path from) {
        return """
                  tls:
                    certificate: %s
                    key: %s
                    trust: %s
                """
                .formatted(
                        from.resolve("n" + node + ".crt"),
                        from.resolve("n" + node + ".key"),
                        ofTheCluster.resolve("authority.crt"));
    }

    @Test
    void nodesWithCertificatesLoseNothingWhenOneIsKilled() throws Exception {
        int rounds = Trial.rounds();
        try (Trial trial = new Trial(
                "TLS between nodes", Between.PROXIES, NODES, node -> List.of(), node -> tls(node, ofTheCluster))) {
            for (int round = 0; round < rounds; round++) {
                int victim = 1 + round % NODES;
                trial.fault(() -> trial.cluster().kill(victim));
                trial.cluster().start(victim);
                trial.awaitService();
            }
            trial.end();
        }
    }

    @Test
    void aNodeWithACertificateOfStrangersIsNoNode() {
        try (Network network = new ProxiedNetwork(Ports::free);
                ClusterProcesses cluster = new ClusterProcesses(
                        network,
                        NODES,
                        node -> List.of(),
                        node -> tls(node, node == NODES ? ofStrangers : ofTheCluster))) {
            for (int node = 1; node <= NODES; node++) {
                cluster.launch(node);
            }
            await("both are told of the stranger")
                    .atMost(SOON)
                    .until(() -> said(cluster, 1, "WB3003") && said(cluster, 2, "WB3003"));
            await("the two others know each other").atMost(SOON).until(() -> said(cluster, 2, "WB3001"));
            assertThat(said(cluster, NODES, "WB3001")).as(cluster.output()).isFalse();
        }
    }

    private static boolean said(ClusterProcesses cluster, int node, String id) {
        return cluster.node(node).stderrLines().stream().anyMatch(line -> line.contains(id));
    }
}
