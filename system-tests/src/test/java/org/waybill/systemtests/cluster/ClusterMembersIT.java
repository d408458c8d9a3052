package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;

/** What a broker that stood alone has kept becomes a cluster's, which grows to five nodes and shrinks to three again. */
final class ClusterMembersIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int DATA_UNUSABLE = 11;
    private static final int MESSAGES = 2_000;

    private final Path directory = Distribution.newDirectory("members");
    private final int port = Ports.free(1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24);
    private final Map<Integer, OtherProcess> nodes = new TreeMap<>();

    @AfterEach
    void stop() {
        nodes.values().forEach(OtherProcess::close);
    }

    @Test
    void aBrokersDataBeginsAClusterThatGrowsAndShrinks() {
        OtherProcess alone = start("--data", data(1).toString(), "--amqp-port", String.valueOf(port));
        await().atMost(SOON).until(() -> alone.output().contains("Waybill ready"));
        run("send", "kept", "before", "--count", String.valueOf(MESSAGES), "--port", at(1));
        alone.terminate();
        assertThat(alone.endsWithin(SOON)).isTrue();

        configure(3);
        assertRefused(Cli.run("start", "--config", file(1).toString()), "belongs to a broker without a cluster");
        assertThat(run("cluster", "adopt", "--config", file(1).toString()).text())
                .contains("shards: 1");
        assertRefused(Cli.run("start", "--data", data(1).toString()), "belongs to a node of the cluster");
        startNodes(1, 2, 3);
        awaitWhole(1, 3);

        // it has what the founder had
        kill(1);
        assertReceived(2);
        startNodes(1);
        awaitWhole(2, 3);

        // five nodes, of which any two may be lost
        restartWith(5);
        awaitWhole(4, 5);
        kill(1);
        kill(2);
        assertReceived(5);

        // three nodes again
        startNodes(1, 2);
        awaitWhole(4, 5);
        restartWith(3);
        awaitWhole(1, 3);
        kill(3);
        assertReceived(1);
    }

    private void configure(int count) {
        StringBuilder table = new StringBuilder(1_024);
        for (int node = 1; node <= count; node++) {
            int amqp = port + node - 1;
            table.append(String.format(
                    "    - { name: n%d, id: %d, host: 127.0.0.1, port: %d, election-port: %d, clients: \"amqp://127.0.0.1:%d\" }%n",
                    node, node, amqp + 10, amqp + 20, amqp));
        }
        for (int node = 1; node <= count; node++) {
            String text = "shards: 1\ndata-directory: " + data(node) + "\namqp: { port: " + at(node)
                    + " }\ncluster:\n  node: n" + node + "\n  secret: \"a secret long enough\"\n  nodes:\n" + table;
            try {
                Files.writeString(file(node), text);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private void restartWith(int count) {
        List<Integer> before = new ArrayList<>(nodes.keySet());
        before.forEach(node -> nodes.get(node).terminate());
        before.forEach(node -> assertThat(nodes.remove(node).endsWithin(SOON)).isTrue());
        configure(count);
        for (int node = 1; node <= count; node++) {
            startNodes(node);
        }
    }

    private void startNodes(int... numbers) {
        for (int node : numbers) {
            nodes.put(node, start("--config", file(node).toString()));
        }
    }

    private static OtherProcess start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Distribution.launcher().toString(), "start"));
        command.addAll(List.of(arguments));
        return OtherProcess.start(command);
    }

    private void kill(int node) {
        nodes.remove(node).close();
    }

    /** As one node sees it, every one of so many has everything. */
    private void awaitWhole(int by, int count) {
        await().atMost(SOON).until(() -> {
            Cli.Result status = Cli.run("cluster", "status", "--port", at(by));
            return status.exitCode() == 0
                    && status.stdout().get(status.stdout().size() - 1).split("up to date", -1).length == count;
        });
    }

    /** All that was sent is there, as a node gives it. */
    private void assertReceived(int by) {
        Cli.Result received = run("receive", "kept", "--browse", "--count", String.valueOf(MESSAGES), "--port", at(by));
        assertThat(received.stdout()).hasSize(MESSAGES).containsOnly("before");
    }

    private static Cli.Result run(String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.exitCode()).as(result.text()).isZero();
        return result;
    }

    private static void assertRefused(Cli.Result result, String why) {
        assertThat(result.exitCode()).as(result.text()).isEqualTo(DATA_UNUSABLE);
        assertThat(result.text()).contains(why);
    }

    private Path file(int node) {
        return directory.resolve("n" + node + ".yaml");
    }

    private Path data(int node) {
        return directory.resolve("d" + node);
    }

    private String at(int node) {
        return String.valueOf(port + node - 1);
    }
}
