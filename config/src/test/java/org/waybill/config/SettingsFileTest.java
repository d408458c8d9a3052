package org.waybill.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsFileTest {
    @TempDir
    Path directory;

    @Test
    void documentedFileLeavesEveryDefaultInForce() throws IOException {
        assertThat(SettingsFile.parse("waybill.yaml", documented())).isEqualTo(Settings.defaults());
    }

    @Test
    void documentedFileStatesEveryDefault() throws IOException {
        String uncommented = documented().replaceAll("(?m)^#(?=[a-z]|  )", "");

        int components = Stream.of(
                        Settings.class,
                        AmqpSettings.class,
                        JournalSettings.class,
                        MemorySettings.class,
                        AddressSettings.class,
                        Redelivery.class,
                        TransactionSettings.class,
                        ExactlyOnceSettings.class)
                .flatMap(type -> Stream.of(type.getRecordComponents()))
                .filter(component -> component.getType() != Redelivery.class)
                .mapToInt(component -> 1)
                .sum();

        assertThat(uncommented).contains("\namqp:\n", "\n  port: 5672\n", "\n    auto-create: true\n");
        assertThat(SettingsFile.parse("waybill.yaml", uncommented)).isEqualTo(Settings.defaults());
        assertThat(keysOf(uncommented)).as("one line for each record component").isEqualTo(components);
    }

    @Test
    void changesWhatTheFileSaysAndNothingElse() throws IOException {
        Path file = directory.resolve("waybill.yaml");
        Files.writeString(
                file,
                """
                data-directory: /var/lib/waybill
                amqp:
                  port: 0
                  tls: {certificate: server.pem, key: server.key}
                  sasl-mechanisms: [PLAIN]
                journal:
                  reserve-bytes: 10000000000
                addresses:
                  - match: orders.*
                    full-policy: drop-oldest
                    dead-letter-address: dead
                    durability: leader-forced
                """);

        Settings settings = Settings.read(file);

        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/waybill"));
        assertThat(settings.amqp().port()).isZero();
        assertThat(settings.amqp().host()).isEqualTo("127.0.0.1");
        assertThat(settings.amqp().tls())
                .isEqualTo(new TlsSettings(5671, Path.of("server.pem"), Path.of("server.key")));
        assertThat(settings.amqp().saslMechanisms()).containsExactly("PLAIN");
        assertThat(settings.journal().reserveBytes()).isEqualTo(10_000_000_000L);
        assertThat(settings.journal().segmentBytes()).isEqualTo(64 << 20);
        assertThat(settings.address("orders.eu").fullPolicy()).isEqualTo(AddressSettings.FullPolicy.DROP_OLDEST);
        assertThat(settings.address("orders.eu").deadLetterAddress()).contains("dead");
        assertThat(settings.address("orders.eu").durability()).isEqualTo(AddressSettings.Durability.LEADER_FORCED);
        assertThat(settings.address("other")).isEqualTo(AddressSettings.defaults());
    }

    @Test
    void readsAnEmptyFileAndEmptySectionsAsDefaults() {
        assertThat(SettingsFile.parse("f", "")).isEqualTo(Settings.defaults());
        assertThat(SettingsFile.parse("f", "amqp:\njournal:\naddresses:\n")).isEqualTo(Settings.defaults());
    }

    @Test
    void theMostSpecificPatternWinsWhereverItStands() {
        Settings settings = SettingsFile.parse(
                "f",
                """
                addresses:
                  - {match: "#", max-messages: 1}
                  - {match: "orders.#", max-messages: 2}
                  - {match: "orders.eu", max-messages: 4}
                  - {match: "orders.*", max-messages: 3}
                """);

        assertThat(List.of("x", "orders", "orders.us", "orders.eu", "orders.eu.x"))
                .extracting(name -> settings.address(name).maxMessages())
                .containsExactly(1L, 2L, 3L, 4L, 2L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            amqp: {prot: 1}         | f line 1: amqp.prot is not a key, the keys here are host, port,
            a: 1                    | f line 1: a is not a key, the keys here are data-directory, shards, amqp, journal,
            amqp: {port: 70000}     | f line 1: amqp.port is "70000", which must be a whole number from 0 to 65535.
            amqp: {port: x}         | f line 1: amqp.port is "x", which must be a whole number from 0 to 65535.
            amqp: {port: "1"}       | f line 1: amqp.port is "1", which must be a whole number from 0 to 65535.
            amqp: {port: [1]}       | f line 1: amqp.port must be a whole number from 0 to 65535.
            amqp: {port: 1.5}       | f line 1: amqp.port is "1.5", which must be a whole number from 0 to 65535.
            amqp: 5672              | f line 1: amqp must be lines of the form "key: value".
            shards: 1${nl}shards: 2 | f line 2: shards stands in line 1 already, keep one of the two.
            amqp: {tls: {port: 1}}  | f: amqp.tls.certificate is missing, it must be given.
            amqp: {sasl-mechanisms: [GSSAPI]} | amqp.sasl-mechanisms must be a list of one or more of SCRAM-SHA-256, PLAIN
            amqp: {sasl-mechanisms: [PLAIN, PLAIN]} | amqp.sasl-mechanisms must be a list of one or more of
            amqp: {sasl-mechanisms: []} | amqp.sasl-mechanisms must be a list of one or more of
            amqp: {host: }          | f line 1: amqp.host is "", which must be a text.
            journal: {segment-bytes: 65537} | which must be a multiple of 4096.
            journal: {reserve-bytes: -1} | which must be a whole number, at least 0.
            journal: {reserve-bytes: 99999999999999999999} | which must be a whole number, at least 0.
            addresses: [{match: "a.b*"}] | addresses.match is "a.b*", which must be words with dots between them
            addresses: [{match: a, auto-create: maybe}] | which must be true or false.
            addresses: [{match: a, full-policy: explode}] | which must be one of block, reject, drop-oldest.
            addresses: [{match: a, durability: none}] | addresses.durability is "none", which must be one of majority-forced, majority-in-memory, leader-forced.
            addresses: [{auto-create: true}] | f: addresses.match is missing, it must be given.
            addresses: [{match: a},${nl}{match: a}] | f line 2: addresses.match is "a", which stands in line 1 already.
            addresses: {match: a}   | f line 1: addresses must be a list.
            addresses: [{match: a, colour: red}] | f line 1: addresses.colour is not a key
            - 1                     | f line 1: the file must be lines of the form "key: value".
            [a]: 1                  | f line 1: a key must be a word.
            amqp: {port: 1          | f line 1: this is not YAML:
            """)
    void saysInOneSentenceWhatIsWrong(String text, String sentence) {
        assertThatThrownBy(() -> SettingsFile.parse("f", text.replace("${nl}", "\n")))
                .isInstanceOf(SettingsError.class)
                .hasMessageContaining(sentence)
                .hasMessageMatching("[^\n]*[.]");
    }

    @Test
    void saysThatAFileIsMissingOrNotText() throws IOException {
        Path missing = directory.resolve("none.yaml");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});

        assertThatThrownBy(() -> Settings.read(missing)).hasMessage(missing + " does not exist.");
        assertThatThrownBy(() -> Settings.read(binary)).hasMessage(binary + " is not a text file in UTF-8.");
        assertThatThrownBy(() -> Settings.read(directory)).isInstanceOf(SettingsError.class);
    }

    private static long keysOf(String yaml) {
        return yaml.lines()
                .filter(line -> line.matches("[ -]*[a-z-]+:.*") && !line.startsWith("# "))
                .count();
    }

    private static String documented() throws IOException {
        try (InputStream in = Settings.class.getResourceAsStream("waybill.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
