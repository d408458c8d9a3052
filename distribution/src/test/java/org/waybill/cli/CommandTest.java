package org.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.ClusterSettings;
import org.waybill.config.ClusterTls;
import org.waybill.config.Settings;
import picocli.CommandLine;

/** The commands that need no running broker, and what each says when it cannot do its work. */
final class CommandTest {
    private final InputStream stdin = System.in;

    @TempDir
    Path directory;

    private record Result(int code, String out, String err) {}

    @AfterEach
    void restoreInput() {
        System.setIn(stdin);
    }

    @Test
    void addsListsAndRemovesUsers() {
        assertThat(runWithInput("secret\n", "user", "add", "alice", data()))
                .isEqualTo(new Result(0, "added user alice\n", ""));
        assertThat(runWithInput("other\n", "user", "add", "alice", data()))
                .isEqualTo(new Result(0, "changed the password of user alice\n", ""));
        assertThat(run("user", "list", data())).isEqualTo(new Result(0, "alice\n", ""));
        assertThat(run("user", "remove", "alice", data())).isEqualTo(new Result(0, "removed user alice\n", ""));
        assertThat(run("user", "list", data())).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void refusesAnUnknownUserAndAnEmptyPassword() {
        assertThat(run("user", "remove", "alice", data()))
                .isEqualTo(new Result(5, "", "waybill: There is no user alice in " + directory + ".\n"));
        assertThat(runWithInput("", "user", "add", "alice", data()))
                .isEqualTo(new Result(1, "", "waybill: The password is empty, give one on standard input.\n"));
    }

    @Test
    void saysThatNoBrokerRuns() {
        assertThat(run("status", data()))
                .isEqualTo(new Result(3, "stopped: no broker runs on " + directory + "\n", ""));
        assertThat(run("stop", data())).isEqualTo(new Result(3, "", "waybill: No broker runs on " + directory + ".\n"));
    }

    @Test
    void aLockFileThatNobodyHoldsIsNoBroker() throws IOException {
        Files.writeString(
                directory.resolve("waybill.lock"), ProcessHandle.current().pid() + "\n");

        assertThat(run("status", data()).code()).isEqualTo(3);
    }

    @Test
    void writesAFileForEachNodeOfACluster() throws IOException {
        Result result = run("cluster", "init", "--nodes=a=10.0.0.1,b=10.0.0.2,c=10.0.0.3", "--out=" + directory);

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        // hosts that others can reach are refused to a broker without users
        assertThat(result.out()).contains("bin/waybill user add NAME", "bin/waybill start --config FILE");
        List<ClusterSettings> clusters = Stream.of("a", "b", "c")
                .map(name -> Settings.read(directory.resolve(name + ".yaml")))
                .map(settings -> settings.cluster().orElseThrow())
                .toList();
        assertThat(clusters).extracting(each -> each.self().name()).containsExactly("a", "b", "c");
        assertThat(clusters)
                .extracting(ClusterSettings::nodes)
                .containsOnly(clusters.get(0).nodes());
        assertThat(clusters)
                .extracting(ClusterSettings::secret)
                .containsOnly(clusters.get(0).secret());
        assertThat(Settings.read(directory.resolve("b.yaml")).amqp().host()).isEqualTo("10.0.0.2");
        assertThat(Files.getPosixFilePermissions(directory.resolve("a.yaml")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void suggestsTlsThatNeedsNothingButToBeUncommented() throws IOException {
        run("cluster", "init", "--nodes=a=10.0.0.1,b=10.0.0.2,c=10.0.0.3", "--out=" + directory);
        Path file = directory.resolve("b.yaml");

        Files.writeString(file, Files.readString(file).replace("  # tls:", "  tls:"));

        assertThat(Settings.read(file).cluster().orElseThrow().tls())
                .isEqualTo(new ClusterTls(Path.of("b.pem"), Path.of("b.key"), Path.of("ca.pem"), true));
    }

    @Test
    void overwritesNoFileOfACluster() throws IOException {
        Files.writeString(directory.resolve("b.yaml"), "mine");

        Result result = run("cluster", "init", "--nodes=a=10.0.0.1,b=10.0.0.2,c=10.0.0.3", "--out=" + directory);

        assertThat(result)
                .isEqualTo(
                        new Result(2, "", "waybill: The file " + directory.resolve("b.yaml") + " is there already.\n"));
        assertThat(directory.resolve("a.yaml")).doesNotExist();
        assertThat(directory.resolve("b.yaml")).hasContent("mine");
    }

    @Test
    void refusesTwoNodesAndSaysWhy() {
        Result result = run("cluster", "init", "--nodes=a=10.0.0.1,b=10.0.0.2", "--out=" + directory);

        assertThat(result.code()).isEqualTo(14);
        assertThat(result.err()).contains("lists two nodes").contains("list three");
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=", "=10.0.0.1", "a=1=2", "a b=10.0.0.1", ""})
    void refusesNodesWithoutANameOrAHost(String nodes) {
        Result result = run("cluster", "init", "--nodes=x=10.0.0.1,y=10.0.0.2," + nodes, "--out=" + directory);

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("'" + nodes + "'").contains("n1=10.0.0.1");
    }

    @Test
    void aDemoNamesThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Result result = run("cluster", "demo", "--port=" + taken.getLocalPort(), "--data=" + directory);

            assertThat(result.code()).isEqualTo(13);
            assertThat(result.err())
                    .contains("Port " + taken.getLocalPort() + " is in use")
                    .contains("--port");
        }
    }

    @Test
    void saysWhichSettingIsWrong() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.yaml"), "amqp:\n  port: none\n");

        assertThat(run("start", data(), "--config=" + file))
                .isEqualTo(new Result(
                        14,
                        "",
                        "waybill: " + file
                                + " line 2: amqp.port is \"none\", which must be a whole number from 0 to 65535.\n"));
        assertThat(directory.resolve("journal")).doesNotExist();
    }

    @Test
    void saysThatThereIsNoJournal() {
        assertThat(run("journal", "inspect", data()))
                .isEqualTo(new Result(11, "", "waybill: There is no journal in " + directory + ".\n"));
    }

    @Test
    void saysThatNothingListens() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }

        Result result = run("send", "orders", "body", "--port=" + closed);

        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err())
                .startsWith("waybill: Cannot connect to amqp://127.0.0.1:" + closed)
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                        | Name a command
            frobnicate                | Unmatched argument
            user                      | Name one of add, remove, list.
            queue                     | Name one of list, show, create, purge, move-shard, delete.
            transaction               | Name one of list, show, commit, rollback, forget.
            journal                   | Name inspect.
            send                      | Missing required parameter
            send a b --count x        | Invalid value for option '--count'
            start --amqp-port 70000   | --amqp-port is 70000, it must be from 0 to 65535.
            receive a --tls-trust x   | The certificates in x cannot be read.
            """)
    void saysInOneLineWhatIsWrongWithACommandLine(String line, String sentence) {
        Result result = run(line.isEmpty() ? new String[0] : line.split(" +"));

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).startsWith("waybill: ").contains(sentence).hasLineCount(1);
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : Main.commandLine().getSubcommands().keySet()) {
            Result result = run(command, "--help");
            assertThat(result.code()).isZero();
            assertThat(result.out()).startsWith("Usage: waybill " + command);
        }
    }

    @Test
    void messagesShowTheirBodies() {
        assertThat(Messages.body(Messages.text("h\u00e9llo", true, Map.of("k", "v"))))
                .isEqualTo("h\u00e9llo");
        assertThat(Messages.body(Messages.text("x".repeat(100_000), true, Map.of())))
                .hasSize(100_000);
    }

    private String data() {
        return "--data=" + directory;
    }

    private static Result runWithInput(String input, String... arguments) {
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        return run(arguments);
    }

    private static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments);
        return new Result(code, out.toString().replace("\r", ""), err.toString().replace("\r", ""));
    }
}
