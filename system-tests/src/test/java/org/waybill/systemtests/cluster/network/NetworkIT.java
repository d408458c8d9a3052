package org.waybill.systemtests.cluster.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.systemtests.JavaProcess;
import org.waybill.systemtests.Ports;

/** Both networks do to the processes in them what they say, so that a test of a cluster tests the cluster. */
final class NetworkIT {
    private static final int NODES = 3;

    private final List<JavaProcess> parrots = new ArrayList<>();
    private final Map<Integer, Integer> ports = new HashMap<>();
    private Network network = new ProxiedNetwork(Ports::free);

    /** The two kinds. */
    enum Kind {
        PROXIED,
        NAMESPACES
    }

    @ParameterizedTest
    @EnumSource
    void carriesEverythingBetweenAllNodes(Kind kind) {
        begin(kind);
        for (int from = 1; from <= NODES; from++) {
            for (int to = 1; to <= NODES; to++) {
                if (from != to) {
                    say(from, to, from + "-" + to);
                    awaitHeard(to, from + "-" + to);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsOneDirectionAndBringsWhatWasSaidWhenItIsHealed(Kind kind) {
        begin(kind);
        say(1, 2, "before");
        say(3, 2, "before-too");
        awaitHeard(2, "before");
        awaitHeard(2, "before-too");
        network.cut(1, 2);
        say(1, 2, "into-nothing");
        say(3, 2, "beside");
        awaitHeard(2, "beside");
        assertThat(lines(2)).doesNotContain("heard into-nothing");
        network.heal();
        awaitHeard(2, "into-nothing");
    }

    @ParameterizedTest
    @EnumSource
    void cutsTheOtherDirectionToo(Kind kind) {
        begin(kind);
        say(1, 2, "before");
        say(2, 1, "before-too");
        awaitHeard(2, "before");
        awaitHeard(1, "before-too");
        network.cut(2, 1);
        say(2, 1, "into-nothing");
        say(1, 2, "against-the-cut");
        awaitHeard(2, "against-the-cut");
        assertThat(lines(1)).doesNotContain("heard into-nothing");
        network.heal();
        awaitHeard(1, "into-nothing");
    }

    @ParameterizedTest
    @EnumSource
    void keepsNewConnectionsOutOfACutLine(Kind kind) {
        begin(kind);
        network.isolate(1, NODES);
        say(2, 3, "beside");
        awaitHeard(3, "beside");
        parrots.get(1).say(network.host(1) + " " + ports.get(1) + " too-early");
        say(3, 2, "behind");
        awaitHeard(2, "behind");
        assertThat(lines(1)).doesNotContain("heard too-early");
        network.heal();
        awaitHeard(1, "too-early");
    }

    @ParameterizedTest
    @EnumSource
    void passesOnThatAProcessHasDied(Kind kind) {
        begin(kind);
        say(1, 2, "before");
        awaitHeard(2, "before");
        parrots.get(0).kill();
        await().atMost(Duration.ofSeconds(10)).until(() -> lines(2).contains("left") || lines(2).contains("lost"));
    }

    @ParameterizedTest
    @EnumSource
    void carriesThroughANarrowOrLongLine(Kind kind) {
        begin(kind);
        network.limit(1, 50_000);
        say(1, 2, "narrow");
        awaitHeard(2, "narrow");
        network.heal();
        if (network.faults().contains(Network.Fault.DELAY)) {
            network.delay(2, Duration.ofMillis(50));
            long beforeNs = System.nanoTime();
            say(1, 2, "late");
            awaitHeard(2, "late");
            assertThat(System.nanoTime() - beforeNs)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
        }
    }

    private void begin(Kind kind) {
        if (kind == Kind.NAMESPACES) {
            assumeTrue(NamespaceNetwork.unavailable().isEmpty(), () -> NamespaceNetwork.unavailable()
                    .orElse(""));
            network = new NamespaceNetwork(249, NODES);
        }
        for (int node = 1; node <= NODES; node++) {
            int port = Ports.free();
            ports.put(node, network.portForPeers(node, port));
            JavaProcess parrot = JavaProcess.startBehind(
                    network.command(node), Parrot.class, List.of(network.host(node), String.valueOf(port)));
            parrots.add(parrot);
            network.started(node, parrot.pid());
        }
        for (JavaProcess parrot : parrots) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> parrot.stdoutLines().contains("listening") || !parrot.isAlive());
            assertThat(parrot.isAlive()).as(parrot.output()).isTrue();
        }
    }

    private void say(int from, int to, String text) {
        parrots.get(from - 1).say(network.host(to) + " " + ports.get(to) + " " + text);
        await().atMost(Duration.ofSeconds(10)).until(() -> lines(from).contains("said " + text));
    }

    private void awaitHeard(int node, String text) {
        await("node " + node + " hears " + text)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> lines(node).contains("heard " + text));
    }

    private List<String> lines(int node) {
        return parrots.get(node - 1).stdoutLines();
    }

    @AfterEach
    void end() {
        parrots.forEach(JavaProcess::close);
        network.close();
    }
}
