package org.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.broker.Broker;
import org.waybill.config.Settings;
import org.waybill.security.UserFile;
import picocli.CommandLine;

/** The commands that are AMQP clients, against a broker in this process. */
final class BrokerCommandIT {
    private final InputStream stdin = System.in;
    private final PrintStream stdout = System.out;

    @TempDir
    Path directory;

    private Broker broker;

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void startBroker() {
        Settings defaults = Settings.defaults();
        broker = Broker.start(
                defaults.withDataDirectory(directory).withAmqp(defaults.amqp().withPort(0)));
    }

    @AfterEach
    void stopBroker() {
        broker.stop();
        System.setIn(stdin);
        System.setOut(stdout);
    }

    @Test
    void receivesWhatWasSentInOrder() {
        assertThat(run("send", "orders", "one")).isEqualTo(new Result(0, "sent 1 message to orders\n", ""));
        System.setIn(new ByteArrayInputStream("two\nthr\u00e9e\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(run("send", "orders", "--count=2")).isEqualTo(new Result(0, "sent 4 messages to orders\n", ""));

        assertThat(run("receive", "orders", "--browse", "--count=5").out())
                .isEqualTo("one\ntwo\ntwo\nthr\u00e9e\nthr\u00e9e\n");
        assertThat(run("receive", "orders", "--count=5"))
                .isEqualTo(new Result(0, "one\ntwo\ntwo\nthr\u00e9e\nthr\u00e9e\n", ""));
        assertThat(run("receive", "orders", "--timeout-ms=1").code()).isEqualTo(ExitCode.TIMEOUT.code());
    }

    @Test
    void sendsMoreThanMayBeOnTheWay() {
        assertThat(run("send", "orders", "x", "--count=2500").out()).isEqualTo("sent 2500 messages to orders\n");
        assertThat(run("receive", "orders", "--count=2500").out()).hasLineCount(2500);
        assertThat(run("queue", "show", "orders").out()).contains("messages: 0\n", "dequeued: 2500\n");
    }

    @Test
    void aBodyOfManyFramesArrivesWhole() {
        String body = "0123456789".repeat(50_000);

        assertThat(run("send", "orders", body).code()).isZero();

        assertThat(run("receive", "orders").out()).isEqualTo(body + "\n");
    }

    @Test
    void administersQueues() {
        assertThat(run("queue", "create", "a")).isEqualTo(new Result(0, "created queue a\n", ""));
        assertThat(run("queue", "create", "a")).isEqualTo(new Result(5, "", "waybill: Queue a exists already.\n"));
        run("send", "a", "x", "--count=3");
        assertThat(run("queue", "list").out()).containsPattern("(?m)^ +3 +0 +[0-9]+ +0 +0 +a$");
        assertThat(run("queue", "purge", "a").out()).isEqualTo("purged 3 messages of queue a\n");
        assertThat(run("queue", "delete", "a").out()).isEqualTo("deleted queue a\n");
        assertThat(run("queue", "show", "a")).isEqualTo(new Result(5, "", "waybill: Queue a does not exist.\n"));
    }

    @Test
    void theFirstUserEndsAnonymousLogins() {
        new UserFile(directory).put("alice", "s,e=cret".toCharArray(), new SecureRandom());

        assertThat(run("send", "a", "x").code()).isEqualTo(ExitCode.UNAUTHENTICATED.code());
        Result refused = run("send", "a", "x", "--user=alice", "--password=other");
        assertThat(refused.code()).isEqualTo(ExitCode.UNAUTHENTICATED.code());
        assertThat(refused.err()).startsWith("waybill: ").contains("'alice'").hasLineCount(1);
        assertThat(run("send", "a", "x", "--user=alice", "--password=s,e=cret").code())
                .isZero();
    }

    @Test
    void inspectsTheJournalBesideTheBroker() {
        run("send", "orders", "x");

        Result result = execute(List.of("journal", "inspect", "--verify", "--data=" + directory));

        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("segment 1", "crc ok", "damaged places: 0");
    }

    private Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--port=" + broker.amqpPort());
        return execute(all);
    }

    private static Result execute(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bodies, true, StandardCharsets.UTF_8));
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments.toArray(new String[0]));
        String printed = bodies.toString(StandardCharsets.UTF_8) + out;
        return new Result(code, printed.replace("\r", ""), err.toString().replace("\r", ""));
    }
}
