package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.OtherProcess;
import org.waybill.systemtests.Ports;

/** {@code waybill cluster demo}, and what it prints, as somebody does who tries a cluster for the first time. */
final class ClusterDemoIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int UNREACHABLE = 3;
    private static final Pattern KILL = Pattern.compile("kill -9 (\\d+)");

    private final Path directory = Distribution.newDirectory("demo").resolve("cluster");
    private final int port = Ports.free(1, 2, 10, 11, 12, 20, 21, 22);

    @Test
    void whatItPrintsIsTrue() {
        OtherProcess demo = demo();
        try {
            awaitReady(demo);
            assertThat(demo.output())
                    .contains("n1 ", "leads shard 0")
                    .contains("n2 ", "leads shard 1")
                    .contains("n3 ", "leads shard 2");
            assertThat(run("send", "greetings", "hello", "--count", "300", "--port", String.valueOf(port))
                            .text())
                    .contains("sent 300 messages");

            kill(demo.output());
            await().atMost(SOON).until(() -> demo.output().contains("n2 has ended"));
            await().atMost(SOON).until(() -> demo.output().contains("leads, it was n2"));
            assertThat(status()).containsPattern("n2 +false").contains("degraded");
            assertThat(run("receive", "greetings", "--count", "300", "--port", String.valueOf(port + 2))
                            .stdout())
                    .hasSize(300);

            OtherProcess again = node("n2");
            await().atMost(SOON).until(() -> demo.output().contains("shard 1: n2 leads, it was"));
            assertThat(status()).containsPattern("n2 +true").doesNotContain("degraded");
            assertThat(run("cluster", "move-leader", "1", "n3", "--port", String.valueOf(port))
                            .text())
                    .contains("node n3 leads shard 1");
            assertThat(run("stop", "--data", directory.resolve("n2").toString()).exitCode())
                    .isZero();
            assertThat(again.endsWithin(SOON)).isTrue();

            demo.terminate();
            await().atMost(SOON).until(() -> !demo.isAlive());
        } finally {
            end(demo);
        }
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(Cli.run("status", "--data", directory.resolve(node).toString())
                            .exitCode())
                    .isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void aSecondOneGoesOnWithTheData() {
        OtherProcess first = demo();
        try {
            awaitReady(first);
            run("send", "greetings", "kept", "--port", String.valueOf(port));
        } finally {
            end(first);
        }
        OtherProcess second = demo();
        try {
            awaitReady(second);
            assertThat(run("receive", "greetings", "--port", String.valueOf(port + 1))
                            .stdout())
                    .containsExactly("kept");
        } finally {
            end(second);
        }
    }

    private static void awaitReady(OtherProcess demo) {
        await().atMost(SOON).until(() -> demo.output().contains("Ctrl-C stops all three."));
    }

    private OtherProcess demo() {
        return OtherProcess.start(List.of(
                Distribution.launcher().toString(),
                "cluster",
                "demo",
                "--data",
                directory.toString(),
                "--port",
                String.valueOf(port)));
    }

    private OtherProcess node(String name) {
        return OtherProcess.start(List.of(
                Distribution.launcher().toString(),
                "start",
                "--config",
                directory.resolve(name + ".yaml").toString()));
    }

    private String status() {
        return run("cluster", "status", "--port", String.valueOf(port)).text();
    }

    private static Cli.Result run(String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.exitCode()).as(result.text()).isZero();
        return result;
    }

    private static void kill(String output) {
        Matcher printed = KILL.matcher(output);
        assertThat(printed.find()).isTrue();
        assertThat(ProcessHandle.of(Long.parseLong(printed.group(1)))
                        .orElseThrow()
                        .destroyForcibly())
                .isTrue();
    }

    /** Its nodes are processes of their own. */
    private void end(OtherProcess demo) {
        if (demo.isAlive()) {
            demo.terminate();
            await().atMost(SOON).until(() -> !demo.isAlive());
        }
    }
}
