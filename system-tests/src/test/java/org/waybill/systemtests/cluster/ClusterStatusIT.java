package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/** {@code waybill cluster status} tells at every node what is lost and what works, whatever has happened to the others. */
@Timeout(180)
final class ClusterStatusIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int REFUSED = 5;

    private final Network network = new ProxiedNetwork(Ports::free);
    private final ClusterProcesses cluster = new ClusterProcesses(network, 3);

    @AfterEach
    void end() {
        cluster.close();
        network.close();
    }

    private String status(int node) {
        Cli.Result result = cluster.cli(node, "cluster", "status");
        assertThat(result.exitCode()).as(result.text()).isZero();
        return String.join("\n", result.stdout());
    }

    private void awaitStatus(int node, List<String> all, List<String> none) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(status(node)).contains(all).doesNotContain(none));
    }

    @Test
    void aNodeThatIsLeftAloneSaysSoAndServesAgainWithAnother() {
        cluster.start();
        awaitStatus(1, List.of("ok"), List.of("degraded", "leaderless", "false"));

        cluster.kill(2);
        awaitStatus(1, List.of("degraded", "n2 silent"), List.of("leaderless"));
        awaitStatus(3, List.of("degraded", "n2 silent"), List.of("leaderless"));
        assertThat(cluster.cli(3, "queue", "create", "while-one-is-lost").exitCode())
                .isZero();

        cluster.kill(3);
        awaitStatus(1, List.of("leaderless"), List.of("degraded", "ok"));
        await().atMost(SOON).untilAsserted(() -> {
            Cli.Result refused = cluster.cli(1, "queue", "list");
            assertThat(refused.exitCode()).isEqualTo(REFUSED);
            assertThat(refused.text()).contains("try another node");
        });
        assertThat(status(1))
                .containsPattern("n1 +true")
                .containsPattern("n2 +false")
                .containsPattern("n3 +false");
        assertThat(cluster.cli(1, "cluster", "status", "--json").text())
                .contains("\"health\" : \"leaderless\"", "\"name\" : \"n2\"");

        cluster.start(3);
        awaitStatus(1, List.of("degraded", "n2 silent"), List.of("leaderless"));
        assertThat(cluster.cli(1, "queue", "list").text()).contains("while-one-is-lost");

        cluster.start(2);
        awaitStatus(1, List.of("ok"), List.of("degraded", "leaderless", "false"));
        awaitStatus(2, List.of("ok"), List.of("degraded", "leaderless", "false"));
    }
}
