package org.waybill.systemtests.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;

/** Starting: the good case in a few lines, and each mistake as one sentence, an exit code, and no damage. */
final class StartIT {
    private static final int DATA_IN_USE = 10;
    private static final int DATA_UNUSABLE = 11;
    private static final int DATA_DAMAGED = 12;
    private static final int PORT = 13;
    private static final int SETTINGS = 14;
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final BrokerProcess.Options OPTIONS = BrokerProcess.Options.fresh();

    @BeforeAll
    static void storeAMessage() {
        try (BrokerProcess broker = BrokerProcess.start(OPTIONS)) {
            assertThat(Cli.run("send", "--port", port(broker), "kept", "a message")
                            .exitCode())
                    .isZero();
            assertThat(broker.terminate()).isZero();
        }
    }

    @AfterAll
    static void theMessageIsStillThere() {
        try (BrokerProcess broker = BrokerProcess.start(OPTIONS)) {
            assertThat(Cli.run("receive", "--port", port(broker), "kept").stdout())
                    .containsExactly("a message");
        }
    }

    @Test
    void saysInAtMostTenLinesThatItIsReady() {
        try (BrokerProcess broker = BrokerProcess.start(OPTIONS)) {
            List<String> lines = broker.stdoutLines();
            assertThat(lines).hasSizeLessThanOrEqualTo(10);
            assertThat(lines.get(lines.size() - 1))
                    .startsWith("Waybill ready")
                    .contains(port(broker), OPTIONS.data().toString(), " ms");
        }
    }

    @Test
    void endsWithZeroAfterSigterm() {
        try (BrokerProcess broker = BrokerProcess.start(OPTIONS)) {
            assertThat(broker.terminate()).isZero();
        }
    }

    @Test
    void refusesADataDirectoryThatIsInUse() {
        try (BrokerProcess first = BrokerProcess.start(OPTIONS)) {
            fails(OPTIONS.withPort(Ports.free()), DATA_IN_USE, OPTIONS.data().toString());
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void refusesAPortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fails(OPTIONS.withPort(taken.getLocalPort()), PORT, String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void refusesAnUnknownKeyAndNamesItsLine() {
        BrokerProcess.Options wrong = OPTIONS.withConfig("amqp:\n  prot: 5672\n");
        fails(wrong, SETTINGS, "prot", "waybill.yaml", "2");
    }

    @Test
    void refusesAValueOutOfRange() {
        fails(OPTIONS.withConfig("amqp:\n  max-frame-size-bytes: 100\n"), SETTINGS, "max-frame-size-bytes", "512");
    }

    @Test
    void refusesAFileThatIsNotYaml() {
        fails(OPTIONS.withConfig("amqp: [\n"), SETTINGS, "waybill.yaml");
    }

    @Test
    void refusesADataDirectoryThatCannotBeWritten() throws IOException {
        Path data = OPTIONS.data();
        // root writes where it likes, so for root a directory cannot be made read-only this way
        assumeThat(System.getProperty("user.name")).isNotEqualTo("root");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            fails(OPTIONS, DATA_UNUSABLE, data.toString());
        } finally {
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void refusesADataDirectoryThatCannotBeMade() {
        Path nowhere = Path.of("/proc/waybill-data");
        fails(new BrokerProcess.Options(nowhere, Ports.free(), null, ""), DATA_UNUSABLE, nowhere.toString());
    }

    @Test
    void refusesADataDirectoryThatIsAFile() throws IOException {
        Path file = Files.createTempFile(OPTIONS.data(), "not-a", "directory");
        fails(new BrokerProcess.Options(file, Ports.free(), null, ""), DATA_UNUSABLE, file.toString());
        Files.delete(file);
    }

    @Test
    void refusesADamagedJournalAndLeavesItAsItIs() throws IOException {
        BrokerProcess.Options options = BrokerProcess.Options.fresh();
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            Cli.run("send", "--port", port(broker), "damaged", "a message");
            // what stands at the end of a journal may have been torn: there must be something after it
            Cli.run("send", "--port", port(broker), "damaged", "another one");
            broker.kill();
        }
        Path segment = segmentWith(options.data(), "a message");
        byte[] good = Files.readAllBytes(segment);
        byte[] damaged = good.clone();
        damaged[indexOf(damaged, bytes("a message"))] ^= 1;
        Files.write(segment, damaged);
        fails(options, DATA_DAMAGED, segment.getFileName().toString());
        assertThat(Cli.run(
                                "journal",
                                "inspect",
                                "--verify",
                                "--data",
                                options.data().toString())
                        .exitCode())
                .isEqualTo(DATA_DAMAGED);
        assertThat(Arrays.equals(Files.readAllBytes(segment), damaged))
                .as("the journal is as it was")
                .isTrue();
        Files.write(segment, good);
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            assertThat(Cli.run("receive", "--port", port(broker), "damaged").stdout())
                    .containsExactly("a message");
        }
    }

    private static void fails(BrokerProcess.Options wrong, int exitCode, String... named) {
        try (BrokerProcess broker = BrokerProcess.launch(wrong)) {
            assertThat(broker.awaitExit(SOON)).as(broker.output()).isEqualTo(exitCode);
            List<String> sentences = broker.stderrLines().stream()
                    .filter(line -> line.startsWith("waybill: "))
                    .toList();
            assertThat(sentences).as(broker.output()).hasSize(1);
            assertThat(sentences.get(0)).contains(named).endsWith(".");
            assertThat(broker.output()).doesNotContain("Exception", "\tat ");
        }
    }

    private static Path segmentWith(Path data, String text) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("journal"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, text))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no segment of the journal holds the message"));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return indexOf(Files.readAllBytes(file), bytes(text)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private static String port(BrokerProcess broker) {
        return String.valueOf(broker.port());
    }
}
