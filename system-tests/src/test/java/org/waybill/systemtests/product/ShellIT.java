package org.waybill.systemtests.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;

/** The other commands, as somebody types them beside a running broker. */
final class ShellIT {
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 3;
    private static final int UNAUTHENTICATED = 4;
    private static final int REFUSED = 5;
    private static final int TIMEOUT = 6;

    private final BrokerProcess.Options options = BrokerProcess.Options.fresh();
    private final String data = options.data().toString();
    private final String port = String.valueOf(options.port());
    private BrokerProcess broker = BrokerProcess.start(options);

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void sendsAndReceives() {
        Cli.Result sent = Cli.runWithInput("one\ntwo\nthree\n", "send", "--port", port, "orders");
        assertThat(sent.exitCode()).as(sent.text()).isZero();
        assertThat(Cli.run("receive", "--port", port, "orders", "--count", "0", "--timeout-ms", "500", "--browse")
                        .stdout())
                .containsExactly("one", "two", "three");
        assertThat(Cli.run("receive", "--port", port, "orders", "--count", "2").stdout())
                .containsExactly("one", "two");
        Cli.Result tooFew = Cli.run("receive", "--port", port, "orders", "--count", "2", "--timeout-ms", "500");
        assertThat(tooFew.stdout()).containsExactly("three");
        assertThat(tooFew.exitCode()).isEqualTo(TIMEOUT);
    }

    @Test
    void tellsItsStatusAndStops() {
        Cli.Result running = Cli.run("status", "--data", data);
        assertThat(running.exitCode()).as(running.text()).isZero();
        assertThat(running.text()).contains(String.valueOf(broker.pid()), port);
        assertThat(Cli.run("stop", "--data", data).exitCode()).isZero();
        assertThat(broker.awaitExit(Duration.ofSeconds(20))).isZero();
        assertThat(Cli.run("status", "--data", data).exitCode()).isEqualTo(UNREACHABLE);
        assertThat(Cli.run("stop", "--data", data).exitCode()).isEqualTo(UNREACHABLE);
    }

    @Test
    void statusIsNotFooledByAKilledBroker() {
        broker.kill();
        assertThat(Cli.run("status", "--data", data).exitCode()).isEqualTo(UNREACHABLE);
        broker = BrokerProcess.start(options);
        assertThat(Cli.run("status", "--data", data).exitCode()).isZero();
    }

    @Test
    void listsShowsPurgesAndDeletesQueues() {
        Cli.run("queue", "create", "--port", port, "made");
        Cli.run("send", "--port", port, "filled", "a message", "--count", "7");
        Cli.Result list = Cli.run("queue", "list", "--port", port);
        assertThat(list.exitCode()).as(list.text()).isZero();
        assertThat(list.stdout())
                .anySatisfy(line -> assertThat(line).contains("made"))
                .anySatisfy(line -> assertThat(line).contains("filled", "7"));
        assertThat(Cli.run("queue", "show", "--port", port, "filled").text()).contains("7");
        assertThat(Cli.run("queue", "purge", "--port", port, "filled").text()).contains("7");
        assertThat(Cli.run("queue", "delete", "--port", port, "filled").exitCode())
                .isZero();
        assertThat(Cli.run("queue", "show", "--port", port, "filled").exitCode())
                .isEqualTo(REFUSED);
        assertThat(Cli.run("queue", "list", "--port", port).text()).doesNotContain("filled");
    }

    @Test
    void letsOnlyUsersInOnceThereIsOne() {
        assertThat(Cli.runWithInput("secret\n", "user", "add", "alice", "--data", data)
                        .exitCode())
                .isZero();
        assertThat(Cli.run("user", "list", "--data", data).stdout()).containsExactly("alice");
        Cli.Result anonymous = Cli.run("send", "--port", port, "orders", "x");
        assertThat(anonymous.exitCode()).as(anonymous.text()).isEqualTo(UNAUTHENTICATED);
        Cli.Result wrong = Cli.run("send", "--port", port, "--user", "alice", "--password", "wrong", "orders", "x");
        assertThat(wrong.exitCode()).as(wrong.text()).isEqualTo(UNAUTHENTICATED);
        Cli.Result right = Cli.run("send", "--port", port, "--user", "alice", "--password", "secret", "orders", "x");
        assertThat(right.exitCode()).as(right.text()).isZero();
        assertThat(Cli.run("user", "remove", "alice", "--data", data).exitCode())
                .isZero();
    }

    @Test
    void inspectsTheJournalBesideARunningBroker() {
        Cli.run("send", "--port", port, "orders", "a message", "--count", "100");
        Cli.Result inspection = Cli.run("journal", "inspect", "--verify", "--data", data);
        assertThat(inspection.exitCode()).as(inspection.text()).isZero();
        assertThat(inspection.stdout()).isNotEmpty();
    }

    @Test
    void saysInOneSentenceWhatIsWrong() {
        oneSentence(UNREACHABLE, "send", "--port", String.valueOf(Ports.free()), "orders", "x");
        oneSentence(USAGE, "send");
        oneSentence(USAGE, "nonsense");
        oneSentence(USAGE, "start", "--amqp-port", "70000");
    }

    @Test
    void tellsItsVersion() {
        assertThat(Cli.run("version").text()).contains("0.1.0");
    }

    private static void oneSentence(int exitCode, String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.exitCode()).as(result.text()).isEqualTo(exitCode);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.stderr()).hasSize(1);
        assertThat(result.stderr().get(0)).startsWith("waybill: ");
    }
}
